"""The table is true, whatever names and words are in it."""

import csv
from dataclasses import replace

import pytest

from qmap_studio.batch.outcome import COLUMNS, Outcome
from qmap_studio.batch.table import Table, rows_of
from qmap_studio.core.errors import FileAccessError

ONE = Outcome(
    "a.png", "a.png.sfc", 32, 24, 700, 7.29166666, 31.25, 33.0, 30.0, 0.98765432, None, None, 1.5, ("One.", "Two.")
)


def test_a_line_a_photo_with_its_figures(tmp_path):
    with Table(tmp_path) as table:
        table.add(ONE)
        table.add(Outcome("b.png", "b.png.sfc", error="It is damaged."))
    one, other = rows_of(table.path)
    assert tuple(one) == COLUMNS
    assert one == {
        "photo": "a.png", "file": "a.png.sfc", "width": "32", "height": "24", "bytes": "700", "bpp": "7.2917",
        "psnr": "31.2500", "psnr_inside": "33.0000", "psnr_outside": "30.0000", "ms_ssim": "0.9877",
        "ms_ssim_inside": "", "ms_ssim_outside": "", "seconds": "1.5000", "notices": "One. Two.", "error": "",
    }  # fmt: skip
    assert (other["bytes"], other["psnr"], other["error"]) == ("", "", "It is damaged.")


def test_a_line_is_there_as_soon_as_its_photo_is(tmp_path):
    with Table(tmp_path) as table:
        assert table.path.read_text() == ",".join(COLUMNS) + "\n" or table.path.read_bytes().endswith(b"\r\n")
        table.add(ONE)
        assert len(list(rows_of(table.path))) == 1


@pytest.mark.parametrize(
    "name", ["a,b.png", 'a"b.png', "a\nb.png", "a\r\nb.png", "Bu\u0308hne.png", "写真.png", " a.png ", "'a;\t.png"]
)
def test_names_and_words_of_any_kind(tmp_path, name):
    outcome = replace(ONE, photo=name, notices=(f"{name} was\nturned.", 'He said "no", twice.'), error=name)
    with Table(tmp_path) as table:
        table.add(outcome)
        table.add(ONE)
    first, second = rows_of(table.path)
    assert (first["photo"], first["error"]) == (name, name)
    assert first["notices"] == f'{name} was\nturned. He said "no", twice.'
    assert second["photo"] == "a.png"


def test_a_name_that_is_no_unicode_is_told_by_its_bytes(tmp_path):
    with Table(tmp_path) as table:
        table.add(replace(ONE, photo=b"\xff.png".decode(errors="surrogateescape")))
    assert [row["photo"] for row in rows_of(table.path)] == [r"\udcff.png"]


def test_what_is_without_loss_is_infinite(tmp_path):
    with Table(tmp_path) as table:
        table.add(replace(ONE, psnr=float("inf")))
    assert next(rows_of(table.path))["psnr"] == "inf"


def test_a_table_is_begun_anew(tmp_path):
    for _ in range(2):
        with Table(tmp_path) as table:
            table.add(ONE)
    with table.path.open(newline="") as file:
        assert len(list(csv.reader(file))) == 2


def test_a_table_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(FileAccessError, match="does not exist"):
        Table(tmp_path / "nowhere")

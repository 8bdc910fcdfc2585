"""Formats that a person adds."""

import re
from pathlib import Path

import pytest

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document.annotations import all_formats
from qmap_studio.document.shapes import Rectangle

README = Path(__file__).parents[4] / "README.md"
LIST = "file;kind;left;top;right;bottom;sure\nphoto.jpg;scratch;10;20;40;60;0,8\nother.jpg;scratch;1;2;3;4;\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where they are put."""
    folder = tmp_path / "formats"
    folder.mkdir()
    monkeypatch.setattr(all_formats, "own_formats_folder", lambda: folder)
    return folder


def test_the_one_that_the_readme_shows_reads_its_files(files, folder):
    blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    code = next(block for block in blocks if "FORMAT" in block)
    assert len(code.splitlines()) <= 40
    (folder / "inspections.py").write_text(code, "utf-8")
    box, *others = files.boxes(LIST, name="list.csv")
    assert others == []
    assert (box.label, box.shape, box.score) == ("scratch", Rectangle(10, 20, 30, 40), 0.8)
    assert ".lst" in all_formats.all_formats().suffixes


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("FORMAT = 5", "it sets no FORMAT to a Reader"),
        ("import nothing_such", "ModuleNotFoundError"),
        ("(", "SyntaxError"),
    ],
)
def test_one_that_cannot_be_used_says_so_and_the_others_go_on(files, folder, code, reason):
    (folder / "mine.py").write_text(code)
    found = files.read("0 0.5 0.5 0.1 0.1\n")
    assert len(found.annotations) == 1
    (notice,) = found.notices
    assert reason in notice
    assert "mine.py cannot be used" in notice
    with pytest.raises(AnnotationError, match=reason):
        files.read("nothing that is known", name="list.csv")


@pytest.mark.parametrize("does", ["1 / 0", "sys.exit(3)", "[][0]"])
@pytest.mark.parametrize("where", ["recognises", "read"])
def test_whatever_one_does_wrong_is_told_with_its_name(files, folder, where, does):
    (folder / "mine.py").write_text(
        "import sys\n"
        "from qmap_studio.document.annotations.reader import Reader\n"
        f"def bad(source):\n    {does}\n"
        + ("FORMAT = Reader('Mine', ('.csv',), bad, bad)" if where == "recognises" else "")
        + ("FORMAT = Reader('Mine', ('.csv',), lambda source: True, bad)" if where == "read" else "")
    )
    with pytest.raises(AnnotationError, match=r"mine\.py cannot be used"):
        files.read(LIST, name="list.csv")


def test_one_that_was_mended_is_read_anew(files, folder):
    path = folder / "mine.py"
    path.write_text("(")
    assert "SyntaxError" in files.read("0 0.5 0.5 0.1 0.1\n").notices[0]
    path.unlink()
    assert files.boxes("0 0.5 0.5 0.1 0.1\n")

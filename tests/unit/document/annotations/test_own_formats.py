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
    assert ".lst" in all_formats.all_suffixes()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("FORMAT = 5", "it sets no FORMAT to a Reader"),
        ("import nothing_such", "ModuleNotFoundError"),
        ("(", "SyntaxError"),
    ],
)
def test_one_that_cannot_be_used_says_so(files, folder, code, reason):
    (folder / "mine.py").write_text(code)
    with pytest.raises(AnnotationError, match=reason) as caught:
        files.read("0 0.5 0.5 0.1 0.1\n")
    assert "mine.py cannot be used" in str(caught.value)
    assert ".json" in all_formats.all_suffixes()


def test_one_that_was_mended_is_read_anew(files, folder):
    path = folder / "mine.py"
    path.write_text("(")
    with pytest.raises(AnnotationError, match="SyntaxError"):
        files.read(LIST, name="list.csv")
    path.unlink()
    assert files.read("0 0.5 0.5 0.1 0.1\n").annotations

"""Every text for people is marked for translation, and the catalogue has them all."""

from pathlib import Path

import pytest

from tests.unmarked import unmarked_texts

PACKAGE = Path(__file__).parents[2] / "qmap_studio"
FOR_DEVELOPERS = ["training"]
"""Whose texts stay English."""


def files_with_texts() -> list[str]:
    """The files that the rule holds for, named from the package."""
    names = (path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
    return sorted(name for name in names if not name.startswith(tuple(f"{floor}/" for floor in FOR_DEVELOPERS)))


@pytest.mark.parametrize("name", files_with_texts())
def test_every_text_is_marked(name: str) -> None:
    found = unmarked_texts((PACKAGE / name).read_text(encoding="utf-8"))
    assert not found, f"qmap_studio/{name}:\n" + "\n".join(map(str, found))


@pytest.mark.parametrize(
    "code",
    [
        'button.setText("open")',
        'QLabel("open", alignment=LEFT)',
        'progress.part(0, 1, f"Reading {name}")',
        'return JobDone(job_id, path, f"{name}: done")',
        'axis.set_xlabel("bits per pixel")',
        'print(f"{path}: {n} bytes")',
        'raise ImageError(f"{path} is damaged.")',
        'parser.add_argument("file", help="a file")',
        'parser = ArgumentParser(description=command.__doc__)',
        'text = "Nothing is open."',
        'ROWS = (Row("open", "Open a photo"),)',
        'ROWS = (Row("open", "&Open…"),)',
        'button.setText("open" if closed else name)',
        'button.setText("open " + name)',
        'button.setText("%d bytes" % n)',
        'def show(): label.setText(tr(f"{n} bytes"))',
        'TITLE = tr("Open")',
        'def show(title=tr("Open")): pass',
        'print("{n} bytes".format(n=n)); text = "There are {n} of them.".format(n=n)',
    ],
)  # fmt: skip
def test_what_is_found(code: str) -> None:
    assert len(unmarked_texts(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        '"""A module: of texts."""',
        'def show():\n    """Shows it. At once."""\n    label.setText(tr("Open"))',
        'ROWS = (Row("open", N_("Open a photo")),)',
        'def show(spec): label.setText(tr(spec.text))',
        'def show(n): print(ngettext("{n} byte", "{n} bytes", n).format(n=n))',
        'raise ValueError(f"Quality is in 0 to 1, not {quality}.")',
        'assert there, "It comes with the encoder."',
        'def follow(codec: "Codec of mine.") -> "An answer.": pass',
        'label.setObjectName("title")',
        'label.setText("")',
        'label.setText(f"{x} %")',
        'open_file(path, encoding="utf-8")',
        'HEADER = "One Two Three."  # no text: begins a file',
    ],
)  # fmt: skip
def test_what_is_not_found(code: str) -> None:
    assert unmarked_texts(code) == []


def test_the_catalogue_has_all_texts_as_they_are() -> None:
    pytest.importorskip("babel")
    from tests.release import texts

    assert texts.TEMPLATE.read_text(encoding="utf-8") == texts.template(), "run python -m tests.release.texts"

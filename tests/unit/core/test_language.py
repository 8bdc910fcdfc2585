"""Texts in another language, with as many plural forms as it has."""

from pathlib import Path

import pytest

from qmap_studio.core import language
from qmap_studio.core.language import DOMAIN, N_, ngettext, tr, use_language

POLISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Open"
msgstr "Otwórz"

msgid "{n} file"
msgid_plural "{n} files"
msgstr[0] "{n} plik"
msgstr[1] "{n} pliki"
msgstr[2] "{n} plików"
"""


@pytest.fixture
def polish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of Polish where the program looks for its own; English afterwards."""
    pytest.importorskip("babel")
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    folder = tmp_path / "locale" / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / f"{DOMAIN}.mo").open("wb") as file:
        write_mo(file, read_po(BytesIO(POLISH.encode())))
    monkeypatch.setattr(language, "resource_path", lambda name: tmp_path / name)
    monkeypatch.setattr(language, "_translations", language._translations)


def files(n: int) -> str:
    return ngettext("{n} file", "{n} files", n).format(n=n)


def test_english_is_what_the_code_has() -> None:
    assert [tr("Open"), tr(""), N_("Open"), files(0), files(1), files(2)] == [
        "Open", "", "Open", "0 files", "1 file", "2 files"
    ]  # fmt: skip


@pytest.mark.usefixtures("polish")
def test_another_language_has_its_own_forms() -> None:
    use_language("pl")
    assert [tr("Open"), tr("Close"), tr("")] == ["Otwórz", "Close", ""]
    assert [files(n) for n in (1, 2, 5, 22)] == ["1 plik", "2 pliki", "5 plików", "22 pliki"]


@pytest.mark.usefixtures("polish")
def test_a_land_takes_the_language_and_what_is_unknown_takes_english() -> None:
    use_language("pl_PL")
    assert tr("Open") == "Otwórz"
    use_language("xx")
    assert tr("Open") == "Open"
    use_language("pl")
    use_language(None)
    assert (tr("Open"), files(2)) == ("Open", "2 files")


@pytest.mark.usefixtures("polish")
def test_a_row_that_was_made_before_is_translated_where_it_is_shown() -> None:
    row = N_("Open")
    use_language("pl")
    assert (row, tr(row)) == ("Open", "Otwórz")

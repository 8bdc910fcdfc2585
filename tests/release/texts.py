"""Writes the catalogue of all English texts, from which translations are made: `python -m tests.release.texts`.

A translation begins as a copy of it, resources/locale/LANGUAGE/LC_MESSAGES/qmap-studio.po. `pybabel update` brings it
up to date and `pybabel compile` makes it ready for the program.
"""

import io
import sys

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from qmap_studio.core.language import DOMAIN
from tests.release.trial import ROOT

TEMPLATE = ROOT / "resources" / "locale" / f"{DOMAIN}.pot"
KEYWORDS = {"tr": None, "N_": None, "ngettext": (1, 2)}
HINT = "For translators:"
"""What a comment above a text begins with that goes into the catalogue."""


def template() -> str:
    """The catalogue as it should be: every marked text, its files, and room for plural forms.

    It tells neither dates nor lines, so that it changes when a text does and not otherwise.
    """
    catalogue = Catalog(
        project="QMap Studio", header_comment="# English texts of QMap Studio.", charset="utf-8", fuzzy=False
    )
    found = extract_from_dir(ROOT / "qmap_studio", [("**.py", "python")], keywords=KEYWORDS, comment_tags=[HINT])
    for name, _, text, comments, context in sorted(found):
        catalogue.add(text, None, [(f"qmap_studio/{name}", 0)], auto_comments=comments, context=context)
    file = io.BytesIO()
    write_po(file, catalogue, include_lineno=False, width=120)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated'))
    )


def main() -> int:
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    text = template()
    TEMPLATE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{TEMPLATE.relative_to(ROOT)}: {text.count('msgid ') - 1} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())

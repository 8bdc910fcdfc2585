"""What commands say on stderr, beside their results."""

import sys

PROGRAM = "qmap-studio"


_LONGEST = 200


def one_line(text: str) -> str:
    """A text of somebody else's file, fit for a terminal: short, and without characters that would steer it."""
    shown = " ".join("".join(each if each.isprintable() else " " for each in text[: 2 * _LONGEST]).split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def tell(sentence: str) -> None:
    """Says a sentence, after the program's name."""
    print(f"{PROGRAM}: {sentence}", file=sys.stderr)

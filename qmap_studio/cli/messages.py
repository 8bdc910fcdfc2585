"""What commands say on stderr, beside their results."""

import sys

PROGRAM = "qmap-studio"


def tell(sentence: str) -> None:
    """Says a sentence, after the program's name."""
    print(f"{PROGRAM}: {sentence}", file=sys.stderr)

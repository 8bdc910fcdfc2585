"""Options and values that several commands share."""

import argparse
import math

DEVICES = ("auto", "cpu", "cuda", "mps")
DEFAULT_MODEL = "live"


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the network runs (default: auto)")


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="ID", default=DEFAULT_MODEL, help=f"the model (default: {DEFAULT_MODEL})")


def quality(text: str) -> float:
    """A quality from 0 to 1."""
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"a quality from 0 to 1 was expected, not {text}")
    return value


def positive_number(text: str) -> float:
    value = _number(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"a number above 0 was expected, not {text}")
    return value


def size_in_bytes(text: str) -> int:
    value = positive_number(text)
    if value != int(value):
        raise argparse.ArgumentTypeError(f"a whole number of bytes was expected, not {text}")
    return int(value)


def whole_number(text: str) -> int:
    """A whole number from 0."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"a whole number was expected, not {text!r}")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a number was expected, not {text!r}") from error

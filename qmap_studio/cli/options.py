"""Options and values that several commands share."""

import argparse
import math
from pathlib import Path

from qmap_studio.core.bounds import LARGEST_BOUND
from qmap_studio.core.language import tr
from qmap_studio.core.rate import DEFAULT_QUALITY
from qmap_studio.core.settings import DEVICES, Settings
from qmap_studio.core.strip import STRIPS

DEFAULT_CLASS_QUALITY = 0.9
"""That of rules; their module is slow to load."""


def add_device(parser: argparse.ArgumentParser) -> None:
    chosen = Settings.read(Settings.default_path()).device
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default=chosen,
        help=tr("where the network runs (default: as in the settings, now {chosen})").format(chosen=chosen),
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    chosen = Settings.read(Settings.default_path()).model
    help_text = tr("the model (default: as in the settings, now {chosen})").format(chosen=chosen.replace("%", "%%"))
    parser.add_argument("--model", metavar="ID", default=chosen, help=help_text)


def add_strip_metadata(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--strip-metadata",
        choices=[strip for strip in STRIPS if strip != "none"],
        nargs="?",
        const="all",
        default="none",
        help=tr("leave out everything but the colour profile, or only the position (default: all is kept)"),
    )


def add_quality(parser: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    """One quality for a picture; gives the group, for what may stand in its place."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--quality",
        type=quality,
        default=DEFAULT_QUALITY,
        metavar="Q",
        help=tr("everywhere, from 0 to 1 (default: {default})").format(default=DEFAULT_QUALITY),
    )
    return what


def add_rules(parser: argparse.ArgumentParser) -> None:
    text = tr("what each class gets, as the window saves it (default: quality {default} for all)")
    parser.add_argument("--rules", type=Path, metavar="RULES.toml", help=text.format(default=DEFAULT_CLASS_QUALITY))


def add_target_size(parser: argparse.ArgumentParser) -> None:
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--target-bpp",
        type=positive_number,
        metavar="B",
        # For translators: %% is shown as %.
        help=tr("bits per pixel the file may have, reached within 1 %% below if it can be"),
    )
    size.add_argument(
        "--target-bytes",
        type=size_in_bytes,
        metavar="N",
        # For translators: %% is shown as %.
        help=tr("bytes the file may have, reached within 1 %% below if it can be"),
    )


def add_thorough(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--thorough",
        action="store_true",
        help=tr("searches long for a better picture for its bytes; the file opens as fast as any"),
    )


def quality(text: str) -> float:
    """A quality from 0 to 1."""
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(tr("a quality from 0 to 1 was expected, not {text}").format(text=text))
    return value


def positive_number(text: str) -> float:
    value = _number(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(tr("a number above 0 was expected, not {text}").format(text=text))
    return value


def size_in_bytes(text: str) -> int:
    value = positive_number(text)
    if value != int(value):
        raise argparse.ArgumentTypeError(tr("a whole number of bytes was expected, not {text}").format(text=text))
    return int(value)


def whole_number(text: str) -> int:
    """A whole number from 0."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(tr("a whole number was expected, not {text!r}").format(text=text))
    return int(text)


def error_bound(text: str) -> int:
    """The largest error of a pixel, in levels of 8 bits."""
    if not text.isascii() or not text.isdigit() or int(text) > LARGEST_BOUND:
        expected = tr("an error of 0 to {most} levels was expected, not {text!r}")
        raise argparse.ArgumentTypeError(expected.format(most=LARGEST_BOUND, text=text))
    return int(text)


def page_number(text: str) -> int:
    """A page of a file, from 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(tr("a page from 1 on was expected, not {text!r}").format(text=text))
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(tr("a number was expected, not {text!r}").format(text=text)) from error

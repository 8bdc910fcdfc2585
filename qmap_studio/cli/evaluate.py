"""The command `evaluate`."""

import argparse
import sys
from pathlib import Path

from qmap_studio.cli import options
from qmap_studio.cli.paths import check_output
from qmap_studio.cli.progress import ProgressBar
from qmap_studio.core.errors import FileAccessError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import N_, tr

HELP = N_("rate-distortion curves of a folder")
DESCRIPTION = N_(
    "Measures rate and distortion over a folder of pictures; writes JSON and, beside it, a plot of that name (.png)."
)
_CLASSICAL = ("jpeg", "webp", "jpeg2000", "avif")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="RESULT.json")
    parser.add_argument(
        "--against", type=_codec_names, default=(), metavar="NAMES",
        help=tr("classical codecs to measure on the same pictures: {names}").format(names=",".join(_CLASSICAL)),
    )  # fmt: skip
    parser.add_argument(
        "--roi", action="store_true",
        help=tr("in place of uniform maps measure a region of interest, against x265 with one where FFmpeg is there"),
    )  # fmt: skip
    options.add_thorough(parser)
    options.add_model(parser)
    options.add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    plot_path = arguments.output.with_suffix(".png")
    if plot_path == arguments.output:
        raise FileAccessError(
            tr("Cannot write {path}: the plot takes this name; end the result's in .json.").format(
                path=arguments.output
            )
        )
    check_output(arguments.output)
    check_output(plot_path)

    from qmap_studio.evaluation.protocol import REGION, UNIFORM
    from qmap_studio.evaluation.region_hevc import REGION_CODECS
    from qmap_studio.evaluation.report import plot_png, table
    from qmap_studio.recipes.folders import pictures_in

    pictures_in(arguments.folder)  # before the network is loaded

    from qmap_studio.codec import load_codec
    from qmap_studio.recipes.evaluate import evaluate_folder

    codec = load_codec(arguments.model, arguments.device)
    protocol, against = UNIFORM, arguments.against
    if arguments.roi:
        protocol, against = REGION, (*against, *REGION_CODECS)
    with ProgressBar() as bar:
        evaluation = evaluate_folder(
            arguments.folder,
            codec,
            protocol=protocol,
            against=against,
            thorough=arguments.thorough,
            progress=bar.update,
        )
    plot = plot_png(evaluation)
    atomic_write(arguments.output, evaluation.to_json().encode())
    atomic_write(plot_path, plot)
    print(table(evaluation))
    print(tr("Written to {result} and {plot}.").format(result=arguments.output, plot=plot_path), file=sys.stderr)


def _codec_names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in _CLASSICAL:
            raise argparse.ArgumentTypeError(
                tr("{name!r} is none of {names}").format(name=name, names=", ".join(_CLASSICAL))
            )
    return names

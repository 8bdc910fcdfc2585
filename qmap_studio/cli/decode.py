"""Decodes an .sfc file to a picture: PNG, TIFF, WebP or JPEG by the output's suffix."""

import argparse
import sys
from pathlib import Path

from qmap_studio.cli import options
from qmap_studio.cli.paths import check_output, named
from qmap_studio.cli.progress import ProgressBar
from qmap_studio.core.picture import write_picture
from qmap_studio.recipes.sfc_files import read_sfc

HELP = "an .sfc file to a picture"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN.sfc")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.png")
    options.add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    check_output(arguments.output, arguments.file)
    data = read_sfc(arguments.file)

    from qmap_studio.codec import load_codec, model_of

    with named(arguments.file):
        codec = load_codec(model_of(data), arguments.device)
        with ProgressBar() as bar:
            picture = codec.decode(data, checkpoint=bar.update).picture
    for notice in codec.notices:
        print(f"qmap-studio: {notice}", file=sys.stderr)
    write_picture(arguments.output, picture)
    print(f"{arguments.output}: {picture.width} x {picture.height} pixels")

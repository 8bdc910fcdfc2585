"""The command `decode`."""

import argparse
from pathlib import Path

from qmap_studio.cli import options
from qmap_studio.cli.messages import tell
from qmap_studio.cli.paths import check_output, named
from qmap_studio.cli.progress import ProgressBar
from qmap_studio.core.language import N_, tr
from qmap_studio.core.pictures import check_saved, write_picture
from qmap_studio.recipes.sfc_files import read_sfc

HELP = N_("an .sfc file to a picture")
DESCRIPTION = N_("Decodes an .sfc file to a picture: PNG, TIFF, WebP, JPEG or BMP by the output's suffix.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN.sfc")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.png")
    options.add_strip_metadata(parser)
    options.add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    check_output(arguments.output, arguments.file)
    check_saved(arguments.output)
    data = read_sfc(arguments.file)

    from qmap_studio.codec import load_codec, model_of
    from qmap_studio.codec.common.container import unpack

    with named(arguments.file):
        file = unpack(data)
        check_saved(arguments.output, width=file.width, height=file.height, has_alpha=file.alpha is not None)
        codec = load_codec(model_of(data), arguments.device)
        with ProgressBar() as bar:
            picture = codec.decode(data, checkpoint=bar.update).picture
    for notice in codec.notices:
        tell(notice)
    for notice in write_picture(arguments.output, picture.stripped(arguments.strip_metadata)):
        tell(notice)
    text = tr("{path}: {width} x {height} pixels")
    print(text.format(path=arguments.output, width=picture.width, height=picture.height))

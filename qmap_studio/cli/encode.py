"""Encodes a picture to an .sfc file, with one quality everywhere or a map of them."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.files import atomic_write
from qmap_studio.core.picture import Picture, read_picture, reduction_notice
from qmap_studio.core.rate import bits_per_pixel

from . import options
from .paths import check_output
from .progress import ProgressBar

if TYPE_CHECKING:
    from qmap_studio.codec import Codec, Encoding

HELP = "a picture to an .sfc file"
_DEFAULT_QUALITY = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.sfc")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--quality",
        type=options.quality,
        default=_DEFAULT_QUALITY,
        metavar="Q",
        help="everywhere, from 0 to 1 (default: 0.5)",
    )
    what.add_argument(
        "--map", type=Path, metavar="MAP", help="a grey picture (white is 1) or an .npy array, of the picture's size"
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--target-bpp",
        type=options.positive_number,
        metavar="B",
        help="bits per pixel the file may have, reached within 1 %% below",
    )
    size.add_argument(
        "--target-bytes",
        type=options.size_in_bytes,
        metavar="N",
        help="bytes the file may have, reached within 1 %% below",
    )
    options.add_model(parser)
    options.add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    check_output(arguments.output, arguments.image, *([arguments.map] if arguments.map else []))
    picture = read_picture(arguments.image)
    if picture.is_reduced:
        print(f"qmap-studio: {reduction_notice(arguments.image.name)}", file=sys.stderr)
    quality_map = _quality_map(arguments, picture)

    from qmap_studio.codec import load_codec
    from qmap_studio.evaluation.metrics import psnr_db

    codec = load_codec(arguments.model, arguments.device)
    with ProgressBar() as bar:
        encoding = _encode(codec, picture, quality_map, _target_bytes(arguments, picture), bar)
    for notice in codec.notices:
        print(f"qmap-studio: {notice}", file=sys.stderr)
    atomic_write(arguments.output, encoding.data)
    size_bytes = len(encoding.data)
    bpp = bits_per_pixel(size_bytes, picture.height, picture.width)
    psnr = psnr_db(picture.pixels, encoding.reconstruction)
    print(f"{arguments.output}: {size_bytes} bytes, {bpp:.4f} bpp, PSNR {psnr:.2f} dB")


def _quality_map(arguments: argparse.Namespace, picture: Picture) -> NDArray[np.float32]:
    if arguments.map is None:
        return np.broadcast_to(np.float32(arguments.quality), (picture.height, picture.width))
    from qmap_studio.document import read_quality_map

    return read_quality_map(arguments.map, picture.height, picture.width).quality()


def _target_bytes(arguments: argparse.Namespace, picture: Picture) -> int | None:
    if arguments.target_bpp is not None:
        return int(arguments.target_bpp * picture.size_pixels / 8)
    target: int | None = arguments.target_bytes
    return target


def _encode(
    codec: "Codec", picture: Picture, quality_map: NDArray[np.float32], target_bytes: int | None, bar: ProgressBar
) -> "Encoding":
    if target_bytes is None:
        return codec.encode(picture, quality_map, checkpoint=bar.update)
    from qmap_studio.codec import encode_to_size

    return encode_to_size(codec, picture, quality_map, target_bytes, checkpoint=bar.update)

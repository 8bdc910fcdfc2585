"""The command `encode`."""

import argparse
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qmap_studio.cli import options
from qmap_studio.cli.messages import tell
from qmap_studio.cli.paths import check_output
from qmap_studio.cli.progress import ProgressBar
from qmap_studio.core.bounds import LARGEST_BOUND, UNBOUNDED, WITHOUT_LOSS, Bounds
from qmap_studio.core.errors import FileAccessError, QualityMapError
from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.core.pictures import Picture, load_picture, picture_suffixes
from qmap_studio.core.rate import bytes_at

if TYPE_CHECKING:
    from qmap_studio.recipes.maps import MapRecipe

HELP = N_("a picture to an .sfc file")
DESCRIPTION = N_("Encodes a picture to an .sfc file, with one quality everywhere or a map of them.")
ALL = "all"
"""In place of a mask."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(wrong_usage=parser.error)
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.sfc")
    what = options.add_quality(parser)
    what.add_argument(
        "--map",
        type=Path,
        metavar="MAP",
        help=tr("a grey picture (white is 1) or an .npy array, of the picture's size, or a project (.qmapproj)"),
    )
    parser.add_argument(
        "--annotations",
        type=Path,
        metavar="FILE",
        help=tr("boxes, outlines, masks or a heat map of another program, or a folder of such files, over the map"),
    )
    options.add_rules(parser)
    parser.add_argument(
        "--score", type=options.quality, metavar="S", help=tr("annotations of a lower score do not count, 0 to 1")
    )
    parser.add_argument(
        "--picture", metavar="NAME", help=tr("which picture of the annotations it is, where that is not clear")
    )
    parser.add_argument("--save-map", type=Path, metavar="MAP.png", help=tr("writes the map that was used, too"))
    parser.add_argument(
        "--lossless",
        metavar="MASK",
        help=tr("without loss where this grey picture of the picture's size is above half, or all"),
    )
    parser.add_argument(
        "--max-error",
        type=options.error_bound,
        metavar="E",
        help=tr("the largest error there instead, 0 to {most} levels of 8 bits (default: 0)").format(
            most=LARGEST_BOUND
        ),
    )
    options.add_target_size(parser)
    options.add_thorough(parser)
    parser.add_argument(
        "--page", type=options.page_number, default=1, metavar="N", help=tr("page or frame of the file (default: 1)")
    )
    options.add_strip_metadata(parser)
    options.add_model(parser)
    options.add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    if arguments.output.suffix.lower() in picture_suffixes():
        text = tr("{path} would be an .sfc file with the name of a picture; end its name in .sfc.")
        raise FileAccessError(text.format(path=arguments.output))
    mask = None if arguments.lossless in (None, ALL) else Path(arguments.lossless)
    _check_annotations(arguments)
    inputs = [path for path in (arguments.map, mask, arguments.annotations, arguments.rules) if path is not None]
    check_output(arguments.output, arguments.image, *inputs)
    read = load_picture(arguments.image, arguments.page - 1)
    picture = read.picture.stripped(arguments.strip_metadata)
    for notice in read.notices:
        tell(notice)
    recipe = _recipe(arguments)
    document, notices = recipe.document(picture, arguments.image)
    for notice in notices:
        tell(notice)
    bounds = document.bounds
    if arguments.lossless is not None or arguments.max_error is not None:
        bounds = _strictest(bounds, _bounds(arguments, mask, picture))
    if arguments.save_map is not None:
        from qmap_studio.document import map_file_notice, write_quality_map

        write_quality_map(arguments.save_map, document.quality_map)
        if (lossy := map_file_notice(arguments.save_map, 16)) is not None:
            tell(lossy)

    from qmap_studio.codec import load_codec
    from qmap_studio.evaluation.metrics import psnr_db
    from qmap_studio.recipes.encode import encode_picture, size_notice

    codec = load_codec(arguments.model, arguments.device)
    target_bytes = _target_bytes(arguments, picture)
    with ProgressBar() as bar:
        encoding = encode_picture(
            codec,
            picture,
            recipe.quality_map(document),
            arguments.output,
            target_bytes,
            bounds=bounds,
            thorough=arguments.thorough,
            checkpoint=bar.update,
        )
    small = size_notice(encoding, target_bytes)
    for notice in (*codec.notices, *([small] if small else [])):
        tell(notice)
    psnr = psnr_db(picture.pixels, encoding.reconstruction)
    distortion = tr("identical") if math.isinf(psnr) else tr("PSNR {psnr:.2f} dB").format(psnr=psnr)
    text = ngettext(
        "{path}: {size_bytes} byte, {bpp:.4f} bpp, {distortion}",
        "{path}: {size_bytes} bytes, {bpp:.4f} bpp, {distortion}",
        encoding.size_bytes,
    )
    print(
        text.format(path=arguments.output, size_bytes=encoding.size_bytes, bpp=encoding.file_bpp, distortion=distortion)
    )


def _check_annotations(arguments: argparse.Namespace) -> None:
    from qmap_studio.document import check_map_name

    for option in ("rules", "score", "picture"):
        if getattr(arguments, option) is not None and arguments.annotations is None:
            arguments.wrong_usage(tr("--{option} needs --annotations FILE").format(option=option))
    if arguments.save_map is not None:
        check_map_name(arguments.save_map)
        inputs = [path for path in (arguments.map, arguments.annotations, arguments.rules) if path is not None]
        check_output(arguments.save_map, arguments.image, arguments.output, *inputs)


def _recipe(arguments: argparse.Namespace) -> "MapRecipe":
    from qmap_studio.document.annotations.rules import Rules
    from qmap_studio.document.annotations.rules_file import read_rules
    from qmap_studio.recipes.maps import MapRecipe

    rules = Rules() if arguments.rules is None else read_rules(arguments.rules)
    if arguments.score is not None:
        rules = replace(rules, score=arguments.score)
    return MapRecipe(arguments.quality, arguments.map, arguments.annotations, rules, arguments.picture)


def _strictest(bounds: Bounds | None, others: Bounds | None) -> Bounds | None:
    if bounds is None or others is None:
        return others if bounds is None else bounds
    return np.minimum(bounds, others)


def _bounds(arguments: argparse.Namespace, mask: Path | None, picture: Picture) -> Bounds | None:
    if arguments.lossless is None:
        if arguments.max_error is not None:
            arguments.wrong_usage(tr("--max-error needs --lossless MASK or --lossless all"))
        return None
    if mask is None:
        return np.full((picture.height, picture.width), arguments.max_error or WITHOUT_LOSS, np.uint8)
    from qmap_studio.document import read_bounds

    try:
        bounds = read_bounds(mask, picture.height, picture.width, arguments.max_error)
    except QualityMapError as error:
        raise QualityMapError(tr("The mask of --lossless: {reason}").format(reason=error)) from error
    if (bounds == UNBOUNDED).all():
        tell(tr("{path} is black all over: no part of the picture is without loss.").format(path=mask))
        return None
    return bounds


def _target_bytes(arguments: argparse.Namespace, picture: Picture) -> int | None:
    if arguments.target_bpp is not None:
        return bytes_at(arguments.target_bpp, picture.height, picture.width)
    target: int | None = arguments.target_bytes
    return target

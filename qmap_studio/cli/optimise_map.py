"""The command `optimise-map`."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qmap_studio.cli import options
from qmap_studio.cli.paths import check_output
from qmap_studio.cli.progress import ProgressBar
from qmap_studio.core.language import N_, tr
from qmap_studio.core.pictures import Picture, read_picture
from qmap_studio.core.rect import Rect
from qmap_studio.recipes.search_defaults import DEFAULT_ITERATIONS

if TYPE_CHECKING:
    from qmap_studio.task_maps import Choice, Served

HELP = N_("the quality map that serves a task best")
DESCRIPTION = N_(
    "Finds the quality map that serves a task best, to be used with encode --map. The map is searched by "
    "backpropagation through the codec: it minimises bits per pixel + LAMBDA * the task's loss. "
    "What serves better in the end is written: the map that was found, or a uniform one of the same size. "
    "A MODEL is a file of torch.export or TorchScript; it gets RGB from 0 to 1."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MAP.png", help=tr("or .tif or .npy"))
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--task",
        type=_choice,
        metavar="edges|region:X,Y,WIDTH,HEIGHT|MODEL",
        help=tr("keep edges, a region's features, or a classifier's class or another model's answer"),
    )
    how.add_argument(
        "--grad-cam",
        type=Path,
        metavar="MODEL",
        help=tr("no search: quality where this classifier looks (torch.export)"),
    )
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument(
        "--label", type=options.whole_number, metavar="CLASS", help=tr("of a classifier (default: its own top class)")
    )
    kept.add_argument(
        "--whole-answer", action="store_true", help=tr("keep all that the model answers: features, a regression")
    )
    parser.add_argument(
        "--lambda",
        dest="lmbda",
        type=options.positive_number,
        help=tr(
            "bits per pixel that one unit of the task's loss is worth "
            "(default: what keeps the size of the map to begin with)"
        ),
    )
    parser.add_argument(
        "--iterations",
        type=options.whole_number,
        default=DEFAULT_ITERATIONS,
        metavar="N",
        help=tr("default: {default}").format(default=DEFAULT_ITERATIONS),
    )
    parser.add_argument("--start", type=Path, metavar="MAP", help=tr("the map to begin with (default: quality 0.5)"))
    parser.add_argument(
        "--seed", type=options.whole_number, metavar="N", help=tr("begin with a random map instead, of this seed")
    )
    parser.add_argument(
        "--alpha", type=options.quality, default=1.0, metavar="A", help=tr("Grad-CAM's highest quality")
    )
    options.add_model(parser)
    options.add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    check_output(arguments.output, arguments.image, *([arguments.start] if arguments.start else []))

    from qmap_studio.document import QualityMap, check_map_name, write_quality_map

    check_map_name(arguments.output)
    picture = read_picture(arguments.image)
    if arguments.grad_cam is not None:
        quality_map, verdict = _grad_cam(arguments, picture), ""
    else:
        served = _search(arguments, picture)
        quality_map, verdict = served.best.quality_map, served.verdict
    write_quality_map(arguments.output, QualityMap.from_quality(quality_map))
    low, mean, high = quality_map.min(), quality_map.mean(), quality_map.max()
    text = tr("{path}: quality {low:.2f} to {high:.2f}, {mean:.2f} on average")
    print(text.format(path=arguments.output, low=low, high=high, mean=mean))
    if verdict:
        print(verdict)


def _grad_cam(arguments: argparse.Namespace, picture: Picture) -> NDArray[np.float32]:
    from qmap_studio.task_maps import grad_cam_map, load_task_model

    return grad_cam_map(load_task_model(arguments.grad_cam), picture.pixels, arguments.alpha, arguments.label)


def _search(arguments: argparse.Namespace, picture: Picture) -> "Served":
    from qmap_studio.core.rate import DEFAULT_QUALITY

    current = np.full((picture.height, picture.width), DEFAULT_QUALITY, np.float32)
    if arguments.start is not None:
        from qmap_studio.document import read_quality_map

        current = read_quality_map(arguments.start, picture.height, picture.width).quality()

    from qmap_studio.codec import load_codec
    from qmap_studio.codec.common.differentiable import differentiable
    from qmap_studio.task_maps import Iterate, chosen_task, serve_task

    task = chosen_task(
        arguments.task, picture.height, picture.width, arguments.label, whole_answer=arguments.whole_answer
    )
    codec = differentiable(load_codec(arguments.model, arguments.device))
    found: list[Iterate] = []
    with ProgressBar() as bar:
        return serve_task(
            codec,
            picture.pixels,
            task,
            current,
            lmbda=arguments.lmbda,
            iterations=arguments.iterations,
            seed=arguments.seed,
            report=found.append,
            checkpoint=lambda fraction: bar.update(fraction, found[-1].summary if found else ""),
        )


def _choice(text: str) -> "Choice":
    """A task: "edges", "region:X,Y,WIDTH,HEIGHT" or a model's file."""
    if text == "edges":
        return "edges"
    if text.partition(":")[0] != "region":
        return Path(text)
    numbers = re.fullmatch(r"region:(\d+),(\d+),(\d+),(\d+)", text)
    if numbers is None:
        raise argparse.ArgumentTypeError(
            tr("region:X,Y,WIDTH,HEIGHT in pixels was expected, not {text!r}").format(text=text)
        )
    return Rect(*map(int, numbers.groups()))

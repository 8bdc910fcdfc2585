"""Lists the models: what they cost, whether their weights are installed, and how to get them.

kMAC are thousands of multiply-accumulates for each pixel of the picture, without the encoder's own reconstruction."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qmap_studio.core.picture import read_picture
from qmap_studio.core.resources import sample_photo_path

from . import options

if TYPE_CHECKING:
    from qmap_studio.codec import ModelInfo

HELP = "the models there are, or the import of a checkpoint"
IMPORTED_AS = ("song2021",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--measure", action="store_true", help="time a file of the sample photo with each model that is installed"
    )
    options.add_device(parser)
    parser.set_defaults(action=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    importing = actions.add_parser("import", help="install a checkpoint of the paper's authors for this user")
    importing.add_argument("file", type=Path, metavar="FILE", help="2M_itrs.pt; nothing in it is run")
    importing.add_argument("--as", dest="model", choices=IMPORTED_AS, required=True, help="the model it is of")
    importing.set_defaults(action=_import)


def run(arguments: argparse.Namespace) -> None:
    arguments.action(arguments)


def _import(arguments: argparse.Namespace) -> None:
    from qmap_studio.codec import import_checkpoint

    print(f"{arguments.model}: installed in {import_checkpoint(arguments.file)}")


def _list(arguments: argparse.Namespace) -> None:
    from qmap_studio.codec import list_models
    from qmap_studio.codec.registry import how_to_get

    models = list_models()
    timing = f" {'encode':>9} {'decode':>9}" if arguments.measure else ""
    print(f"{'model':<20} {'parameters':>10} {'kMAC encode':>11} {'decode':>6}{timing}  weights")
    for model in models:
        cost = model.complexity
        seconds = _seconds(model, arguments.device) if arguments.measure else ""
        print(
            f"{model.model_id:<20} {cost.parameters / 1e6:>8.2f} M {cost.encode_kmac:>11.1f} {cost.decode_kmac:>6.1f}"
            f"{seconds}  {_origin(model)}"
        )
    print()
    for model in models:
        print(f"{model.model_id}: {model.about}.")
    for model_id in dict.fromkeys(_named_or_any(model) for model in models if model.weights is None):
        print(f"\nThe weights of {model_id} are not installed. {how_to_get(model_id)}")


def _named_or_any(model: "ModelInfo") -> str:
    """Only song2021 has another source than training; the others share what there is to say."""
    return model.model_id if model.model_id in IMPORTED_AS else "MODEL"


def _origin(model: "ModelInfo") -> str:
    if model.weights is None:
        return "not installed"
    from qmap_studio.codec.common.installed import is_bundled

    return "came with the program" if is_bundled(model.weights) else f"installed by you: {model.weights}"


def _seconds(model: "ModelInfo", device: str) -> str:
    """Time of a file and back, the second time, when all is loaded."""
    if model.weights is None:
        return f" {'-':>9} {'-':>9}"
    from qmap_studio.codec import load_codec

    codec = load_codec(model.model_id, device)
    photo = read_picture(sample_photo_path())
    quality_map = np.full((photo.height, photo.width), 0.5, np.float32)
    for _ in range(2):
        begin = time.perf_counter()
        data = codec.encode(photo, quality_map).data
        middle = time.perf_counter()
        codec.decode(data)
        end = time.perf_counter()
    for notice in codec.notices:
        print(f"qmap-studio: {notice}", file=sys.stderr)
    return f" {middle - begin:>7.2f} s {end - middle:>7.2f} s"

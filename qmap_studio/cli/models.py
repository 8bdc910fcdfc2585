"""The command `models`."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qmap_studio.cli import options
from qmap_studio.cli.messages import tell
from qmap_studio.core.language import N_, tr
from qmap_studio.core.pictures import read_picture
from qmap_studio.core.resources import sample_photo_path

if TYPE_CHECKING:
    from qmap_studio.codec import ModelInfo

HELP = N_("the models there are, or the import of a checkpoint")
DESCRIPTION = N_(
    "Lists the models: what they cost, whether their weights are installed, and how to get them. kMAC are thousands of "
    "multiply-accumulates for each pixel of the picture, without the encoder's own reconstruction."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--measure", action="store_true", help=tr("time a file of the sample photo with each model that is installed")
    )
    options.add_device(parser)
    parser.set_defaults(action=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    importing = actions.add_parser("import", help=tr("install a checkpoint of the paper's authors for this user"))
    importing.add_argument("file", type=Path, metavar="FILE", help=tr("as its authors give it; nothing in it is run"))
    importing.add_argument(
        "--as",
        dest="model",
        type=_importable,
        metavar="MODEL",
        required=True,
        help=tr("the model it is of, such as song2021"),
    )
    importing.set_defaults(action=_import)


def run(arguments: argparse.Namespace) -> None:
    arguments.action(arguments)


def _importable(model_id: str) -> str:
    from qmap_studio.codec import importable_models  # asked only where one is named: the start stays quick

    if model_id not in importable_models():
        raise argparse.ArgumentTypeError(
            tr("{model_id} has no importer; choose from {names}").format(
                model_id=model_id, names=", ".join(importable_models())
            )
        )
    return model_id


def _import(arguments: argparse.Namespace) -> None:
    from qmap_studio.codec import import_checkpoint

    path = import_checkpoint(arguments.file, arguments.model)
    print(tr("{model}: installed in {path}").format(model=arguments.model, path=path))


def _list(arguments: argparse.Namespace) -> None:
    from qmap_studio.codec import list_models

    models = list_models()
    timing = f" {tr('encode'):>9} {tr('decode'):>9}" if arguments.measure else ""
    costs = f"{tr('parameters'):>10} {tr('kMAC encode'):>11} {tr('decode'):>6}"
    print(f"{tr('model'):<20} {costs}{timing}  {tr('weights')}")
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
    for model_id, advice in dict.fromkeys(_advice(model) for model in models if model.weights is None):
        print()
        print(tr("The weights of {model_id} are not installed. {advice}").format(model_id=model_id, advice=advice))


def _advice(model: "ModelInfo") -> tuple[str, str]:
    """What to say of a missing model; those that can only be trained share what there is to say."""
    model_id = model.model_id if model.is_importable else "MODEL"
    return model_id, model.family.how_to_install(model_id)


def _origin(model: "ModelInfo") -> str:
    if model.weights is None:
        return tr("not installed")
    from qmap_studio.codec.common.installed import is_bundled

    if is_bundled(model.weights):
        return tr("came with the program")
    return tr("installed by you: {path}").format(path=model.weights)


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
        tell(notice)
    return f" {middle - begin:>7.2f} s {end - middle:>7.2f} s"

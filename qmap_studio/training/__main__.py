"""`python -m qmap_studio.training`: train, export, preview-maps."""

import argparse
import os
import shutil
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch

from qmap_studio.codec.registry import DEFAULT_MODEL, FAMILIES
from qmap_studio.core.files import atomic_write
from qmap_studio.core.resources import user_path
from qmap_studio.training import curves
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.preview import draw_maps
from qmap_studio.training.registry import TRAININGS, training_of
from qmap_studio.training.run import train as run_training


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m qmap_studio.training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train a model, or go on from the run folder's last state")
    train.add_argument("--data", type=Path, required=True, help="folder with .tar files of pictures")
    train.add_argument("--run", type=Path, required=True, help="folder of the run")
    train.add_argument("--model", choices=[v.model_id for f in FAMILIES for v in f.variants], default=DEFAULT_MODEL)
    train.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    train.add_argument("--minutes", type=float, default=float("inf"), help="stop and save after so long")
    train.add_argument(
        "--processes", type=int, help="of one thread each, if several; default: the number of cores, 1 on a GPU"
    )
    train.add_argument(
        "--start",
        type=Path,
        help="compact checkpoint that a new run begins from, with its sizes, or grown to larger ones",
    )
    train.add_argument("--branch", type=Path, help="run folder with whose last full state a new run begins")
    train.add_argument("--cache", type=Path, default=user_path("cache"), help="folder for decoded pictures")
    _add_fields(train.add_argument_group("recipe"), {t.family_id: t.recipe_type for t in TRAININGS})
    for family_id, sizes in _SIZES.items():
        _add_fields(train.add_argument_group(f"sizes of {family_id}"), {family_id: sizes})
    train.set_defaults(do=_train)
    finish = commands.add_parser("export", help="write a run's averaged weights as the program's model")
    finish.add_argument("--data", type=Path, help="folder with .tar files of pictures, where tables are fitted")
    finish.add_argument("--run", type=Path, required=True)
    finish.add_argument("--cache", type=Path, default=user_path("cache"), help="folder for decoded pictures")
    finish.add_argument(
        "--model",
        type=Path,
        help="the file to write; default: a resource of the program for live, else in the user's folder",
    )
    finish.add_argument("--checkpoint", type=Path, default=Path("resources/training/live.pt"))
    finish.set_defaults(do=_export)
    preview = commands.add_parser("preview-maps", help="draw training maps of each kind")
    preview.add_argument("--data", type=Path, required=True, help="folder with .tar files of pictures")
    preview.add_argument("-o", "--output", type=Path, required=True, metavar="SHEET.png")
    preview.add_argument("--columns", type=int, default=6)
    preview.add_argument("--seed", type=int, default=1)
    preview.set_defaults(do=_preview)
    options = parser.parse_args()
    options.do(parser, options)


_SIZES = {
    t.family_id: f.config_type
    for t in TRAININGS
    for f in FAMILIES
    if f.family_id == t.family_id and t.has_sizes_as_options
}


def _add_fields(parser: Any, kinds: dict[str, type]) -> None:
    """Options for the fields of several families' dataclasses, each name once."""
    named: dict[str, dict[str, Any]] = {}
    for family_id, kind in kinds.items():
        for field in fields(kind):
            named.setdefault(field.name, {})[family_id] = field.default
    for name, defaults in named.items():
        values = list(dict.fromkeys(defaults.values()))
        told = values[0] if len(values) == 1 else ", ".join(f"{value} for {of}" for of, value in defaults.items())
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=type(values[0]), default=argparse.SUPPRESS, help=f"default: {told}")


def _given(options: argparse.Namespace, kind: type) -> dict[str, Any]:
    return {f.name: getattr(options, f.name) for f in fields(kind) if hasattr(options, f.name)}


def _train(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    device = torch.device(options.device)
    family, variant = next((f, v) for f in FAMILIES for v in f.variants if v.model_id == options.model)
    training = training_of(options.model)
    recipe, sizes = _given(options, training.recipe_type), {}
    if training.has_sizes_as_options:
        begun = {} if options.start is None else Checkpoint.read(options.start).about
        if begun and begun["model"] != options.model:
            parser.error(f"{options.start} is of {begun['model']}, not of {options.model}")
        sizes = begun.get("config", {}) | _given(options, family.config_type)
    for kind in (*(t.recipe_type for t in TRAININGS), *_SIZES.values()):
        if foreign := set(_given(options, kind)) - set(recipe) - set(sizes):
            parser.error(f"{options.model} has no --{min(foreign).replace('_', '-')}")
    try:
        learner = training.make_learner(options.model, training.recipe_type(**recipe), replace(variant.config, **sizes))
    except ValueError as error:
        parser.error(str(error))
    run_training(
        options.run,
        options.data,
        learner,
        device,
        processes=options.processes or (1 if device.type == "cuda" else min(os.cpu_count() or 1, learner.recipe.batch)),
        cache=options.cache,
        start=options.start,
        branch=options.branch,
        seconds=60.0 * options.minutes,
    )


def _export(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    saved = options.run / "checkpoint.pt"
    if not saved.exists():
        parser.error(f"{options.run} holds no checkpoint.pt; a training run writes it whenever it saves")
    checkpoint = Checkpoint.read(saved)
    model_id = checkpoint.about["model"]
    training = training_of(model_id)
    pictures, held_out = None, None
    if training.exports_with_pictures:
        if options.data is None:
            parser.error(f"export of {model_id} needs --data")
        pictures, held_out = load_pictures(options.data, options.cache)
    folder = Path("resources/models") if training.comes_with_program else user_path("models")
    path = options.model or folder / f"{model_id}.safetensors"
    done = training.export(checkpoint, path, pictures, held_out)
    if training.comes_with_program:
        options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(saved, options.checkpoint)
        curves.add_run(options.checkpoint.parent / "curves.json", options.run)
        curves.plot(options.checkpoint.parent / "curves.json")
    print(f"{path}: weights {done.weights_hash.hex()}")
    for remark in done.remarks:
        print(remark)


def _preview(_parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    pictures, _ = load_pictures(options.data)
    atomic_write(options.output, draw_maps(pictures, columns=options.columns, seed=options.seed))
    print(f"Written to {options.output}.")


if __name__ == "__main__":
    main()

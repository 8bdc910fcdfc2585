"""`python -m qmap_studio.training`: train, export, preview-maps."""

import argparse
import os
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.song2021.family import VARIANTS
from qmap_studio.core.files import atomic_write, make_folder
from qmap_studio.core.resources import user_path
from qmap_studio.training import curves, song2021
from qmap_studio.training.checkpoint import Checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.learner import Learner
from qmap_studio.training.loop import train as run_training
from qmap_studio.training.preview import draw_maps
from qmap_studio.training.recipe import Recipe


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m qmap_studio.training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train a model, or go on from the run folder's last state")
    train.add_argument("--data", type=Path, required=True, help="folder with .tar files of pictures")
    train.add_argument("--run", type=Path, required=True, help="folder of the run")
    train.add_argument("--model", choices=("live", *VARIANTS), default="live")
    train.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    train.add_argument("--minutes", type=float, default=float("inf"), help="stop and save after so long")
    train.add_argument(
        "--processes", type=int, help="of one thread each, if several; default: the number of cores, 1 on a GPU"
    )
    train.add_argument(
        "--start", type=Path, help="compact checkpoint that a new run begins from, grown where it is smaller"
    )
    train.add_argument("--branch", type=Path, help="run folder with whose last full state a new run begins")
    train.add_argument("--cache", type=Path, default=user_path("cache"), help="folder for decoded pictures")
    for kind, title in ((song2021.PaperRecipe, "recipe"), (LiveConfig, "sizes of live")):
        _add_fields(train.add_argument_group(title), kind)
    train.set_defaults(do=_train)
    finish = commands.add_parser("export", help="write a run's averaged weights as the program's model")
    finish.add_argument("--data", type=Path, help="folder with .tar files of pictures, for the tables of live")
    finish.add_argument("--run", type=Path, required=True)
    finish.add_argument("--cache", type=Path, default=user_path("cache"), help="folder for decoded pictures")
    finish.add_argument("--model", type=Path, help="default: live among the resources, others in the user's folder")
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


def _add_fields(parser: Any, kind: type) -> None:
    for field in fields(kind):
        name = f"--{field.name.replace('_', '-')}"
        parser.add_argument(name, type=type(field.default), default=argparse.SUPPRESS, help=f"default: {field.default}")


def _given(options: argparse.Namespace, kind: type) -> dict[str, Any]:
    return {f.name: getattr(options, f.name) for f in fields(kind) if hasattr(options, f.name)}


def _train(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    device = torch.device(options.device)
    learner: Learner
    if options.model == "live":
        if hasattr(options, "quality"):
            parser.error("--quality is for networks that know no map")
        learner = Learner(Recipe(**_given(options, Recipe)), LiveConfig(**_given(options, LiveConfig)))
    else:
        if _given(options, LiveConfig):
            parser.error(f"sizes are for live; {options.model} has its own")
        recipe = song2021.PaperRecipe(**_given(options, song2021.PaperRecipe))
        learner = song2021.Song2021Learner(recipe, VARIANTS[options.model].config, options.model)
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
    if model_id != "live":
        path = options.model or user_path("models") / f"{model_id}.safetensors"
        make_folder(path.parent)
        weights_hash = song2021.export(checkpoint, path)
        print(f"{path}: weights {weights_hash.hex()}")
        return
    if options.data is None:
        parser.error("export of live needs --data")
    from qmap_studio.training.export import export  # a machine that trains need not have what coding takes

    path = options.model or Path("resources/models/live.safetensors")
    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    pictures, held_out = load_pictures(options.data, options.cache)
    done = export(checkpoint, pictures, held_out, path)
    shutil.copyfile(saved, options.checkpoint)
    curves.add_run(options.checkpoint.parent / "curves.json", options.run)
    curves.plot(options.checkpoint.parent / "curves.json")
    print(f"{path}: weights {done.weights_hash.hex()}")
    print(f"integers in place of real numbers: {done.integer_cost_percent:+.3f} % of the rate on held-out photos")


def _preview(_parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    pictures, _ = load_pictures(options.data)
    atomic_write(options.output, draw_maps(pictures, columns=options.columns, seed=options.seed))
    print(f"Written to {options.output}.")


if __name__ == "__main__":
    main()

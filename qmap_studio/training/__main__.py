"""`python -m qmap_studio.training`: train, export."""

import argparse
import json
from dataclasses import fields
from pathlib import Path

import torch

from qmap_studio.codec.live import LiveConfig
from qmap_studio.training import curves
from qmap_studio.training.checkpoint import save_checkpoint
from qmap_studio.training.data import load_pictures
from qmap_studio.training.export import export
from qmap_studio.training.loop import Recipe, Trainer


def _add_fields(parser: argparse.ArgumentParser, kind: type) -> None:
    for field in fields(kind):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m qmap_studio.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train `live`, or go on from the run folder's last state")
    train.add_argument("--data", type=Path, required=True, help="folder with .tar files of pictures")
    train.add_argument("--run", type=Path, required=True, help="folder of the run")
    train.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    train.add_argument("--minutes", type=float, default=float("inf"), help="stop and save after so long")
    train.add_argument("--start", type=Path, help="compact checkpoint that a new run begins from")
    _add_fields(train, Recipe)
    _add_fields(train, LiveConfig)
    finish = commands.add_parser("export", help="write a run's averaged weights as the program's model")
    finish.add_argument("--data", type=Path, required=True, help="folder with .tar files of pictures, for the tables")
    finish.add_argument("--run", type=Path, required=True)
    finish.add_argument("--model", type=Path, default=Path("resources/models/live.safetensors"))
    finish.add_argument("--checkpoint", type=Path, default=Path("resources/training/live.safetensors"))
    options = parser.parse_args()
    if options.command == "train":
        _train(options)
    else:
        recipe = json.loads((options.run / "recipe.json").read_text())
        options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        pictures, held_out = load_pictures(options.data)
        done = export(options.run / "state.pt", pictures, held_out, LiveConfig(**recipe["config"]), options.model)
        save_checkpoint(options.checkpoint, options.run / "state.pt", options.run / "recipe.json")
        curves.add_run(options.checkpoint.parent / "curves.json", options.run)
        curves.plot(options.checkpoint.parent / "curves.json")
        print(f"{options.model}: weights {done.weights_hash.hex()}")
        print(f"integers in place of real numbers: {done.integer_cost_percent:+.3f} % of the rate on held-out photos")


def _train(options: argparse.Namespace) -> None:
    recipe = Recipe(**{f.name: getattr(options, f.name) for f in fields(Recipe)})
    config = LiveConfig(**{f.name: getattr(options, f.name) for f in fields(LiveConfig)})
    trainer = Trainer(options.run, options.data, recipe, config, torch.device(options.device))
    if not trainer.resume() and options.start is not None:
        trainer.start(options.start)
    trainer.run(60.0 * options.minutes)


if __name__ == "__main__":
    main()

"""`python -m qmap_studio.training`: train, export."""

import argparse
from dataclasses import fields
from pathlib import Path

import torch

from qmap_studio.codec.live import LiveConfig
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
    _add_fields(train, Recipe)
    _add_fields(train, LiveConfig)
    options = parser.parse_args()
    recipe = Recipe(**{f.name: getattr(options, f.name) for f in fields(Recipe)})
    config = LiveConfig(**{f.name: getattr(options, f.name) for f in fields(LiveConfig)})
    trainer = Trainer(options.run, options.data, recipe, config, torch.device(options.device))
    trainer.resume()
    trainer.run(60.0 * options.minutes)


if __name__ == "__main__":
    main()

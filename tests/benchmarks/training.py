"""How fast the network trains, and how much of the time goes to anything else.

    python -m tests.benchmarks.training --data FOLDER [--batch 32] [--crop 128] [--steps 20] [--device cpu]

Crops per second of whole training steps; the share of a step that draws crops and maps; the share of a run that
validation, saving and metrics would take at the recipe's intervals; and the arithmetic done. The machine must be idle.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from qmap_studio.codec.live import LiveConfig
from qmap_studio.training.loop import Recipe, Trainer, centred
from qmap_studio.training.maps import random_maps, signalled

OUTSIDE_PERCENT = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.training")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/train"))
    parser.add_argument("--batch", type=int, default=Recipe.batch)
    parser.add_argument("--crop", type=int, default=Recipe.crop)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    recipe = Recipe(batch=options.batch, crop=options.crop)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(Path(folder), options.data, recipe, LiveConfig(), torch.device(options.device))
        with FlopCounterMode(display=False) as counter:
            trainer.train_step()
        whole = median_seconds(trainer, lambda: trainer.train_step(), options.steps)
        inputs = median_seconds(trainer, lambda: draw(trainer), options.steps)
        save = median_seconds(trainer, trainer.save, 3) / recipe.save_every
        validation = median_seconds(trainer, lambda: trainer.validate(), 2) / recipe.validate_every
    flops = counter.get_total_flops()
    outside = 100.0 * (inputs + save) / (whole + save)
    print(f"{trainer.device}, {torch.get_num_threads()} threads, batch {recipe.batch}, crops of {recipe.crop} px")
    print(f"{recipe.batch / whole:8.2f} crops/s ({whole:.3f} s a step, median of {options.steps})")
    print(f"{flops / whole / 1e12:8.3f} TFLOP/s in convolutions and matrix products")
    print(f"{outside:8.2f} % of the time outside the network: crops and maps, saving (bar {OUTSIDE_PERCENT} %)")
    print(f"{100.0 * validation / whole:8.2f} % on top for validation")
    return 0 if outside <= OUTSIDE_PERCENT else 1


def draw(trainer: Trainer) -> None:
    """What a step does before the network: crops, maps, and the maps as signalled."""
    pixels, labels = trainer.pictures.crops(trainer.recipe.batch, trainer.recipe.crop, trainer.generator)
    centred(pixels)
    signalled(random_maps(labels))


def median_seconds(trainer: Trainer, work: Callable[[], object], rounds: int) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        if trainer.device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    once()
    return statistics.median(once() for _ in range(rounds))


if __name__ == "__main__":
    sys.exit(main())

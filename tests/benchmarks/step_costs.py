"""What a training step of a model costs in units of one of `live`: `python -m tests.benchmarks.step_costs [MODEL...]`.

The median of the processor's time of one thread for loss and gradients, over as many pixels in crops of 128 px, without
the optimiser. A reduced model may cost four times what `live` does; the full ones are told only where asked for.
"""

import argparse
import statistics
import sys
import time

import torch

from qmap_studio.codec.registry import family_of_model
from qmap_studio.training.batches import Batch
from qmap_studio.training.registry import training_of

CROPS, SIDE_PX, STEPS = 8, 128, 5
BARS = {"live": 1.0, "sigvic2023-reduced": 4.0}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.step_costs")
    parser.add_argument("models", nargs="*", default=list(BARS), metavar="MODEL")
    models = parser.parse_args().models
    torch.set_num_threads(1)
    unit, failed = seconds_of("live"), False
    for model_id in models:
        cost = seconds_of(model_id) / unit
        bar = BARS.get(model_id)
        print(f"{model_id}: {cost:.2f} times live" + (f" (bar {bar})" if bar and model_id != "live" else ""))
        failed |= bar is not None and cost > bar * 1.05
    return int(failed)


def seconds_of(model_id: str) -> float:
    family, training = family_of_model(model_id), training_of(model_id)
    assert family is not None
    variant = family.variant(model_id)
    assert variant is not None
    torch.manual_seed(1)
    learner = training.make_learner(model_id, training.recipe_type(), variant.config)
    network = learner.make_network()
    pixels = torch.randint(0, 256, (CROPS, SIDE_PX, SIDE_PX, 3), dtype=torch.uint8)
    batch = Batch(pixels, torch.rand(CROPS, 1, SIDE_PX, SIDE_PX))
    times = []
    for _ in range(STEPS + 1):
        start = time.process_time()
        done = learner.losses(network, batch)
        (done.importance * done.loss).sum().backward()
        times.append(time.process_time() - start)
    return statistics.median(times[1:])


if __name__ == "__main__":
    sys.exit(main())

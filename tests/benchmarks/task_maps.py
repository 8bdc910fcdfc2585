"""How long the search of a task-aware map takes, and how much memory.

    python -m tests.benchmarks.task_maps [--threads 2] [--iterations 5]

A photo of 512 x 512 has to be done in 20 s on two CPU cores; one of 12 megapixels is searched on a reduced copy and
shows that time and memory are bounded. The load of the machine is told beside the times.
"""

import argparse
import os
import resource
import sys
import time

import numpy as np
import torch

from qmap_studio.codec import load_codec
from qmap_studio.codec.common.differentiable import differentiable
from qmap_studio.task_maps import keep_edges, optimise_map
from tests.fixtures import sample_photo

BUDGET_S = 20.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.task_maps")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    codec, photo = differentiable(load_codec(device="cpu")), sample_photo().pixels
    seconds = []
    for height, width in ((512, 512), (3000, 4000)):
        pixels = np.pad(photo, ((0, max(0, height - 600)), (0, width - 512), (0, 0)), "symmetric")[:height]
        started, started_cpu, found = time.perf_counter(), time.process_time(), []
        optimise_map(codec, pixels, keep_edges, lmbda=0.1, iterations=arguments.iterations, report=found.append)
        seconds.append(time.perf_counter() - started)
        cpu_s = time.process_time() - started_cpu
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{width} x {height}: {seconds[-1]:.1f} s, of the processors {cpu_s:.1f} s")
        print(f"  load of the machine {os.getloadavg()[0]:.1f}, peak memory {peak_mb:.0f} MB")
        print(f"  from {found[0].summary} to {found[-1].summary}")
    print(f"{arguments.threads} threads, {arguments.iterations} iterations; budget {BUDGET_S} s for 512 x 512")
    return 0 if seconds[0] <= BUDGET_S else 1


if __name__ == "__main__":
    sys.exit(main())

"""Writes what the models cost into the README: `python -m tests.benchmarks.complexity`.

Parameters, multiply-accumulates per pixel, and the processor's time for the networks alone (no entropy coding, no
files), one thread, one picture of 768 x 512.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial

import torch
from compressai.zoo import mbt2018_mean

from qmap_studio.codec.common.complexity import SIDE, Work, count
from qmap_studio.codec.common.latent_grid import HYPER_CELL_PX
from qmap_studio.codec.registry import FAMILIES
from qmap_studio.core.cells import CELL_PX
from tests.benchmarks.readme import write_block

HEIGHT, WIDTH = 512, 768


def makers() -> Iterator[tuple[str, Callable[..., Work]]]:
    """Each model's name and what makes its work for a height and a width."""
    for family in FAMILIES:
        for variant in family.variants:
            yield f"`{variant.model_id}`", partial(family.work, variant.config)
    yield "CompressAI's `mbt2018_mean`, qualities 1 to 4", partial(mean_scale_work, 4)
    yield "CompressAI's `mbt2018_mean`, qualities 5 to 8", partial(mean_scale_work, 8)


def mean_scale_work(quality: int, height: int = SIDE, width: int = SIDE) -> Work:
    network = mbt2018_mean(quality, pretrained=False).eval().requires_grad_(False)
    x = torch.zeros(1, 3, height, width)
    y = torch.zeros(1, network.M, height // CELL_PX, width // CELL_PX)
    z_hat = torch.zeros(1, network.N, height // HYPER_CELL_PX, width // HYPER_CELL_PX)
    return Work(
        network,
        lambda: (network.g_a(x), network.h_a(y), network.h_s(z_hat)),
        lambda: (network.h_s(z_hat), network.g_s(y)),
    )


def seconds(compute: Callable[[], object]) -> float:
    begin = time.process_time()
    compute()
    return time.process_time() - begin


@torch.inference_mode()
def main() -> None:
    torch.set_num_threads(1)
    lines = [
        "| model | parameters | encode, kMAC/px | decode, kMAC/px | encode | decode |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, make in makers():
        cost = count(make(SIDE, SIDE), SIDE**2)
        work = make(HEIGHT, WIDTH)
        work.network.to(memory_format=torch.channels_last)
        lines.append(
            f"| {name} | {cost.parameters / 1e6:.2f} M | {cost.encode_kmac:.1f} | {cost.decode_kmac:.1f} "
            f"| {seconds(work.encode):.2f} s | {seconds(work.decode):.2f} s |"
        )
        print(lines[-1], flush=True)
    write_block("complexity", "\n".join(lines))


if __name__ == "__main__":
    main()

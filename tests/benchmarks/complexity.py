"""Multiply-accumulates per pixel and parameters of `live`: `python -m tests.benchmarks.complexity`."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from qmap_studio.codec.installed import weights_path
from qmap_studio.codec.latent_grid import CELL, HYPER_CELL, PASSES
from qmap_studio.codec.live import LiveNetwork
from qmap_studio.codec.weights import load_model

SIDE = 256


def count(work) -> float:
    """kMAC per pixel of the convolutions in `work`."""
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops() / 2 / SIDE**2 / 1000


@torch.no_grad()
def main() -> None:
    network = LiveNetwork(load_model(weights_path("live")).network.config)  # the trained one counts the same
    cells, n = SIDE // CELL, network.config.latent
    x, quality = torch.zeros(1, 3, SIDE, SIDE), torch.zeros(1, 1, cells, cells)
    y = torch.zeros(1, n, cells, cells)
    z_hat = torch.zeros(1, network.config.hyper_latent, SIDE // HYPER_CELL, SIDE // HYPER_CELL)
    psi = network.h_s(z_hat)

    def passes() -> None:
        for step in range(len(PASSES)):
            network.mean(step, y, psi, quality)
            network.index(step, y, psi, quality)

    parts = {
        "analysis": count(lambda: network.g_a(x, quality)),
        "hyper analysis": count(lambda: network.h_a(y, quality)),
        "hyper synthesis": count(lambda: network.h_s(z_hat)),
        "context passes": count(passes),
        "synthesis": count(lambda: network.synthesise(y, quality)),
    }
    for name, cost in parts.items():
        print(f"{name:16} {cost:6.2f} kMAC/px")
    total = sum(parts.values())
    print(f"{'encode':16} {total:6.2f} kMAC/px (with the reconstruction; {total - parts['synthesis']:.2f} without)")
    print(f"{'decode':16} {total - parts['analysis'] - parts['hyper analysis']:6.2f} kMAC/px")
    print(f"{'parameters':16} {sum(p.numel() for p in network.parameters()) / 1e6:6.2f} M")


if __name__ == "__main__":
    main()

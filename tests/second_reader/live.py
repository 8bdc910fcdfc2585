import numpy as np

from tests.second_reader.container import Header
from tests.second_reader.layers import levels, spread
from tests.second_reader.passes import Grid, Network, read_latents


# SFC.md 5.2
def leaky(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0, x / np.float32(10), x)


# live/FORMAT.md 1
def unit(net: Network, quality: np.ndarray) -> np.ndarray:
    gain = np.exp(net.vector("log_gain") + net.vector("log_gain_slope") * quality)
    return gain * net.vector("deviation")


# live/FORMAT.md 2
def blocks(net: Network, name: str, x: np.ndarray, quality: np.ndarray, count: int) -> np.ndarray:
    f = leaky(net.real(f"{name}.mix", leaky(net.real(f"{name}.from_map", quality))))
    for b in range(count):
        block = f"{name}.blocks.{b}"
        g, h = np.split(net.real(f"{block}.sft", f), 2, axis=2)
        s = net.real(f"{block}.depthwise", x * (1 + g) + h)
        x = x + net.real(f"{block}.project", leaky(net.real(f"{block}.expand", s)))
    return x


def synthesis(net: Network, v: np.ndarray, quality: np.ndarray) -> np.ndarray:
    x16 = blocks(net, "g_s.at16", net.real("g_s.enter", v), quality, net.config["blocks16"])
    fine = quality.repeat(2, axis=0).repeat(2, axis=1)
    x8 = blocks(net, "g_s.at8", spread(net.real("g_s.up", x16), 2), fine, net.config["blocks8"])
    transform = net.vector("g_s.transform").reshape(v.shape[2], 768)
    d = spread((v * net.vector("deviation")) @ transform, 16)
    return d + spread(net.real("g_s.leave", x8), 8) / 10 + np.float32(0.5)


def read_learned(data: bytes, net: Network, header: Header, qualities: np.ndarray) -> dict[str, np.ndarray]:
    grid = Grid(qualities)
    size = net.config["luma"] + 2 * net.config["chroma"]
    found = read_latents(data, net, header, grid, size, unit(net, grid.quality))
    return found | {"learned": levels(synthesis(net, found["v"], grid.quality), header)}

from collections.abc import Iterator

import numpy as np

from tests.second_reader.container import Header
from tests.second_reader.layers import Planes, conv, join, levels, relu, up
from tests.second_reader.passes import Grid, Network, read_latents


def sigmoid(x: Planes) -> Planes:
    return (1 + np.tanh(x / 2)) / 2


# sigvic2023/FORMAT.md 2, Stages
def igdn(net: Network, name: str, x: Planes) -> Planes:
    gamma = np.maximum(net.vector(f"{name}.gamma"), 2.0**-18) ** 2 - 2.0**-36
    beta = np.maximum(net.vector(f"{name}.beta"), np.sqrt(1e-6 + 2.0**-36)) ** 2 - 2.0**-36
    return x * np.sqrt(x**2 @ gamma.T + beta)


def scaled(net: Network, name: str, x: Planes, quality: Planes) -> tuple[Planes, Planes]:
    given = quality
    if net.config["has_gating"]:
        mask = conv(x, *net.of(f"{name}.gating.mask.0"))
        mask = sigmoid(conv(mask, *net.of(f"{name}.gating.mask.1")))
        x = x + mask * conv(x, *net.of(f"{name}.gating.features"))
        given = join(mask.mean(axis=2, keepdims=True), quality)
    enter = relu(conv(given, *net.of(f"{name}.scaling.enter")))
    scale = np.exp(conv(enter, *net.of(f"{name}.scaling.leave")))
    return x * scale, scale


def stages(net: Network, deep: Planes, quality: Planes) -> tuple[Planes, Planes]:
    x = deep
    scales = []
    for t in range(4):
        if t > 0:
            x = igdn(net, f"g_s.norms.{t - 1}", up(x, *net.of(f"g_s.convolutions.{t - 1}")))
        fine = quality.repeat(2**t, axis=0).repeat(2**t, axis=1)
        x, scale = scaled(net, f"g_s.scalings.{t}", x, fine)
        scales.append(scale)
    return x, scales[0]


# sigvic2023/FORMAT.md 2, Fusion
def restore(net: Network, x: Planes) -> Planes:
    weight, bias = net.of("g_s.restore")
    rows, cols, _ = x.shape
    parts = np.einsum("rkc,coij->rikjo", x, weight)
    return parts.reshape(8 * rows, 8 * cols, -1) + bias


def half(x: Planes, weight: np.ndarray, bias: np.ndarray) -> Planes:
    return conv(x, weight, bias)[::2, ::2]


def block(net: Network, name: str, x: Planes) -> Planes:
    d = conv(relu(conv(x, *net.of(f"{name}.body.0"))), *net.of(f"{name}.body.2"))
    g = d.mean(axis=(0, 1), keepdims=True)
    g = relu(conv(g, *net.of(f"{name}.attention.0")))
    return x + sigmoid(conv(g, *net.of(f"{name}.attention.2"))) * d


def fused(net: Network, f: Planes, s: Planes) -> Planes:
    name = "g_s.fusion"
    h = conv(join(f, s), *net.of(f"{name}.enter"))
    a0 = block(net, f"{name}.down.0", h)
    a1 = block(net, f"{name}.down.1", half(a0, *net.of(f"{name}.shrink.0")))
    m = half(a1, *net.of(f"{name}.shrink.1"))
    for i in range(2):
        m = block(net, f"{name}.middle.{i}", m)
    c1 = block(net, f"{name}.up.0", up(relu(m), *net.of(f"{name}.grow.0")) + a1)
    c0 = block(net, f"{name}.up.1", up(relu(c1), *net.of(f"{name}.grow.1")) + a0)
    return f + conv(c0, *net.of(f"{name}.leave"))


WINDOW, AROUND = 128, 16


def windows(size: int) -> Iterator[tuple[slice, slice, slice]]:
    for first in range(0, size, WINDOW):
        end = min(first + WINDOW, size)
        low, high = max(first - AROUND, 0), min(end + AROUND, size)
        yield slice(low, high), slice(2 * first, 2 * end), slice(2 * (first - low), 2 * (end - low))


def synthesis(net: Network, v: Planes, quality: Planes) -> Planes:
    n = net.config["N"]
    f, scale = stages(net, v[..., :n], quality)
    if net.config["shallow"] == 0:
        return up(f, *net.of("g_s.leave")) + np.float32(0.5)
    s = restore(net, v[..., n:] * scale)
    x = np.zeros((2 * f.shape[0], 2 * f.shape[1], 3), np.float32)
    for rows, to_rows, of_rows in windows(f.shape[0]):
        for cols, to_cols, of_cols in windows(f.shape[1]):
            piece = up(fused(net, f[rows, cols], s[rows, cols]), *net.of("g_s.leave"))
            x[to_rows, to_cols] = piece[of_rows, of_cols]
    return x + np.float32(0.5)


# sigvic2023/FORMAT.md 1
def read_learned(data: bytes, net: Network, header: Header, qualities: np.ndarray) -> dict[str, np.ndarray]:
    grid = Grid(qualities)
    grid.rows, grid.cols = grid.shape  # cells beyond the picture are coded
    size = net.config["N"] + net.config["shallow"]
    found = read_latents(data, net, header, grid, size, unit=1.0)
    return found | {"learned": levels(synthesis(net, found["v"], grid.quality), header)}

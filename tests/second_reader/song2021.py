import json
from pathlib import Path

import numpy as np
from safetensors import safe_open

from tests.second_reader.container import Header
from tests.second_reader.layers import Planes, conv, levels, up
from tests.second_reader.symbols import Stream, split_tables


# song2021/FORMAT.md
def leaky(x: Planes, a: float) -> Planes:
    return np.where(x < 0, a * x, x)


def fixed(x: Planes) -> Planes:
    return np.clip(np.floor(x * 1024 + 0.5) / 1024, -1024, 1024)


class Network:
    def __init__(self, path: Path) -> None:
        with safe_open(path, "np") as file:
            self.config = json.loads(file.metadata()["config"])
            self.tensors = {name: file.get_tensor(name).astype(float) for name in file.keys()}  # noqa: SIM118
        for name in self.tensors:
            if name.startswith(("h_s.", "medians")):
                self.tensors[name] *= 2.0**-16 if name.endswith("weight") else 2.0**-10
        counts, sizes = (self.tensors[f"tables.{name}"].astype(int) for name in ("counts", "sizes"))
        self.tables = split_tables(counts, sizes.tolist())

    def of(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        return self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"]


# song2021/FORMAT.md 1
def read_symbols(stream: Stream, net: Network, rows: int, columns: int) -> tuple[Planes, np.ndarray, Planes]:
    n, m = net.config["N"], net.config["M"]
    group = np.repeat(65 + np.arange(n), rows // 4 * (columns // 4))
    z = stream.group(group, net.tables, 500).reshape(n, rows // 4, columns // 4)
    z_hat = (z + net.tensors["medians"]).transpose(1, 2, 0)
    a = 10486 / 2**20
    h = fixed(leaky(fixed(up(fixed(z_hat), *net.of("h_s.0"))), a))
    h = fixed(leaky(fixed(up(h, *net.of("h_s.2"))), a))
    h = fixed(conv(h, *net.of("h_s.4"))).transpose(2, 0, 1)
    limits = np.floor(1024 * 0.11 * (256 / 0.11) ** (np.arange(63) / 63)) / 1024
    tables = 1 + np.searchsorted(limits, h[:m], side="left")
    q = [stream.group(tables[c : c + 32].ravel(), net.tables) for c in range(0, m, 32)]
    symbols = np.concatenate(q).reshape(m, rows, columns)
    stream.end()
    return z_hat, symbols, (symbols + h[m:]).transpose(1, 2, 0)


# song2021/FORMAT.md 2
def sft(net: Network, name: str, x: Planes, f: Planes) -> Planes:
    h = np.maximum(conv(f, *net.of(f"{name}.mlp_shared.0")), 0)
    return x * (1 + conv(h, *net.of(f"{name}.mlp_gamma"))) + conv(h, *net.of(f"{name}.mlp_beta"))


def averaged(f: Planes, x: Planes) -> Planes:
    if f.shape[:2] == x.shape[:2]:
        return f
    return f.reshape(x.shape[0], 2, x.shape[1], 2, -1).mean(axis=(1, 3))


def block(net: Network, name: str, x: Planes, f: Planes) -> Planes:
    h = x
    for i in range(2):
        h = sft(net, f"{name}.norm_{i}", h, f) if is_sft(net) else np.concatenate((h, averaged(f, h)), axis=2)
        h = conv(leaky(h, 0.2), *net.of(f"{name}.conv_{i}"))
    return x + h


def igdn(net: Network, name: str, x: Planes) -> Planes:
    gamma = np.maximum(net.tensors[f"{name}.gamma"], 2.0**-18) ** 2 - 2.0**-36
    beta = np.maximum(net.tensors[f"{name}.beta"], np.sqrt(1e-6 + 2.0**-36)) ** 2 - 2.0**-36
    if net.config["conditioning"] in ("input", "none"):
        return x * np.sqrt(x**2 @ gamma.T + beta)
    return x * (np.abs(x) @ gamma.T + beta)


def is_sft(net: Network) -> bool:
    return net.config["conditioning"] == "sft"


def surrogate(net: Network, z_hat: Planes) -> Planes:
    w = leaky(up(z_hat, *net.of("f_c.0")), 0.1)
    return conv(leaky(up(w, *net.of("f_c.2")), 0.1), *net.of("f_c.4"))


def conditions(net: Network, z_hat: Planes, y_hat: Planes) -> list[Planes]:
    w = surrogate(net, z_hat)
    f = np.concatenate((w, y_hat), axis=2) if net.config["source_conditioning"] else w
    for i in (0, 2, 4):
        f = conv(leaky(f, 0.1) if i else f, *net.of(f"g_s_c.0.{i}"))
    found = [f]
    for i in range(1, 5):
        scaled = net.config["convolutional_scaling"]
        f = up(f, *net.of(f"g_s_c.{i}.0")) if scaled else f.repeat(2, axis=0).repeat(2, axis=1)
        f = conv(leaky(f, 0.1), *net.of(f"g_s_c.{i}.2"))
        found.append(f)
    return found


def synthesis(net: Network, z_hat: Planes, y_hat: Planes) -> Planes:
    if net.config["conditioning"] in ("input", "none"):
        w = [surrogate(net, z_hat)] if net.config["conditioning"] == "input" else []
        x = np.concatenate((y_hat, *w), axis=2)
        first = len(w)
        for i in range(3):
            at = first if i == 0 else 0
            x = igdn(net, f"g_s.{i}.{at + 1}", up(x, *net.of(f"g_s.{i}.{at}")))
        return up(x, *net.of("g_s.3.0"))
    f = conditions(net, z_hat, y_hat)
    x = block(net, "g_s.0.1", block(net, "g_s.0.0", y_hat, f[0]), f[0])
    for i in range(1, 5):
        if is_sft(net):
            x = sft(net, f"g_s.{i}.2", igdn(net, f"g_s.{i}.1", up(x, *net.of(f"g_s.{i}.0"))), f[i])
        else:
            joined = np.concatenate((x, averaged(f[i], x)), axis=2)
            x = igdn(net, f"g_s.{i}.2", up(joined, *net.of(f"g_s.{i}.1")))
    mirrored = np.pad(x, ((2, 2), (2, 2), (0, 0)), "reflect")
    return conv(mirrored, *net.of("g_s.5.0"))[2:-2, 2:-2]


def read_learned(data: bytes, net: Network, header: Header) -> dict[str, np.ndarray]:
    rows, columns = (4 * max(-(-side // 64), 2) for side in (header.height, header.width))
    z_hat, symbols, y_hat = read_symbols(Stream(data), net, rows, columns)
    return {"symbols": symbols, "learned": levels(synthesis(net, z_hat, y_hat), header)}

import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors import safe_open

from tests.second_reader.container import Header, must
from tests.second_reader.layers import apply, join, relu, spread
from tests.second_reader.symbols import Stream, split_tables

Exact = tuple[float, float, float, float]


# passes/FORMAT.md 1
NONE = float("inf")
EXACT: dict[str, Exact] = {
    "h_s.enter": (32, 32, 0, 255),
    "h_s.spread": (1, 32, 0, 255),
    "index_context.enter": (1, 32, 0, 255),
    "index_context.mix": (1, 32, 0, 255),
    "h_s.smooth": (1, 32, -255, 255),
    "index_context.near": (1, 32, -255, 255),
    "index_context.around": (1, 32, -255, 255),
    "index_context.leave": (16, 512, -NONE, NONE),
    "index_context.level": (2, 512, -NONE, NONE),
    "hyper_level": (2, 512, -NONE, NONE),
}


# SFC.md 5.1
class Network:
    def __init__(self, path: Path, family: str) -> None:
        with safe_open(path, "np") as file:
            assert file.metadata()["family"] == family
            self.config: dict[str, int] = json.loads(file.metadata()["config"])
            names = [name for name in file.keys() if name[:4] not in ("g_a.", "h_a.")]  # noqa: SIM118 - no mapping
            self.tensors = {name: file.get_tensor(name) for name in names}
        self.hash = hashlib.sha256()
        for name, tensor in sorted(self.tensors.items()):
            self.hash.update(f"{name} torch.{tensor.dtype.name} {tensor.shape} ".encode("ascii"))
            self.hash.update(tensor.astype(tensor.dtype.newbyteorder("<")).tobytes())
        self.tables = split_tables(self.tensors["tables.counts"], self.tensors["tables.sizes"].tolist())

    def exact(self, name: str, x: np.ndarray) -> np.ndarray:
        weights, biases, low, high = EXACT[name.rstrip("0123").rstrip(".")]
        weight = self.tensors[name + ".weight"].astype(np.float64) * weights
        bias = self.tensors[name + ".bias"].astype(np.float64) * biases
        return np.clip(np.floor(apply(weight, bias, x.astype(np.float64)) + 0.5), low, high).astype(np.int64)

    def real(self, name: str, x: np.ndarray) -> np.ndarray:
        return apply(*self.of(name), x)

    def of(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        return self.vector(name + ".weight"), self.vector(name + ".bias")

    def vector(self, name: str) -> np.ndarray:
        return self.tensors[name].astype(np.float32)


# SFC.md 5.2
class Grid:
    def __init__(self, qualities: np.ndarray) -> None:
        self.rows, self.cols = qualities.shape
        padded = np.pad(qualities, ((0, -self.rows % 4), (0, -self.cols % 4)), "edge")[..., None]
        self.quality = padded.astype(np.float32) / np.float32(65535)
        self.level = padded // 256
        self.shape = padded.shape[:2]


# passes/FORMAT.md 2
def read_hyper(stream: Stream, net: Network, grid: Grid) -> np.ndarray:
    rows, cols = grid.shape
    level = grid.level.reshape(rows // 4, 4, cols // 4, 4).sum(axis=(1, 3)) // 16
    tables = np.clip((net.exact("hyper_level", level[..., None]) + 1568) // 64, 1, 63)
    return stream.group(tables.ravel(), net.tables, 60).reshape(tables.shape)


def hyper_synthesis(net: Network, z: np.ndarray) -> np.ndarray:
    h = spread(net.exact("h_s.spread", net.exact("h_s.enter", z)), 4)
    return np.clip(h + net.exact("h_s.smooth", h), -255, 255)


# passes/FORMAT.md 3
ORDER = (0, 3, 1, 2)


class Latents:
    def __init__(
        self, stream: Stream, net: Network, grid: Grid, psi: np.ndarray, size: int, unit: np.ndarray | float
    ) -> None:
        self.stream, self.net, self.grid, self.psi, self.size, self.unit = stream, net, grid, psi, size, unit
        self.q = np.zeros((*grid.shape, size), np.int64)
        self.v = np.zeros((*grid.shape, size), np.float32)
        self.known = np.zeros((*grid.shape, 4), np.int64)
        self.tables: list[np.ndarray] = []
        for t in range(4):
            self.tables.append(self.pass_tables(t))
            self.pass_symbols(t)
            values = self.pass_values(t)
            for phase in range(4):
                place = self.place(t, phase, *grid.shape)
                self.v[place] = values[place]
            for phase in range(4):
                self.known[phase // 2 :: 2, phase % 2 :: 2, phase ^ ORDER[t]] = 1

    def place(self, t: int, phase: int, rows: int, cols: int) -> tuple[slice, slice, slice]:
        group, size = phase ^ ORDER[t], self.size // 4
        return slice(phase // 2, rows, 2), slice(phase % 2, cols, 2), slice(group * size, (group + 1) * size)

    def by_phase(self, planes: list[np.ndarray]) -> np.ndarray:
        places = [[self.place(t, phase, *self.grid.shape) for phase in range(4)] for t in range(4)]
        return np.array([[planes[t][place] for place in places[t]] for t in range(4)])

    def pass_tables(self, t: int) -> np.ndarray:
        net, level = self.net, self.grid.level
        given = join(self.psi, level, 32 * self.known)
        if t == 0:
            n = np.zeros_like(self.q)
            a = net.exact("index_context.enter.0", given)
        else:
            m = np.minimum(np.floor(32 * np.log2(1 + abs(self.q)) + 0.5), 255)
            n = net.exact(f"index_context.near.{t - 1}", m)
            a = net.exact(f"index_context.enter.{t}", join(m, n, given))
        h = np.clip(a + net.exact("index_context.mix", net.exact("index_context.around", a)), 0, 255)
        u = net.exact("index_context.leave", h) + net.exact("index_context.level", level) + 16 * n
        return np.clip((u + 1568) // 64, 0, 63)

    def pass_symbols(self, t: int) -> None:
        places = [self.place(t, phase, self.grid.rows, self.grid.cols) for phase in range(4)]
        tables = np.concatenate([self.tables[t][place].ravel() for place in places])
        symbols = np.zeros(len(tables), np.int64)
        symbols[tables > 0] = self.stream.group(tables[tables > 0], self.net.tables)
        at = 0
        for place in places:
            shape = self.q[place].shape
            count = int(np.prod(shape))
            self.q[place] = symbols[at : at + count].reshape(shape)
            at += count

    def pass_values(self, t: int) -> np.ndarray:
        net = self.net
        given = join(
            self.psi.astype(np.float32) / 32, self.grid.level.astype(np.float32) / 256, self.known.astype(np.float32)
        )
        a = net.real(f"mean_context.from_hyper.{t}", given)
        if t == 0:
            n = np.zeros_like(self.v) + net.vector("mean_context.first")
        else:
            n = net.real(f"mean_context.near.{t - 1}", self.v)
            a = a + net.real(f"mean_context.from_known.{t - 1}", join(self.v, n))
        a = relu(a)
        h = a + relu(net.real("mean_context.mix", net.real("mean_context.around", a)))
        mu = net.real("mean_context.leave", h) + n
        return mu + self.q.astype(np.float32) / self.unit


def read_latents(
    data: bytes, net: Network, header: Header, grid: Grid, size: int, unit: np.ndarray | float
) -> dict[str, np.ndarray]:
    must(net.hash.digest()[:8] == header.weights, "weights that the reader does not have")
    stream = Stream(data)
    z = read_hyper(stream, net, grid)
    psi = hyper_synthesis(net, z)
    latents = Latents(stream, net, grid, psi, size, unit)
    stream.end()
    tables, symbols = latents.by_phase(latents.tables), latents.by_phase(4 * [latents.q])
    return {"z": z, "psi": psi, "tables": tables, "symbols": symbols, "v": latents.v}

import numpy as np

from tests.second_reader.container import Header

Planes = np.ndarray  # (rows, columns, channels)


# SFC.md 5.2
def spread(x: Planes, s: int) -> Planes:
    rows, cols, channels = x.shape
    parts = x.reshape(rows, cols, s, s, channels // s**2).transpose(0, 2, 1, 3, 4)
    return parts.reshape(rows * s, cols * s, channels // s**2)


def join(*planes: Planes) -> Planes:
    return np.concatenate(planes, axis=2)


def relu(x: Planes) -> Planes:
    return np.maximum(x, 0)


def apply(weight: np.ndarray, bias: np.ndarray, x: Planes) -> Planes:
    if weight.ndim == 2:
        return x @ weight.T + bias
    size, h = weight.shape[2], weight.shape[2] // 2
    rows, cols, _ = x.shape
    padded = np.pad(x, ((h, h), (h, h), (0, 0)))
    y = np.zeros_like(x) + bias
    for i in range(size):
        for j in range(size):
            y += weight[:, 0, i, j] * padded[i : i + rows, j : j + cols]
    return y


# song2021/FORMAT.md and sigvic2023/FORMAT.md 2
def conv(x: Planes, weight: np.ndarray, bias: np.ndarray) -> Planes:
    s = weight.shape[-1]
    h = (s - 1) // 2
    rows, cols, _ = x.shape
    around = np.pad(x, ((h, h), (h, h), (0, 0)))
    y = np.zeros((rows, cols, len(weight)), x.dtype) + bias
    for i in range(s):
        for j in range(s):
            y += around[i : i + rows, j : j + cols] @ weight[:, :, i, j].T
    return y


def up(x: Planes, weight: np.ndarray, bias: np.ndarray) -> Planes:
    s = weight.shape[-1]
    h = (s - 1) // 2
    rows, cols, _ = x.shape
    y = np.zeros((2 * rows + s, 2 * cols + s, weight.shape[1]), x.dtype)  # y(r, k) at [r + h, k + h]
    for i in range(s):
        for j in range(s):
            y[i : i + 2 * rows : 2, j : j + 2 * cols : 2] += x @ weight[:, :, i, j]
    return y[h : h + 2 * rows, h : h + 2 * cols] + bias


# What each family's page ends with
def levels(x: Planes, header: Header) -> Planes:
    learned = np.clip(np.floor(255 * x[: header.height, : header.width] + 0.5), 0, 255).astype(np.int64)
    if header.grey:
        learned = np.repeat((learned.sum(axis=2, keepdims=True) + 1) // 3, 3, axis=2)
    return learned

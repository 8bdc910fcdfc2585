"""A model's weights as a file: safetensors with the family and sizes of its network, its tables and a checksum."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.installed import repair_advice
from qmap_studio.core.errors import WeightsError
from qmap_studio.core.files import atomic_write, make_folder
from qmap_studio.core.language import tr

TABLE_COUNTS = "tables.counts"
TABLE_SIZES = "tables.sizes"


@dataclass(frozen=True)
class Weights:
    """What a file holds.

    Attributes:
        config: the network's sizes.
        tensors: as they were stored.
        weights_hash: 8 bytes over every tensor that a decoder reads, the tables among them.
    """

    config: dict[str, Any]
    tensors: dict[str, Tensor]
    tables: Tables
    weights_hash: bytes


def write_weights(
    path: Path,
    family_id: str,
    config: dict[str, Any],
    tensors: dict[str, Tensor],
    tables: Tables,
    encoder: tuple[str, ...],
) -> bytes:
    """Writes a model's file and the folder that it is in, whole or not at all; returns its `weights_hash`.

    Args:
        family_id: which architecture they are of.
        encoder: what the names of tensors begin with that a decoder does not read.
    Raises:
        FileAccessError: it cannot be written.
    """
    stored = {name: value.contiguous() for name, value in tensors.items()}
    stored[TABLE_COUNTS] = torch.from_numpy(np.concatenate(tables.counts).astype(np.int32))
    stored[TABLE_SIZES] = torch.tensor([len(c) for c in tables.counts], dtype=torch.int32)
    metadata = {"family": family_id, "config": json.dumps(config), "sha256": _digest(stored).hex()}
    make_folder(path.parent)
    atomic_write(path, save(stored, metadata=metadata))
    return hash_of(stored, encoder)


def read_weights(path: Path, encoder: tuple[str, ...]) -> Weights:
    """Reads what `write_weights` wrote.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    with damage_as_weights_error(path):
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
            config = json.loads(metadata["config"])
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        if metadata["sha256"] != _digest(stored).hex():
            raise WeightsError(
                tr("The weights in {path} are damaged. {advice}").format(path=path, advice=repair_advice(path))
            )
        weights_hash = hash_of(stored, encoder)
        sizes = stored.pop(TABLE_SIZES).tolist()
        counts = stored.pop(TABLE_COUNTS).numpy().astype(np.int64)
        if sum(sizes) != counts.size or counts.min() < 1:
            raise WeightsError(
                tr("The entropy tables in {path} are damaged. {advice}").format(path=path, advice=repair_advice(path))
            )
        return Weights(config, stored, Tables(tuple(np.split(counts, np.cumsum(sizes)[:-1]))), weights_hash)


@dataclass(frozen=True)
class Header:
    """What a file says of its network.

    Attributes:
        family_id: None in files written before they stated it.
        config: the network's sizes.
    """

    family_id: str | None
    config: dict[str, Any]


def read_header(path: Path) -> Header:
    """What a file says of its network, without the tensors; what goes wrong is for `damage_as_weights_error`."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    return Header(metadata.get("family"), json.loads(metadata["config"]))


@contextmanager
def damage_as_weights_error(path: Path) -> Iterator[None]:
    """Makes a WeightsError of what goes wrong where a file holds something else than it should."""
    try:
        yield
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(
            tr("The weights in {path} are damaged or of another version. {advice}").format(
                path=path, advice=repair_advice(path)
            )
        ) from error


def hash_of(stored: dict[str, Tensor], encoder: tuple[str, ...]) -> bytes:
    """8 bytes over every tensor that a decoder reads."""
    return _digest({name: value for name, value in stored.items() if not name.startswith(encoder)})[:8]


def _digest(stored: dict[str, Tensor]) -> bytes:
    """SHA-256 over the name, type, shape and content of every tensor."""
    digest = hashlib.sha256()
    for name in sorted(stored):
        value = stored[name]
        digest.update(f"{name} {value.dtype} {tuple(value.shape)} ".encode())
        digest.update(value.numpy().tobytes())
    return digest.digest()

"""What models cost: parameters, and multiply-accumulates per pixel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

SIDE = 256
"""Of the picture that networks are counted for."""


@dataclass(frozen=True)
class Work:
    """A network and what it computes for one picture, without entropy coding.

    Attributes:
        encode: picture and map to latents and their distributions.
        decode: latents to their distributions and the picture.
    """

    network: nn.Module
    encode: Callable[[], Any]
    decode: Callable[[], Any]


@dataclass(frozen=True)
class Complexity:
    """Parameters in all, and thousands of multiply-accumulates for each pixel."""

    parameters: int
    encode_kmac: float
    decode_kmac: float


def complexity_of(work_of: Callable[[Any, int, int], Work], config: Any) -> Complexity:
    """Counts a network of these sizes; nothing is computed.

    Args:
        work_of: its family's `Family.work`.
    """
    with torch.device("meta"):
        return count(work_of(config, SIDE, SIDE), SIDE**2)


@torch.no_grad()
def count(work: Work, pixels: int) -> Complexity:
    """Counts work for a picture of so many pixels."""

    def kmac(compute: Callable[[], Any]) -> float:
        with FlopCounterMode(display=False) as counter:
            compute()
        return counter.get_total_flops() / 2 / pixels / 1000

    parameters = sum(p.numel() for p in work.network.parameters())
    return Complexity(parameters, kmac(work.encode), kmac(work.decode))

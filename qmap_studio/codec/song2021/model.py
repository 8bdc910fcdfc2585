"""A hyperprior's network ready for coding, and its weights as a file.

The file holds floats as they are given, h_s as the integers that FixedPointHyperSynthesis computes with, the medians of
z as multiples of 2^-10, and the tables.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from qmap_studio.codec.common.entropy_tables import Tables
from qmap_studio.codec.common.weights_file import damage_as_weights_error, read_weights, write_weights
from qmap_studio.codec.song2021.config import FAMILY_ID, Song2021Config
from qmap_studio.codec.song2021.fixed_point import ACTIVATION_STEP, WEIGHT_STEP, FixedPointHyperSynthesis
from qmap_studio.codec.song2021.network import Song2021Network
from qmap_studio.codec.song2021.prior import FactorisedPrior
from qmap_studio.codec.song2021.tables import FIRST_HYPER, make_tables

EXACT = "h_s."
PRIOR = "prior."
MEDIANS = "medians"
ENCODER = ("g_a.", "g_a_c.", "h_a.", "h_a_c.", PRIOR)
"""Tensors that a decoder does not read; they are not part of the hash."""


@dataclass(frozen=True)
class Song2021Model:
    """All that codes a picture.

    Attributes:
        prior: of z, for estimates; files are coded with the tables.
        h_s: exact, on the CPU.
        medians: float32 (N, 1, 1), of the channels of z, multiples of 2^-10.
    """

    network: Song2021Network
    prior: FactorisedPrior
    h_s: FixedPointHyperSynthesis
    medians: Tensor
    tables: Tables
    weights_hash: bytes

    @classmethod
    def of(cls, network: Song2021Network, prior: FactorisedPrior) -> "Song2021Model":
        """Makes tables for a network; it has no hash before it is saved."""
        network.eval().requires_grad_(False)
        medians = prior.medians().cpu()
        return cls(
            network, prior, FixedPointHyperSynthesis(network.h_s), medians, make_tables(prior.cpu(), medians), b""
        )


def save_model(path: Path, model: Song2021Model, dtype: torch.dtype = torch.float16) -> bytes:
    """Writes a model, its floats in this type; returns the weights' hash."""
    stored = {name: value.to(dtype) for name, value in model.network.state_dict().items()}
    for name, value in model.h_s.layers.state_dict().items():
        step = WEIGHT_STEP if name.endswith("weight") else ACTIVATION_STEP
        stored[EXACT + name] = (value / step).to(torch.int32)
    stored |= {PRIOR + name: value for name, value in model.prior.state_dict().items()}
    stored[MEDIANS] = (model.medians / ACTIVATION_STEP).to(torch.int32)
    return write_weights(path, FAMILY_ID, asdict(model.network.config), stored, model.tables, ENCODER)


def load_model(path: Path) -> Song2021Model:
    """Reads what `save_model` wrote.

    Raises:
        WeightsError: the file is missing, damaged or of another network.
    """
    weights = read_weights(path, ENCODER)
    with damage_as_weights_error(path):
        network = Song2021Network(Song2021Config(**weights.config))
        prior = FactorisedPrior(network.config.N)
        state, prior_state = {}, {}
        for name, value in weights.tensors.items():
            if name.startswith(EXACT):
                state[name] = value * (WEIGHT_STEP if name.endswith("weight") else ACTIVATION_STEP)
            elif name.startswith(PRIOR):
                prior_state[name.removeprefix(PRIOR)] = value
            elif name != MEDIANS:
                state[name] = value.float()
        network.load_state_dict(state)
        prior.load_state_dict(prior_state)
        medians = weights.tensors[MEDIANS] * ACTIVATION_STEP
        if medians.shape != (network.config.N, 1, 1) or len(weights.tables.counts) != FIRST_HYPER + network.config.N:
            raise ValueError("tables and network are of different sizes")
    network.eval().requires_grad_(False)
    prior.requires_grad_(False)
    h_s = FixedPointHyperSynthesis(network.h_s)
    return Song2021Model(network, prior, h_s, medians, weights.tables, weights.weights_hash)

"""Narrow networks of SigVIC, which tests share."""

import dataclasses
from pathlib import Path

import torch

from qmap_studio.codec.common.passes.tables import logistic_tables
from qmap_studio.codec.sigvic2023.codec import Sigvic2023Codec
from qmap_studio.codec.sigvic2023.config import Sigvic2023Config
from qmap_studio.codec.sigvic2023.model import save_model
from qmap_studio.codec.sigvic2023.network import Sigvic2023Network
from tests.fixtures import sample_photo

MODEL = "sigvic2023-reduced"
NARROW = Sigvic2023Config(N=8, shallow=4, fusion=8, hyper_latent=8, hyper=8, hyper_hidden=16, context=16)
SCHEMES = {
    "A": dataclasses.replace(NARROW, has_gating=False, shallow=0),
    "B": dataclasses.replace(NARROW, shallow=0),
    "C": NARROW,
}
STRENGTHS = {"attention.0.weight": 40.0, "attention.2.weight": 40.0, "restore.weight": 30.0}
"""Of what would else hardly show in a picture."""


def random_network(config: Sigvic2023Config = NARROW) -> Sigvic2023Network:
    """Random numbers, all of which matter for what a file becomes."""
    torch.manual_seed(3)
    network = Sigvic2023Network(config)
    photo = torch.from_numpy(sample_photo().pixels[None, :512, :512].copy()).float() / 255.0 - 0.5
    network.start_from(photo)
    if network.g_a.shallow is not None:
        network.g_a.shallow.chosen = network.g_a.shallow.largest(torch.rand(config.N))
    with torch.no_grad():
        for name, p in network.named_parameters():
            if name.startswith(("mean_context", "index_context", "h_s", "hyper_level")):
                p.add_(0.1 * torch.randn_like(p) * p.abs().mean().clamp_min(0.2))
            elif name.endswith("gamma"):
                p.add_(5.0 * torch.rand_like(p))
            elif name.startswith("g_s") and "norms" not in name:
                p.mul_(next((strength for part, strength in STRENGTHS.items() if part in name), 1.5))
    for layer in network.integer_layers().values():
        layer.settle()
    return network


def write_weights(folder: Path, config: Sigvic2023Config = NARROW) -> Path:
    path = folder / f"{MODEL}.safetensors"
    save_model(path, random_network(config), logistic_tables())
    return path


def codec_of(weights: Path) -> Sigvic2023Codec:
    return Sigvic2023Codec.load(MODEL, weights, "cpu")

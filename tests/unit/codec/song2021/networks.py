"""Networks of the paper's kind, which tests share."""

import json
from pathlib import Path

import numpy as np
import torch

from qmap_studio.codec.song2021.authors_names import authors_names
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.model import Song2021Model
from qmap_studio.codec.song2021.network import Song2021Network
from qmap_studio.codec.song2021.prior import FactorisedPrior

DATA = Path(__file__).parent / "data"
NARROW = Song2021Config(N=8, M=8, prior=4, hidden=6)


def golden() -> dict[str, torch.Tensor]:
    """Weights, input and numbers of a narrow network as the authors' code computes them."""
    with np.load(DATA / "song2021_golden.npz") as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}


def golden_network() -> Song2021Network:
    network = Song2021Network(Song2021Config(N=16, M=16, prior=8)).eval().requires_grad_(False)
    state = golden()
    network.load_state_dict({ours: state[f"state/{theirs}"] for ours, theirs in authors_names(network).items()})
    return network


def golden_model() -> Song2021Model:
    """The narrow network with a prior of random shape."""
    torch.manual_seed(7)
    prior = FactorisedPrior(16).requires_grad_(False)
    for factor, bias in zip(prior.factors, prior.biases, strict=False):
        factor.normal_(0.0, 0.5)
        bias.normal_(0.0, 2.0)
    return Song2021Model.of(golden_network(), prior)


def random_model(config: Song2021Config = NARROW) -> Song2021Model:
    """First weights, enlarged so that all of them matter."""
    torch.manual_seed(5)
    network = Song2021Network(config)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5).add_(0.02 * torch.randn(parameter.shape))
        if config.conditioning in ("input", "none"):
            network.g_a[-1][0].weight.mul_(40.0)  # or all symbols are 0
    return Song2021Model.of(network, FactorisedPrior(config.N).requires_grad_(False))


def authors_state() -> dict[str, torch.Tensor]:
    """A state of the keys and shapes of the authors' checkpoint, with first weights of our own."""
    shapes = json.loads((DATA / "song2021_state.json").read_text())["shapes"]
    torch.manual_seed(4)
    network, prior = Song2021Network(), FactorisedPrior(192)
    state = {name: torch.zeros(shape) for name, shape in shapes.items()}
    state |= {theirs: network.state_dict()[ours] for ours, theirs in authors_names(network).items()}
    return state | {f"entropy_bottleneck._{name}": value for name, value in prior.state_dict().items()}

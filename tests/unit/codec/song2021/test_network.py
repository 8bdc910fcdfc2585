"""The network of Song et al. 2021 against what the authors' code computes, holds and costs."""

import json

import pytest
import torch

from qmap_studio.codec.common.complexity import complexity_of
from qmap_studio.codec.song2021.authors_names import authors_names
from qmap_studio.codec.song2021.config import Song2021Config
from qmap_studio.codec.song2021.family import SONG2021
from qmap_studio.codec.song2021.fixed_point import FixedPointHyperSynthesis
from qmap_studio.codec.song2021.network import Song2021Network
from tests.unit.codec.song2021.networks import DATA, golden, golden_network


def config_of(model_id: str) -> Song2021Config:
    variant = SONG2021.variant(model_id)
    assert variant is not None
    return variant.config


@pytest.fixture(scope="module")
def network() -> Song2021Network:
    return golden_network()


def test_each_part_gives_the_numbers_of_the_authors(network):
    numbers = golden()
    x, m = numbers["x_uint8"].permute(2, 0, 1)[None] / 255.0, numbers["quality_map"][None, None]
    y, z, y_hat = numbers["y"][None], numbers["z"][None], numbers["y_hat"][None]
    scales, means = network.hyper_synthesise(torch.round(z))
    found = {
        "y": network.analyse(x, m),
        "z": network.hyper_analyse(y, m),
        "scales": scales,
        "means": means,
        "x_hat": network.synthesise(y_hat, torch.round(z)),
    }
    for name, value in found.items():
        torch.testing.assert_close(value[0], numbers[name], rtol=0.0, atol=1e-4, msg=lambda m, n=name: f"{n}: {m}")


def test_keys_and_shapes_are_those_of_the_authors():
    stated = json.loads((DATA / "song2021_state.json").read_text())
    with torch.device("meta"):
        network = Song2021Network()
    ours = {theirs: network.state_dict()[key] for key, theirs in authors_names(network).items()}
    others = ("entropy_bottleneck.", "gaussian_conditional.")
    expected = {
        name: shape
        for name, shape in stated["shapes"].items()
        if not name.startswith(others) and "_reparam." not in name
    }
    assert {name: list(value.shape) for name, value in ours.items()} == expected
    assert sum(p.numel() for p in network.parameters()) == stated["parameters"] == 27_563_267


@pytest.mark.parametrize(
    ("variant", "millions", "encode", "decode"),
    [
        ("song2021", 27.563, 804.2, 425.3),
        ("song2021-no-source", 26.672, 795.6, 423.6),
        ("song2021-no-scaling", 27.194, 791.9, 413.0),
        ("song2021-no-sft", 20.739, 636.5, 155.4),
        ("song2021-naive", 11.797, 100.4, 97.9),
        ("mean-scale", 11.258, 99.2, 96.8),
        ("mean-scale-wide", 28.193, 245.3, 239.2),
    ],
)
def test_parameters_and_multiply_accumulates(variant, millions, encode, decode):
    found = complexity_of(SONG2021.work, config_of(variant))
    assert found.parameters / 1e6 == pytest.approx(millions, abs=1e-3)
    assert (found.encode_kmac, found.decode_kmac) == (pytest.approx(encode, abs=0.1), pytest.approx(decode, abs=0.1))


@pytest.mark.parametrize("variant", [variant.model_id for variant in SONG2021.variants])
def test_every_variant_codes_and_learns(variant):
    wide = config_of(variant)
    config = Song2021Config(16, 16, 8, 16, wide.conditioning, wide.source_conditioning, wide.convolutional_scaling)
    torch.manual_seed(1)
    network = Song2021Network(config)
    x, m = torch.rand(1, 3, 128, 192), torch.rand(1, 1, 128, 192, requires_grad=True)
    y = network.analyse(x, m)
    z = network.hyper_analyse(y, m)
    scales, means = network.hyper_synthesise(z)
    x_hat = network.synthesise(y - means, z)
    assert (y.shape, z.shape, scales.shape, x_hat.shape) == ((1, 16, 8, 12), (1, 16, 2, 3), y.shape, x.shape)
    (x_hat.square().mean() + scales.square().mean()).backward()
    assert all(p.grad is not None for p in network.parameters())
    assert (m.grad is not None) == config.has_map


def test_fixed_point_is_near_the_real_numbers_and_does_not_depend_on_order(network):
    torch.manual_seed(3)
    z_hat = torch.randint(-12, 13, (1, 16, 6, 7)).double()
    exact = FixedPointHyperSynthesis(network.h_s)
    scales, means = exact(z_hat)
    real = network.hyper_synthesise(z_hat.float())
    assert (scales - real[0]).abs().max() < 0.01
    assert (means - real[1]).abs().max() < 0.01
    shuffled = FixedPointHyperSynthesis(network.h_s)
    order = torch.randperm(16)
    first = shuffled.layers[0]
    first.weight = torch.nn.Parameter(first.weight[order], requires_grad=False)
    again = shuffled(z_hat[:, order])
    assert torch.equal(again[0], scales)
    assert torch.equal(again[1], means)
    part = exact(z_hat[:, :, 1:, 2:])
    assert torch.equal(part[0][..., 8:, 8:], scales[..., 12:, 16:])

"""What the four passes learn from."""

import pytest
import torch

from qmap_studio.codec.common.passes.forward import code
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.network import LiveNetwork

SIZES = LiveConfig(luma=16, chroma=8, width8=16, width16=16, blocks8=1, blocks16=1, hyper_latent=8, hyper=8, context=16)


def coded(index: float):
    """Latents and what becomes of them where every one has about this table index."""
    torch.manual_seed(3)
    network = LiveNetwork(SIZES)
    with torch.no_grad():
        level = network.index_context.level
        level.weight.zero_()
        level.bias.fill_((index - 24.0) / 8.0)
    latents = torch.randn(1, 8, 8, SIZES.latent).requires_grad_()
    map_cells = torch.full((1, 8, 8, 1), 32768.0)
    known, bits, _ = code(network, latents, torch.zeros(1, 2, 2, 8), map_cells / 65535.0, map_cells)
    return network, latents, known, bits


@pytest.mark.parametrize("of", ["known", "bits"])
def test_what_is_not_coded_teaches_latents_nothing(of):
    network, latents, known, bits = coded(0.0)
    (known.square().sum() if of == "known" else bits.sum()).backward()

    assert latents.grad is None or not latents.grad.any()
    assert network.log_gain.grad is None or not network.log_gain.grad.any()


def test_a_mean_in_place_of_what_is_not_coded_learns_from_the_error():
    network, latents, known, _ = coded(0.0)
    (known - latents.detach()).square().sum().backward()

    assert not known.any()
    assert network.mean_context.first.grad.any()


def test_what_is_coded_teaches_latents():
    _, latents, known, bits = coded(30.0)
    (known.square().sum() + bits.sum()).backward()

    assert latents.grad.ne(0.0).float().mean() > 0.9

"""The example files beside the page of the family `live`, and what a reader finds in them.

    python -m tests.release.examples [--network]

They are of a small network of their own, so that new weights of the program never touch them. Run it when the format
changes; `--network` makes the network anew, too.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import qmap_studio.codec.live
from qmap_studio.codec.common.container import unpack
from qmap_studio.codec.common.passes.tables import logistic_tables
from qmap_studio.codec.live.codec import LiveCodec
from qmap_studio.codec.live.config import LiveConfig
from qmap_studio.codec.live.model import load_model, save_model
from qmap_studio.codec.live.network import LiveNetwork
from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.pictures import Picture
from tests.fixtures import sample_photo

FOLDER = Path(qmap_studio.codec.live.__path__[0]) / "examples"
NETWORK = FOLDER / "network.safetensors"
SMALL = LiveConfig(
    luma=12, chroma=2, width8=8, width16=12, blocks8=2, blocks16=2, condition=4, hyper_latent=6, hyper=5, context=8
)
NAMES = ("colour", "grey", "kept")


def make_network() -> None:
    """A network of random numbers, near enough to a transform coder that its pictures look like something."""
    torch.manual_seed(17)
    network = LiveNetwork(SMALL)
    photo = torch.from_numpy(sample_photo().pixels[:256, :448].copy())[None].float() / 255.0 - 0.5
    with torch.no_grad():
        network.start_from(photo)
        for name, parameter in network.named_parameters():
            if name.startswith(("g_s.transform", "g_a.transform", "index_context.level", "log_gain")):
                continue
            scale = 0.02 if name.startswith("mean_context") else 0.1
            parameter.add_(scale * torch.randn(parameter.shape) * parameter.abs().mean().clamp_min(0.3))
        network.index_context.level.bias[::5] -= 3.0  # now and then table 0, and now and then an escape
        network.index_context.level.bias[1::5] -= 1.0
        for layer in network.integer_layers().values():
            layer.settle()
    save_model(NETWORK, network, logistic_tables())


def pictures() -> dict[str, tuple[Picture, np.ndarray, np.ndarray | None]]:
    """Pictures, their maps and their error bounds."""
    photo = sample_photo().pixels
    rng = np.random.default_rng(5)
    colour = Picture(photo[120:197, 210:329].copy(), alpha=np.tile(np.arange(119, dtype=np.uint8), (77, 1)))
    rows, columns = np.mgrid[0:77, 0:119]
    slope = np.clip(0.2 + columns / 150 + 0.2 * (np.hypot(rows - 40, columns - 50) < 20), 0, 1)
    grey = Picture(np.repeat(photo[40:81, 60:77, 1:2], 3, axis=2), is_grey=True)
    hard = photo[60:150, 150:450].copy()
    hard[20:50, 20:60] = rng.integers(0, 2, (30, 40, 1)) * 255  # what a network cannot know
    hard[64:, :64] = (230, 40, 60)
    hard[16:80, 256:288] = np.tile(rng.integers(0, 2, (16, 8, 1), np.uint8) * (30, 90, 200), (4, 4, 1))  # graphics
    bounds = np.full(hard.shape[:2], UNBOUNDED, np.uint8)
    bounds[np.hypot(*(np.mgrid[0:90, 0:300] - np.array([45, 75])[:, None, None])) < 18] = 0
    bounds[:12, 80:] = 2
    return {
        "colour": (colour, slope.astype(np.float32), None),
        "grey": (grey, np.full(grey.pixels.shape[:2], 0.9, np.float32), None),
        "kept": (Picture(hard), np.full(hard.shape[:2], 0.55, np.float32), bounds),
    }


def found_in(codec: LiveCodec, data: bytes) -> dict[str, np.ndarray]:
    """What a reader finds on its way; named as README.md tells."""
    decoder, cells = codec.latents_of(data)
    latents = decoder.latents
    return {
        "steps": cells.steps.astype(np.int8),
        "z": latents.z_hat.numpy().astype(np.int8),
        "psi": latents.psi.numpy().astype(np.int16),
        "tables": latents.indices.numpy(),
        "symbols": latents.symbols.numpy(),
        "learned": decoder.pixels,
        "pixels": codec.decode(data).picture.pixels,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.release.examples", description=__doc__.splitlines()[0])
    parser.add_argument("--network", action="store_true", help="make the network anew, too")
    if parser.parse_args().network:
        make_network()
    codec = LiveCodec("small", load_model(NETWORK), torch.device("cpu"))
    for name, (picture, quality, bounds) in pictures().items():
        data = codec.encode(picture, quality, bounds=bounds).data
        (FOLDER / f"{name}.sfc").write_bytes(data)
        np.savez_compressed(FOLDER / f"{name}.npz", **found_in(codec, data))
        file = unpack(data)
        print(f"{name}: {len(data)} bytes, details {len(file.detail)}, kept {len(file.kept)}")


if __name__ == "__main__":
    main()

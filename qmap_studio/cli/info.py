"""Tells what an .sfc file holds, without decoding the picture."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.cli.paths import named
from qmap_studio.core.cells import MAX_LEVEL, cells_across
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.recipes.sfc_files import read_sfc

if TYPE_CHECKING:
    from qmap_studio.codec.common.container import SfcFile

HELP = "what an .sfc file holds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN.sfc")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> None:
    data = read_sfc(arguments.file)

    from qmap_studio.codec.common.container import unpack

    with named(arguments.file):
        facts = _facts(unpack(data), len(data))
    print(json.dumps(facts, indent=1) if arguments.json else _lines(arguments.file, facts))


def _facts(file: "SfcFile", size_bytes: int) -> dict[str, Any]:
    quality = _quality_cells(file)
    return {
        "width": file.width,
        "height": file.height,
        "channels": "grey" if file.is_grey else "rgb",
        "size_bytes": size_bytes,
        "bpp": bits_per_pixel(size_bytes, file.height, file.width),
        "model": file.model_id,
        "weights": file.weights_hash.hex(),
        "quality": {"lowest": float(quality.min()), "mean": float(quality.mean()), "highest": float(quality.max())},
        "map_bytes": len(file.map_stream),
        "picture_bytes": sum(map(len, file.streams)),
        "alpha_bytes": 0 if file.alpha is None else len(file.alpha),
        "profile_bytes": 0 if file.icc_profile is None else len(file.icc_profile),
        "metadata_bytes": 0 if file.exif is None else len(file.exif),
    }


def _quality_cells(file: "SfcFile") -> NDArray[np.float64]:
    """Quality of each latent cell, as the decoder reads it."""
    from qmap_studio.codec.common.map_coding import decode_steps

    steps = decode_steps(file.map_stream, cells_across(file.height), cells_across(file.width))
    return np.clip(file.base_quality / MAX_LEVEL + steps / 32, 0.0, 1.0)


def _lines(path: Path, facts: dict[str, Any]) -> str:
    quality = facts["quality"]
    same = quality["lowest"] == quality["highest"]
    carried = [f"{name} {facts[key]} bytes" for name, key in _CARRIED.items() if facts[key]]
    return "\n".join(
        (
            f"{path}",
            f"  picture   {facts['width']} x {facts['height']} pixels, {facts['channels']}",
            f"  size      {facts['size_bytes']} bytes, {facts['bpp']:.4f} bpp",
            f"  model     {facts['model']}, weights {facts['weights']}",
            f"  quality   {quality['mean']:.3f} everywhere"
            if same
            else f"  quality   {quality['lowest']:.3f} to {quality['highest']:.3f}, {quality['mean']:.3f} on average",
            f"  streams   picture {facts['picture_bytes']} bytes, map {facts['map_bytes']} bytes",
            f"  carries   {', '.join(carried) or 'nothing else'}",
        )
    )


_CARRIED = {"transparency": "alpha_bytes", "colour profile": "profile_bytes", "metadata": "metadata_bytes"}

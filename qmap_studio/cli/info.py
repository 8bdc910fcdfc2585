"""The command `info`."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.cli.paths import named
from qmap_studio.core.cells import MAX_LEVEL, cells_across
from qmap_studio.core.language import N_, tr
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.recipes.sfc_files import read_sfc

if TYPE_CHECKING:
    from qmap_studio.codec.common.container import SfcFile

HELP = N_("what an .sfc file holds")
DESCRIPTION = N_("Tells what an .sfc file holds, without decoding the picture.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="IN.sfc")
    parser.add_argument("--json", action="store_true", help=tr("for programs"))


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
        "metadata_bytes": 0 if file.metadata.exif is None else len(file.metadata.exif),
    }


def _quality_cells(file: "SfcFile") -> NDArray[np.float64]:
    """Quality of each latent cell, as the decoder reads it."""
    from qmap_studio.codec.common.map_coding import decode_steps

    steps = decode_steps(file.map_stream, cells_across(file.height), cells_across(file.width))
    return np.clip(file.base_quality / MAX_LEVEL + steps / 32, 0.0, 1.0)


def _lines(path: Path, facts: dict[str, Any]) -> str:
    quality = facts["quality"]
    if facts["channels"] == "grey":
        picture = tr("{width} x {height} pixels, grey")
    else:
        picture = tr("{width} x {height} pixels, rgb")
    if quality["lowest"] == quality["highest"]:
        qualities = tr("{mean:.3f} everywhere")
    else:
        qualities = tr("{lowest:.3f} to {highest:.3f}, {mean:.3f} on average")
    carried = [tr(text).format(size_bytes=facts[key]) for key, text in _CARRIED.items() if facts[key]]
    rows = (
        (tr("picture"), picture.format(**facts)),
        (tr("size"), tr("{size_bytes} bytes, {bpp:.4f} bpp").format(**facts)),
        (tr("model"), tr("{model}, weights {weights}").format(**facts)),
        (tr("quality"), qualities.format(**quality)),
        (tr("streams"), tr("picture {picture_bytes} bytes, map {map_bytes} bytes").format(**facts)),
        (tr("carries"), ", ".join(carried) or tr("nothing else")),
    )
    return "\n".join((str(path), *(f"  {name:<9} {text}" for name, text in rows)))


_CARRIED = {
    "alpha_bytes": N_("transparency {size_bytes} bytes"),
    "profile_bytes": N_("colour profile {size_bytes} bytes"),
    "metadata_bytes": N_("metadata {size_bytes} bytes"),
}

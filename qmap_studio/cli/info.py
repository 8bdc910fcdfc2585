"""The command `info`."""

import argparse
import json
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmap_studio.cli.messages import one_line
from qmap_studio.cli.paths import named
from qmap_studio.core.bounds import WITHOUT_LOSS
from qmap_studio.core.cells import cells_across
from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.core.pictures import Metadata
from qmap_studio.core.pictures.exif import DATE, DATE_TAKEN, Exif
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.core.sizes import size_text
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
        "detail_bytes": len(file.detail),
        "detail_cells": _detail_cells(file),
        "kept_bytes": len(file.kept),
        "kept": _kept_facts(file),
        "alpha_bytes": 0 if file.alpha is None else len(file.alpha),
        "profile_bytes": 0 if file.icc_profile is None else len(file.icc_profile),
        "metadata_bytes": 0 if file.metadata.exif is None else len(file.metadata.exif),
        "layers_bytes": len(file.layers),
        "profile": None if file.icc_profile is None else _profile_name(file.icc_profile),
        "metadata": _metadata_facts(file.metadata),
    }


def _detail_cells(file: "SfcFile") -> int:
    """How many cells have details."""
    from qmap_studio.codec.common.detail import DetailFile

    details = DetailFile.unpack(file.detail, cells_across(file.height), cells_across(file.width))
    return int(np.count_nonzero(details.kinds))


def _kept_facts(file: "SfcFile") -> dict[str, Any]:
    """Shares of the pixels that are kept apart: by the largest error asked for, and as graphics or flat areas."""
    from qmap_studio.codec.common.kept import KeptFile
    from qmap_studio.codec.common.kept.codes import CHOSEN, NOT_KEPT

    counts = np.zeros(256, np.int64)
    for content, _ in KeptFile.unpack(file.kept, file.height, file.width).tiles.values():
        counts += np.bincount(content.codes.ravel(), minlength=256)
    shares = counts / (file.width * file.height)
    asked = {
        255 - code: float(shares[code]) for code in np.flatnonzero(counts).tolist() if code not in (CHOSEN, NOT_KEPT)
    }
    bounds = [{"largest_error": bound, "share": asked[bound]} for bound in sorted(asked)]
    return {"bounds": bounds, "graphics_share": float(shares[CHOSEN])}


def _profile_name(profile: bytes) -> str | None:
    """What a colour profile calls itself; None if it cannot be read."""
    from PIL import ImageCms

    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(profile))).strip() or None
    except (ImageCms.PyCMSError, OSError):
        return None


def _metadata_facts(metadata: Metadata) -> dict[str, Any]:
    exif = Exif.read(metadata.exif or b"")
    return {
        "camera": None if exif is None else exif.camera or None,
        "date": None if exif is None else exif.text(DATE_TAKEN) or exif.text(DATE) or None,
        "has_gps": metadata.has_gps,
        "exif_bytes": 0 if metadata.exif is None else len(metadata.exif),
        "xmp_bytes": 0 if metadata.xmp is None else len(metadata.xmp),
        "dpi": metadata.dpi,
        "comment": metadata.comment,
        "source": metadata.file_name,
        "turned_by_orientation": metadata.orientation,
    }


def _quality_cells(file: "SfcFile") -> NDArray[np.float32]:
    """Quality of each latent cell, as the decoder reads it."""
    from qmap_studio.codec.common.map_cells import MapCells
    from qmap_studio.codec.common.map_coding import decode_steps

    steps = decode_steps(file.map_stream, cells_across(file.height), cells_across(file.width))
    return MapCells(file.base_quality, steps).quality


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
    rows = (
        (tr("picture"), picture.format(**facts)),
        (tr("size"), tr("{size}, {bpp:.4f} bpp").format(size=size_text(facts["size_bytes"]), bpp=facts["bpp"])),
        (tr("model"), tr("{model}, weights {weights}").format(**facts)),
        (tr("quality"), qualities.format(**quality)),
        *((tr("kept"), text) for text in _kept_lines(facts["kept"])),
        (tr("streams"), ", ".join(_streams(facts))),
        *((tr("carries"), text) for text in _carried(facts) or [tr("nothing else")]),
    )
    return "\n".join((str(path), *(f"  {name:<9} {text}" for name, text in rows)))


def _streams(facts: dict[str, Any]) -> list[str]:
    picture, quality_map = size_text(facts["picture_bytes"]), size_text(facts["map_bytes"])
    parts = [tr("picture {picture}, map {map}").format(picture=picture, map=quality_map)]
    if facts["detail_bytes"]:
        text = ngettext(
            "details of {cells} cell {size}",
            "details of {cells} cells {size}",
            facts["detail_cells"],
        )
        parts.append(text.format(cells=facts["detail_cells"], size=size_text(facts["detail_bytes"])))
    if facts["kept_bytes"]:
        parts.append(tr("kept pixels {size}").format(size=size_text(facts["kept_bytes"])))
    return parts


def _kept_lines(kept: dict[str, Any]) -> list[str]:
    """What is kept apart from the networks, a line for each kind."""
    lines = []
    for each in kept["bounds"]:
        if each["largest_error"] == WITHOUT_LOSS:
            text = tr("{share:.1%} of the pixels without loss")
        else:
            text = ngettext(
                "{share:.1%} of the pixels at most {largest_error} level off",
                "{share:.1%} of the pixels at most {largest_error} levels off",
                each["largest_error"],
            )
        lines.append(text.format(**each))
    if kept["graphics_share"]:
        lines.append(tr("{graphics_share:.1%} of the pixels as graphics or flat areas").format(**kept))
    return lines


def _carried(facts: dict[str, Any]) -> list[str]:
    """What a file carries besides the picture, a line for each."""
    metadata = facts["metadata"]
    lines = []
    if facts["alpha_bytes"]:
        lines.append(tr("transparency {size}").format(size=size_text(facts["alpha_bytes"])))
    if facts["profile_bytes"]:
        name = one_line(facts["profile"] or "") or tr("without a name")
        size = size_text(facts["profile_bytes"])
        lines.append(tr("colour profile {size}: {name}").format(name=name, size=size))
    if facts["layers_bytes"]:
        lines.append(tr("layers of the map {size}").format(size=size_text(facts["layers_bytes"])))
    if metadata["exif_bytes"]:
        lines.append(_exif_text(metadata))
    if metadata["xmp_bytes"]:
        lines.append(tr("XMP {size}").format(size=size_text(metadata["xmp_bytes"])))
    if metadata["has_gps"]:
        lines.append(tr("a position (GPS)"))
    if metadata["dpi"]:
        lines.append(tr("resolution {0:g} x {1:g} dpi").format(*metadata["dpi"]))
    if metadata["comment"]:
        lines.append(tr("comment: {text}").format(text=one_line(metadata["comment"])))
    if metadata["source"]:
        lines.append(tr("name of its source: {name}").format(name=one_line(metadata["source"])))
    if metadata["turned_by_orientation"] != 1:
        lines.append(tr("orientation {turned_by_orientation} of its source, which was applied").format(**metadata))
    return lines


def _exif_text(metadata: dict[str, Any]) -> str:
    told = [one_line(metadata[key]) for key in ("camera", "date") if metadata[key]]
    size = size_text(metadata["exif_bytes"])
    return ": ".join((tr("EXIF {size}").format(size=size), *([", ".join(told)] if told else [])))

"""Writes the figures of `resources/models/live.json` into the README: `python -m tests.benchmarks.readme`.

The figures come from `qmap-studio evaluate FOLDER_OF_KODAK -o resources/models/live.json`.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from qmap_studio.evaluation.bjontegaard import INTERVAL_BPP, INTERVAL_DB, bd_psnr, bd_rate
from qmap_studio.evaluation.rd import RdCurve, RdPoint, read_anchors

ROOT = Path(__file__).parents[2]
NAMES = {
    "jpeg": "JPEG",
    "jpeg2000": "JPEG 2000",
    "webp": "WebP",
    "bpg444": "BPG 4:4:4",
    "av1": "AV1",
    "mbt2018-mean": "mbt2018-mean",
    "song2021": "Song et al. 2021",
    "vtm": "VTM",
}


def figures(result: dict) -> str:
    points = result["learned"]["points"]
    curve = RdCurve(result["model"], tuple(RdPoint(point["bpp"], point["psnr_db"]) for point in points))
    anchors = {anchor.name: anchor for anchor in read_anchors()}
    columns = [
        (title, f"{bd_rate(curve, anchors[name]):+.1f} %", f"{bd_psnr(curve, anchors[name]):+.2f} dB")
        for name, title in NAMES.items()
    ]
    titles, rates, gains = zip(*columns, strict=True)
    (low_db, high_db), (low_bpp, high_bpp) = INTERVAL_DB, INTERVAL_BPP
    lines = [
        "On the 24 Kodak photos, whole files, against",
        "",
        _row("", titles),
        _row("---", ["---"] * len(titles)),
        _row("bytes for the same PSNR", rates),
        _row("PSNR for the same bytes", gains),
        "",
        f"(BD-rate over {low_db} to {high_db} dB, negative: fewer bytes; BD-PSNR over {low_bpp} to {high_bpp} bpp, "
        "positive: more dB. Measured by `qmap-studio evaluate`, the others as published: "
        "[sources](resources/anchors/kodak_rd.json).)",
    ]
    return "\n".join(lines)


def _row(title: str, cells: Iterable[str]) -> str:
    return "| " + " | ".join([title, *cells]) + " |"


def write_block(name: str, block: str) -> None:
    """Replaces what stands in the README between the comments of this name."""
    readme = ROOT / "README.md"
    pattern = rf"(<!-- {name}:.*?-->\n).*(<!-- end of {name} -->)"
    readme.write_text(re.sub(pattern, lambda m: f"{m[1]}{block}\n{m[2]}", readme.read_text(), flags=re.DOTALL))


def main() -> None:
    block = figures(json.loads((ROOT / "resources/models/live.json").read_text()))
    write_block("figures", block)
    print(block)


if __name__ == "__main__":
    main()

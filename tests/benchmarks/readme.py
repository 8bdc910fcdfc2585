"""Writes the figures of `resources/models/live.json` into the README: `python -m tests.benchmarks.readme`.

The figures come from `qmap-studio evaluate FOLDER_OF_KODAK -o resources/models/live.json`.
"""

import json
import re
from pathlib import Path

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
    rates = result["bd_rate_percent"]["published"]
    low, high = result["interval_db"]
    rows = [(title, rates[name]) for name, title in NAMES.items() if rates.get(name) is not None]
    lines = [
        f"On the 24 Kodak photos, whole files, {low} to {high} dB: bytes for the same PSNR against",
        "",
        "| " + " | ".join(title for title, _ in rows) + " |",
        "| " + " | ".join("---" for _ in rows) + " |",
        "| " + " | ".join(f"{rate:+.1f} %" for _, rate in rows) + " |",
        "",
        "(BD-rate; negative: fewer bytes. Measured by `qmap-studio evaluate`, the others as published: "
        "[sources](resources/anchors/kodak_rd.json).)",
    ]
    return "\n".join(lines)


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

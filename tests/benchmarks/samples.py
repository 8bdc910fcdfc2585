"""Public sample pictures through the program: opened, encoded, decoded, saved, and compared with a second reader.

    python -m tests.benchmarks.samples FOLDER... --report REPORT.md

Each file is tried in a process of its own kind, with limits of time and memory. The second reader is ImageMagick (the
command `--reader`); pixels are compared upright, in 8 bits, of the first page, where they are not transparent.
"""

import argparse
import json
import multiprocessing
import resource
import subprocess
import tempfile
import traceback
from collections import Counter
from dataclasses import replace
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.pictures import Metadata, Picture, load_picture, write_picture

SUFFIXES = (".png", ".tif", ".webp", ".jpg")
LIMIT_S = 60
LIMIT_BYTES = 8 << 30
CODED_SIDE = 512  # of larger pictures that much is coded
FAR = 2.0  # levels of mean difference to the second reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--reader", default="convert")
    arguments = parser.parse_args()
    found = [(folder, path) for folder in arguments.folders for path in sorted(folder.rglob("*")) if path.is_file()]
    rows, worker = [], Worker(arguments.reader)
    for number, (folder, path) in enumerate(found, 1):
        rows.append({"project": folder.name, "file": path.name, **worker.try_file(path)})
        print(f"{number}/{len(found)} {path.name}: {rows[-1].get('fault') or rows[-1]['outcome']}", flush=True)
    arguments.report.write_text(report(rows), encoding="utf-8")
    arguments.report.with_suffix(".json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


class Worker:
    """A process that tries one file after the other; begun anew when it hangs or dies."""

    def __init__(self, reader: str) -> None:
        self._reader = reader
        self._begin()

    def _begin(self) -> None:
        self._pipe, end = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=work, args=(end, self._reader), daemon=True)
        self._process.start()
        end.close()

    def try_file(self, path: Path) -> dict[str, Any]:
        self._pipe.send(path)
        try:
            if self._pipe.poll(LIMIT_S):
                return self._pipe.recv()
            fault = f"not done after {LIMIT_S} s"
        except EOFError:
            fault = "the process died"
        self._process.kill()
        self._begin()
        return {"outcome": "fault", "fault": fault}


def work(pipe: Connection, reader: str) -> None:
    from qmap_studio.codec import load_codec

    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_BYTES, LIMIT_BYTES))
    codec = load_codec("live", "cpu")
    while True:
        path = pipe.recv()
        row: dict[str, Any] = {"outcome": "opened"}
        try:
            try_file(path, codec, reader, row)
        except QMapStudioError as error:
            row.update(outcome="refused", sentence=str(error))
        except Exception:
            row.update(outcome="fault", fault=traceback.format_exc(limit=-3))
        pipe.send(row)


def try_file(path: Path, codec: Any, reader: str, row: dict[str, Any]) -> None:
    read = load_picture(path)
    picture = read.picture
    row.update(notices=list(read.notices), pages=read.page_count, size=f"{picture.width} x {picture.height}")
    row["difference"] = difference(path, picture, reader)
    part = cropped(picture)
    encoding = codec.encode(part, np.full(part.pixels.shape[:2], 0.5, np.float32))
    decoded = codec.decode(encoding.data).picture
    assert np.array_equal(decoded.pixels, encoding.reconstruction)
    assert decoded.metadata == part.metadata, "the file loses metadata"
    row["saved"] = {suffix: saved_as(suffix, decoded, row) for suffix in SUFFIXES}


def cropped(picture: Picture) -> Picture:
    corner = np.s_[:CODED_SIDE, :CODED_SIDE]
    alpha = None if picture.alpha is None else np.ascontiguousarray(picture.alpha[corner])
    return replace(picture, pixels=np.ascontiguousarray(picture.pixels[corner]), alpha=alpha)


def difference(path: Path, picture: Picture, reader: str) -> float | str:
    """Mean absolute difference to the second reader in levels, or why there is none."""
    command = [reader, f"{path}[0]", "-auto-orient", "-depth", "8", "-colorspace", "sRGB", "PNG32:-"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S / 2, check=False)
    except subprocess.TimeoutExpired:
        return "the second reader takes too long"
    if not done.stdout:
        return "the second reader: " + done.stderr.decode(errors="replace").strip().splitlines()[0][:120]
    theirs = np.asarray(Image.open(BytesIO(done.stdout)).convert("RGBA"))
    if theirs.shape[:2] != picture.pixels.shape[:2]:
        return f"the second reader has {theirs.shape[1]} x {theirs.shape[0]} pixels"
    seen = theirs[..., 3] > 0 if picture.alpha is None else (theirs[..., 3] > 0) & (picture.alpha > 0)
    apart = np.abs(theirs[..., :3].astype(np.int16) - picture.pixels)[seen]
    return float(apart.mean()) if apart.size else 0.0


def saved_as(suffix: str, picture: Picture, row: dict[str, Any]) -> str:
    """What came of saving: what was lost without a word is a fault."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"saved{suffix}"
        try:
            notices = write_picture(path, picture)
        except QMapStudioError as error:
            return str(error)
        again = load_picture(path).picture
    lost = [name for name in ("exif", "xmp", "dpi", "comment") if is_lost(name, picture.metadata, again.metadata)]
    lost += ["icc_profile"] if picture.icc_profile and not again.icc_profile else []
    has_alpha = picture.alpha is not None and bool((picture.alpha < 255).any())
    lost += ["alpha"] if has_alpha and again.alpha is None else []
    lost += ["pixels"] if suffix != ".jpg" and not np.array_equal(again.pixels, picture.pixels) else []
    if lost and not notices:
        row["fault"] = f"{row.get('fault', '')} {suffix} loses {', '.join(lost)} without a word".strip()
    return " ".join(notices or ()) or "whole"


def is_lost(name: str, before: Metadata, after: Metadata) -> bool:
    return getattr(before, name) is not None and getattr(after, name) is None


def report(rows: list[dict[str, Any]]) -> str:
    lines = [
        "| project | files | opened | refused | faults | mean difference above 2 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for project in dict.fromkeys(row["project"] for row in rows):
        mine = [row for row in rows if row["project"] == project]
        outcomes = Counter(row["outcome"] for row in mine)
        faults = sum("fault" in row for row in mine)
        lines.append(
            f"| {project} | {len(mine)} | {outcomes['opened']} | {outcomes['refused']} | {faults} | {len(far(mine))} |"
        )
    lines += ["", "Faults:", *(f"- {row['project']}/{row['file']}: {row['fault']}" for row in rows if "fault" in row)]
    lines += ["", "Far from the second reader:"]
    lines += [
        f"- {row['project']}/{row['file']}: {row['difference']:.1f} {' '.join(row['notices'])}" for row in far(rows)
    ]
    lines += ["", "Refused:"]
    lines += [f"- {row['project']}/{row['file']}: {row['sentence']}" for row in rows if row["outcome"] == "refused"]
    return "\n".join(lines) + "\n"


def far(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row.get("difference"), float) and row["difference"] > FAR]


if __name__ == "__main__":
    main()

"""Public sample pictures through the program: opened, encoded, decoded, saved, opened again, beside a second reader.

    python -m tests.benchmarks.samples FOLDER... [--report REPORT.md] [--reader convert] [--exiftool exiftool]

Each file is tried in a worker process with limits of time and memory. The second reader is ImageMagick; pixels are
compared upright, in 8 bits, of the first page, colour profiles not applied, where neither is transparent. Of pictures
above 256 x 256 pixels that corner is coded. ExifTool tells what a saved file holds less than the file it came from;
what no notice mentions is a fault. Beside the report the same is written as JSON, tracebacks included.
"""

import argparse
import json
import multiprocessing
import os
import re
import resource
import subprocess
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import replace
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qmap_studio.core.errors import QMapStudioError
from qmap_studio.core.pictures import Picture, load_picture, write_picture
from tests.benchmarks.samples_metadata import facts_of, losses

SUFFIXES = (".png", ".tif", ".webp", ".jpg")
LIMIT_S = 90
LIMIT_BYTES = 6 << 30
START_S = 300
CODED_SIDE = 256
FAR_LEVELS = 2.0  # mean difference to the second reader

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--report", type=Path, default=Path("samples.md"))
    parser.add_argument("--reader", default="convert", help="the command of ImageMagick (default: convert)")
    parser.add_argument("--exiftool", default="exiftool", help="the command of ExifTool (default: exiftool)")
    arguments = parser.parse_args()
    found = [(folder, path) for folder in arguments.folders for path in sorted(folder.rglob("*")) if path.is_file()]
    rows, worker = [], Worker(arguments.reader, arguments.exiftool)
    for number, (folder, path) in enumerate(found, 1):
        row = {"project": folder.name, "file": str(path.relative_to(folder)), **worker.try_file(path)}
        rows.append(row)
        print(
            f"{number}/{len(found)} {row['file']}: {row['outcome']}", *(kind for kind, _ in row["faults"]), flush=True
        )
    worker.stop()
    arguments.report.write_text(report(rows), encoding="utf-8")
    arguments.report.with_suffix(".json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


class Worker:
    """A process that tries one file after the other; begun anew when it hangs or dies."""

    def __init__(self, *commands: str) -> None:
        self._commands = commands
        self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, end = context.Pipe()
        self._process = context.Process(target=work, args=(end, *self._commands), daemon=True)
        self._process.start()
        end.close()
        if not self._pipe.poll(START_S):
            raise TimeoutError("the worker did not start")
        self._pipe.recv()

    def try_file(self, path: Path) -> Row:
        began = time.monotonic()
        self._pipe.send(path)
        try:
            if self._pipe.poll(LIMIT_S):
                return {**self._pipe.recv(), "seconds": round(time.monotonic() - began, 2)}
            fault = f"not done after {LIMIT_S} s"
        except (EOFError, ConnectionError):
            fault = "the process died"
        self.stop()
        self._begin()
        return {"outcome": "died", "faults": [(fault, "")]}

    def stop(self) -> None:
        self._process.kill()
        self._process.join()


def work(pipe: Connection, reader: str, exiftool: str) -> None:
    """The worker: answers each path with its row."""
    from qmap_studio.codec import load_codec

    os.nice(5)
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_BYTES, LIMIT_BYTES))
    codec = load_codec("live", "cpu")
    pipe.send("ready")
    while True:
        path = pipe.recv()
        row: Row = {"outcome": "opened", "notices": [], "faults": []}
        try:
            with tempfile.TemporaryDirectory() as folder:
                try_file(path, Path(folder), codec, reader, exiftool, row)
        except QMapStudioError as error:
            if row["outcome"] == "opened" and "size" in row:
                row["faults"].append((f"not coded: {type(error).__name__}", str(error)))
            else:
                row.update(
                    outcome="refused",
                    sentence=str(error),
                    is_read_elsewhere=not isinstance(pixels_of_reader(path, reader), str),
                )
        except Exception as error:
            row["faults"].append((traceback_kind(error), traceback.format_exc()))
        pipe.send(row)


def try_file(path: Path, folder: Path, codec: Any, reader: str, exiftool: str, row: Row) -> None:
    read = load_picture(path)
    picture = read.picture
    row.update(notices=list(read.notices), pages=read.page_count, size=f"{picture.width} x {picture.height}")
    compare_with_reader(path, picture, reader, row)

    part = corner_of(picture)
    encoding = codec.encode(part, np.full(part.pixels.shape[:2], 0.5, np.float32))
    decoded = codec.decode(encoding.data).picture
    if not np.array_equal(decoded.pixels, encoding.reconstruction):
        row["faults"].append(("decodes to other pixels than the encoder's", ""))
    for name, kept in kept_by_sfc(decoded).items():
        if kept != kept_by_sfc(part)[name]:
            row["faults"].append((f".sfc does not keep {name}", ""))

    saved = {suffix: save(folder / f"saved{suffix}", decoded, row) for suffix in SUFFIXES}
    written = [suffix for suffix in SUFFIXES if saved[suffix] is not None]
    before, *after = facts_of(exiftool, path, *(folder / f"saved{suffix}" for suffix in written))
    lost = defaultdict(list)
    for suffix, facts in zip(written, after, strict=True):
        notices = [*read.notices, *(saved[suffix] or ())]
        for kind, words, what in losses(before, facts):
            if not any(re.search(words, notice, re.IGNORECASE) for notice in notices):
                lost[kind, what].append(suffix)
    for (kind, what), suffixes in lost.items():
        row["faults"].append((f"loses {kind} without a word", f"{what} in {' '.join(suffixes)}".strip()))


def kept_by_sfc(picture: Picture) -> dict[str, Any]:
    """What a file of the codec must hold unchanged, by name."""
    return {"icc_profile": picture.icc_profile, "is_grey": picture.is_grey, **vars(picture.metadata)}


def corner_of(picture: Picture) -> Picture:
    """As much of a large picture as is coded."""
    corner = np.s_[:CODED_SIDE, :CODED_SIDE]
    alpha = None if picture.alpha is None else np.ascontiguousarray(picture.alpha[corner])
    return replace(picture, pixels=np.ascontiguousarray(picture.pixels[corner]), alpha=alpha)


def pixels_of_reader(path: Path, reader: str) -> NDArray[np.uint8] | str:
    """What the second reader reads, uint8 (H, W, 4), or why it does not."""
    command = [reader, f"{path}[0]", "-auto-orient", "-depth", "8", "-colorspace", "sRGB", "-quality", "10", "PNG32:-"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S / 3, check=False)
    except subprocess.TimeoutExpired:
        return "takes too long"
    if not done.stdout:
        return " ".join(done.stderr.decode(errors="replace").split())[:160] or "no answer"
    return np.asarray(Image.open(BytesIO(done.stdout)).convert("RGBA"))


def compare_with_reader(path: Path, picture: Picture, reader: str, row: Row) -> None:
    """Notes the mean differences of colours and of alpha to the second reader, in levels, or why there are none."""
    theirs = pixels_of_reader(path, reader)
    if isinstance(theirs, str):
        row["not_compared"] = theirs
        return
    if theirs.shape[:2] != picture.pixels.shape[:2]:
        row["not_compared"] = f"the second reader has {theirs.shape[1]} x {theirs.shape[0]} pixels"
        row["faults"].append(("another size than the second reader's", f"{row['size']}, {row['not_compared']}"))
        return
    alpha = np.full(picture.pixels.shape[:2], 255, np.uint8) if picture.alpha is None else picture.alpha
    apart = np.abs(theirs.astype(np.int16) - np.dstack([picture.pixels, alpha]))
    seen = (theirs[..., 3] > 0) & (alpha > 0)
    row["difference"] = float(apart[seen][:, :3].mean()) if seen.any() else 0.0
    row["alpha_difference"] = float(apart[..., 3].mean())


def save(path: Path, picture: Picture, row: Row) -> tuple[str, ...] | None:
    """Saves and opens again; the notices of saving, or None where it was not saved."""
    try:
        notices = write_picture(path, picture) or ()
        again = load_picture(path).picture
    except QMapStudioError as error:
        row.setdefault("not_saved", {})[path.suffix] = str(error)
        if "transparen" not in str(error):
            row["faults"].append((f"not saved as {path.suffix}", str(error)))
        return None
    except Exception as error:
        row["faults"].append((f"{path.suffix}: {traceback_kind(error)}", traceback.format_exc()))
        return None
    if path.suffix != ".jpg" and not np.array_equal(again.pixels, picture.pixels):
        row["faults"].append((f"{path.suffix} opens with other pixels than were saved", ""))
    opaque = np.full(picture.pixels.shape[:2], 255, np.uint8)
    alphas = [opaque if alpha is None else alpha for alpha in (picture.alpha, again.alpha)]
    if not np.array_equal(*alphas) and not any("transparen" in notice for notice in notices):
        row["faults"].append((f"{path.suffix} opens with another alpha than was saved", ""))
    row.setdefault("saving_notices", {})[path.suffix] = list(notices)
    return tuple(notices)


def traceback_kind(error: Exception) -> str:
    """One line for all tracebacks that are alike."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"traceback: {type(error).__name__}: {str(error)[:80]} ({Path(where.filename).name}, {where.name})"


def report(rows: list[Row]) -> str:
    lines = [
        "| project | files | opened | with notices | refused | of these read elsewhere | died | files with faults "
        "| compared | mean difference above 2 |",
        "| --- |" + " --- |" * 9,
    ]
    for project in dict.fromkeys(row["project"] for row in rows):
        lines.append(counts(project, [row for row in rows if row["project"] == project]))
    lines.append(counts("all", rows))
    lines += ["", "## Faults by kind", ""]
    by_kind = defaultdict(list)
    for row in rows:
        for kind, detail in row["faults"]:
            by_kind[kind].append(f"{row['project']}/{row['file']}" + ("" if "\n" in detail else f" {detail}").rstrip())
    for kind, files in sorted(by_kind.items(), key=lambda item: -len(item[1])):
        lines += [f"- {kind} ({len(files)} files)", *(f"  - {file}" for file in files)]
    lines += ["", "## Far from the second reader: colours, alpha, notices", ""]
    for row in sorted(filter(is_far, rows), key=lambda row: -row["difference"]):
        levels = f"{row['difference']:.1f}, {row['alpha_difference']:.1f}"
        lines.append(f"- {row['project']}/{row['file']}: {levels}. {' '.join(row['notices'])}".rstrip())
    lines += ["", "## Refused", ""]
    for row in rows:
        if row["outcome"] == "refused":
            elsewhere = " (read elsewhere)" if row["is_read_elsewhere"] else ""
            lines.append(f"- {row['project']}/{row['file']}{elsewhere}: {row['sentence']}")
    return "\n".join(lines) + "\n"


def counts(name: str, rows: list[Row]) -> str:
    """A line of the table."""
    outcomes = Counter(row["outcome"] for row in rows)
    cells = [
        len(rows),
        outcomes["opened"],
        sum(bool(row.get("notices")) for row in rows),
        outcomes["refused"],
        sum(bool(row.get("is_read_elsewhere")) for row in rows),
        outcomes["died"],
        sum(bool(row["faults"]) for row in rows),
        sum("difference" in row for row in rows),
        sum(map(is_far, rows)),
    ]
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def is_far(row: Row) -> bool:
    return "difference" in row and max(row["difference"], row["alpha_difference"]) > FAR_LEVELS


if __name__ == "__main__":
    main()

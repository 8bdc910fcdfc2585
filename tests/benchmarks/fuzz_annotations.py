"""Mutated annotation files: none may crash a reader, hang it, or make it take much memory.

    python -m tests.benchmarks.fuzz_annotations [--count 20000] [--seed 0] [--published FOLDER] [--keep FOLDER]

Small files of every format and those in the published folder (QMAP_STUDIO_ANNOTATIONS, else
`../shared/data/annotations`) are mutated and read in a child process with a memory limit. Allowed are AnnotationError,
and annotations or a heat map that lie in the picture. Needs Linux.
"""

import argparse
import json
import multiprocessing
import os
import re
import resource
import struct
import sys
import tempfile
import time
import traceback
import zlib
from collections import Counter, defaultdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.annotation_samples import Sample, made_samples, published_samples
from tests.benchmarks.fuzz import HANG_SECONDS, MEMORY_BAR_BYTES, START_SECONDS, memory

ROOT = Path(__file__).parents[2]
PUBLISHED = Path(os.environ.get("QMAP_STUDIO_ANNOTATIONS", ROOT.parent / "shared" / "data" / "annotations"))
ADDRESS_SPACE_ABOVE_IDLE_BYTES = 4 << 30
ALLOWED = ("annotations", "heat map", "nothing", "AnnotationError")

_PNG = b"\x89PNG\r\n\x1a\n"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_NUMBERS = (
    "0", "-1", "1", "0.5", "-0.0", "NaN", "nan", "Infinity", "-inf", "1e308", "-1e308", "1e-320", "9" * 20, "9" * 5000,
    "2147483648", "-2147483649", "65536", "30000", "1e7", "9999999", "12345678", "true", "null", '""', "1,5",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, [], {}, "", "text", [[]], [None], {"x": 1}, 0, -1, 1e300, 2**70, float("nan"), float("inf"), "1e999",
    [0] * 9, ["a"] * 4, [1e7, 1e7, -1e7, 1e7, 3, 4], "0" * 5000,
)  # fmt: skip


class Mutator:
    """Makes hostile files out of good ones."""

    def __init__(self, made: list[Sample], published: list[Sample], seed: int) -> None:
        self._made, self._published, self._rng = made, published or made, np.random.default_rng(seed)

    def next(self) -> tuple[Sample, bytes]:
        """A sample, and the hostile file made of it."""
        sample = self._any()
        data = sample.data
        for _ in range(self._rng.choice([1, 1, 2, 3])):
            data = self._mutated(data)
        return sample, _with_right_checksums(data) if self._rng.random() < 0.7 else data

    def _any(self) -> Sample:
        samples = self._made if self._rng.random() < 0.6 else self._published
        return samples[self._below(len(samples))]

    def _below(self, count: int) -> int:
        return int(self._rng.integers(max(count, 1)))

    def _mutated(self, data: bytes) -> bytes:
        if self._rng.random() < 0.4:
            return self._with_other_bytes(data)
        if self._rng.random() < 0.5 and data.lstrip()[:1] in (b"{", b"["):
            try:
                return self._with_other_json(json.loads(data))
            except (ValueError, RecursionError):  # it was mutated before
                return self._with_other_bytes(data)
        return self._with_other_text(data)

    def _with_other_bytes(self, data: bytes) -> bytes:
        at, length = self._below(len(data)), self._below(64) + 1
        if self._rng.random() < 0.5:
            at = min(at, self._below(128))
        match self._below(7):
            case 0:
                return data[:at]
            case 1:
                return data[:at] + bytes([self._below(256)]) + data[at + 1 :]
            case 2:
                return data[:at] + bytes([data[at] ^ 1 << self._below(8)]) + data[at + 1 :] if data else data
            case 3:
                return data[:at] + data[at + length :]
            case 4:
                return data[:at] + self._rng.bytes(length) + data[at:]
            case 5:
                return data[:at] + data[at : at + 20 * length] * (self._below(40) + 1) + data[at:]
        other = self._any().data
        return data[:at] + other[min(at, len(other)) :]

    def _with_other_text(self, data: bytes) -> bytes:
        """One number, or all from some place on, become others; a part is nested deeply."""
        text = data.decode("latin-1")
        numbers = list(_NUMBER.finditer(text[:200_000]))
        if not numbers:
            return self._with_other_bytes(data)
        first = self._below(len(numbers))
        start, end = numbers[first].span()
        match self._below(4):
            case 0:
                count = self._below(6) + 1
                for number in reversed(numbers[first : first + count]):
                    other = _NUMBERS[self._below(len(_NUMBERS))]
                    text = text[: number.start()] + other + text[number.end() :]
            case 1:
                value = int(self._rng.choice([1, 10, 1000, 10**5, 10**8]))
                text = text[:start] + str(value) + text[end:]
            case 2:
                depth = int(self._rng.choice([3, 100, 3000, 100_000]))
                left, right = [("[", "]"), ('{"a":', "}"), ("<a>", "</a>"), ("(", ")")][self._below(4)]
                text = text[:start] + left * depth + text[start:end] + right * depth + text[end:]
            case 3:
                text = text.replace(text[start:end], _NUMBERS[self._below(len(_NUMBERS))])
        return text.encode("latin-1", "replace")

    def _with_other_json(self, content: Any) -> bytes:
        """A key is deleted, a value becomes another, an entry is there many times."""
        for _ in range(self._below(3) + 1):
            places = list(_places(content))
            if not places:
                break
            holder, key = places[self._below(len(places))]
            kind = self._below(5)
            if kind == 0:
                del holder[key]
            elif kind == 1 and isinstance(holder, list) and len(holder) < 5000:
                holder[key:key] = [holder[key]] * int(self._rng.choice([1, 50, 3000]))
            elif kind == 2:
                other, its_key = places[self._below(len(places))]
                holder[key] = json.loads(json.dumps(other[its_key]))
            else:
                holder[key] = _VALUES[self._below(len(_VALUES))]
            if len(json.dumps(content)) > 3 << 20:
                break
        return json.dumps(content).encode()


def _places(content: Any) -> Any:
    """Every list or object in a JSON value, with each key into it."""
    if isinstance(content, dict | list):
        for key in list(content) if isinstance(content, dict) else range(len(content)):
            yield content, key
            yield from _places(content[key])


def _with_right_checksums(data: bytes) -> bytes:
    """A PNG file whose chunks have the checksums of their content; others as they are."""
    if not data.startswith(_PNG):
        return data
    out, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        body = data[at + 4 : at + 8 + length]
        out.append(data[at : at + 4] + body + zlib.crc32(body).to_bytes(4, "big"))
        at += 12 + length
    return b"".join(out)


def formats_without(samples: list[Sample]) -> list[str]:
    """The names of the formats that no sample is taken for."""
    from qmap_studio.document.annotations.formats import FORMATS
    from qmap_studio.document.annotations.reader import Source

    names = [reader.name for reader in FORMATS]
    with tempfile.TemporaryDirectory() as folder:
        for sample in samples:
            path = Path(folder, sample.name)
            path.write_bytes(sample.data)
            source = Source(path, sample.picture, None, lambda _share: None)
            reader = next((reader for reader in FORMATS if reader.recognises(source)), None)
            if reader is not None and reader.name in names:
                names.remove(reader.name)
    return names


def read_files(pipe: Connection) -> None:
    """The child: answers each file with what came of it, the peak memory above the idle process, and its size."""
    from qmap_studio.core.errors import AnnotationError
    from qmap_studio.core.opencv import cv2

    cv2.setNumThreads(1)
    folder = Path(tempfile.mkdtemp())
    for sample in made_samples():  # imports what readers import
        _outcome(folder, sample, AnnotationError)
    limit = memory("VmSize") + ADDRESS_SPACE_ABOVE_IDLE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    pipe.send("ready")
    while True:
        sample = pipe.recv()
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        idle = memory("VmRSS")
        outcome = _outcome(folder, sample, AnnotationError)
        pipe.send((outcome, memory("VmHWM") - idle))


def _outcome(folder: Path, sample: Sample, allowed: type[Exception]) -> str:
    from qmap_studio.document import PictureUnclearError, read_annotations

    path = folder / sample.name
    path.write_bytes(sample.data)
    try:
        try:
            found = read_annotations(path, sample.picture)
        except PictureUnclearError as error:
            if not error.pictures:
                return "AnnotationError"
            found = read_annotations(path, sample.picture, error.pictures[0])
        return _checked(found, sample)
    except allowed as error:
        return "AnnotationError" if str(error) else "an error without a sentence"
    except Exception:
        return "unexpected " + traceback.format_exc()
    finally:
        path.unlink()


def _checked(found: Any, sample: Sample) -> str:
    from qmap_studio.core.rect import Rect

    height, width = sample.picture.height, sample.picture.width
    for annotation in found.annotations[:50]:
        bounds = annotation.shape.bounds.clipped(width, height)
        if bounds.empty or not isinstance(annotation.label, str):
            return f"wrong annotation {annotation}"
        annotation.shape.coverage(Rect(bounds.x, bounds.y, min(bounds.width, 64), min(bounds.height, 64)))
        if annotation.score is not None and not np.isfinite(annotation.score):
            return f"wrong score {annotation.score}"
    if found.heat is not None:
        right = found.heat.shape == (height, width) and found.heat.dtype == np.float32
        right = right and found.heat.min() >= 0 and found.heat.max() <= 1  # NaN is neither
        return "heat map" if right else "wrong heat map"
    return "annotations" if found.annotations else "nothing"


class Child:
    """A reading process; a new one takes the place of one that died or hung."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, its_end = context.Pipe()
        self._process = context.Process(target=read_files, args=(its_end,), daemon=True)
        self._process.start()
        its_end.close()
        if not self._pipe.poll(START_SECONDS):
            raise TimeoutError("the reading process did not start")
        self._pipe.recv()

    def read(self, sample: Sample) -> tuple[str, int, float]:
        """What came of a file, the peak memory above the idle process, and the seconds it took."""
        sent = time.monotonic()
        try:
            self._pipe.send(sample)
            if self._pipe.poll(HANG_SECONDS):
                return *self._pipe.recv(), time.monotonic() - sent
            verdict = "hang"
        except (EOFError, OSError):
            verdict = "crash"
        self.stop()
        self._start()
        return verdict, 0, HANG_SECONDS if verdict == "hang" else 0.0

    def stop(self) -> None:
        self._process.kill()
        self._process.join()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.fuzz_annotations", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--published", type=Path, default=PUBLISHED, metavar="FOLDER")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the files that failed here")
    options = parser.parse_args()

    made, published = made_samples(), published_samples(options.published)
    if missing := formats_without(made):
        print(f"no sample of {', '.join(missing)}")
        return 1
    mutator, child = Mutator(made, published, options.seed), Child()
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    failures: list[str] = []
    peak, slowest, began = 0, 0.0, time.monotonic()
    for number in range(options.count):
        sample, data = mutator.next()
        outcome, above_idle, seconds = child.read(Sample(sample.name, data, sample.picture))
        if above_idle > MEMORY_BAR_BYTES:
            outcome = f"memory {above_idle >> 20} MB ({outcome})"
        slowest, peak = max(slowest, seconds), max(peak, above_idle)
        is_allowed = outcome in ALLOWED
        outcomes[Path(sample.name).suffix][outcome if is_allowed else "FAILED"] += 1
        if not is_allowed:
            failures.append(f"file {number} ({sample.name}): {outcome}")
            if options.keep is not None:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{options.seed}-{number}-{sample.name}").write_bytes(data)
    child.stop()

    print("\n".join(failures[:20]))
    took = time.monotonic() - began
    print(f"{options.count} mutated files of {len(made)} made and {len(published)} published ones, {took:.0f} s")
    kinds = (*ALLOWED, "FAILED")
    print(f"  {'':<8}" + "".join(f"{kind:>17}" for kind in kinds))
    for suffix, counter in sorted(outcomes.items()):
        print(f"  {suffix:<8}" + "".join(f"{counter[kind]:>17}" for kind in kinds))
    print(f"slowest file            {slowest:7.2f} s   (bar {HANG_SECONDS:.0f} s)")
    print(f"peak above idle process {peak / 2**20:7.0f} MB  (bar {MEMORY_BAR_BYTES >> 20} MB)")
    passed = not failures and peak <= MEMORY_BAR_BYTES and slowest <= HANG_SECONDS
    print("passed" if passed else "FAILED")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())

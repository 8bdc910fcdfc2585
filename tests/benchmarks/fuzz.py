"""Mutated .sfc files: none may crash the decoder, hang it, or make it take much memory.

    python -m tests.benchmarks.fuzz [--count 20000] [--seed 0] [--keep FOLDER]

Files of small pictures are mutated, half of them with checksums made right again, and decoded in a child process with
a memory limit. Allowed are BitstreamError, WeightsError and a picture of exactly the header's size; a file of which a
stream has words too many or too few must be refused. Needs Linux.
"""

import argparse
import multiprocessing
import resource
import sys
import time
import traceback
import zlib
from collections import Counter
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from qmap_studio.codec.common import container
from qmap_studio.codec.common.alpha import pack_alpha
from qmap_studio.core.bounds import UNBOUNDED, WITHOUT_LOSS
from qmap_studio.core.pictures import Metadata, Picture

HANG_SECONDS = 5.0
START_SECONDS = 120.0
MEMORY_BAR_BYTES = 500 << 20
ADDRESS_SPACE_ABOVE_IDLE_BYTES = 2 << 30
SIZES = ((1, 1), (1, 40), (17, 5), (16, 16), (33, 64), (64, 64), (70, 90))


_METADATA = (
    Metadata(),
    Metadata(b"II*\0\x08\0\0\0\0\0", b"<x:xmpmeta/>" * 9, (300.0, 72.5), "a comment", "photo.jpg", 6),
    Metadata(file_name="photo.jpg"),
    Metadata(dpi=(72.0, 72.0)),
)


def repair_checksums(data: bytes) -> bytes:
    """The same file, its last four bytes made the checksum of the rest."""
    body = data[:-4]
    return body + zlib.crc32(body).to_bytes(4, "big")


def small_files() -> list[bytes]:
    """Files with and without map, transparency, profile, metadata, colour, details and kept pixels."""
    from qmap_studio.codec import load_codec

    codec = load_codec("live", "cpu")
    rng = np.random.default_rng(0)
    files = []
    for number, (height, width) in enumerate(SIZES):
        rows, columns = np.mgrid[0:height, 0:width]
        waves = np.sin(rows / 7 + number) * 60 + np.cos(columns / 5) * 50
        noise = rng.normal(0, 12, (height, width, 3))
        pixels = (128 + waves[..., None] + noise).clip(0, 255).astype(np.uint8)
        is_grey = number % 3 == 2
        picture = Picture(
            np.repeat(pixels[..., :1], 3, axis=2) if is_grey else pixels,
            alpha=pixels[..., 1].copy() if number % 2 else None,
            icc_profile=b"not really a profile" * 9 if number % 3 == 1 else None,
            metadata=_METADATA[number % len(_METADATA)],
            is_grey=is_grey,
        )
        for quality in (np.full((height, width), 0.4), (np.hypot(rows - 20, columns - 30) / 90).clip(0, 1)):
            files.append(codec.encode(picture, quality.astype(np.float32)).data)
    hard = Picture(rng.integers(0, 256, (70, 90, 3), np.uint8))
    bounds = np.full((70, 90), UNBOUNDED, np.uint8)
    bounds[20:40, 30:70], bounds[50:, :20] = WITHOUT_LOSS, 3
    files += [codec.encode(hard, np.full((70, 90), 0.8, np.float32), bounds=b).data for b in (None, bounds)]
    graphics = Picture(np.tile(rng.integers(0, 2, (16, 8, 1), np.uint8) * np.uint8(255), (4, 8, 3)))
    files.append(codec.encode(graphics, np.full((64, 64), 0.5, np.float32)).data)
    return files


class Mutator:
    """Makes hostile files out of good ones."""

    def __init__(self, files: list[bytes], seed: int) -> None:
        self._files, self._rng = files, np.random.default_rng(seed)

    def next(self, with_right_checksum: bool) -> tuple[bytes, bool]:
        """A hostile file, and whether it must be refused whatever else is in it."""
        data = self._any_file()
        if not with_right_checksum:
            return self._mutated(data), False
        kind = self._rng.random()
        if kind < 0.4:
            return repair_checksums(self._mutated(data[:-4]) + bytes(4)), False
        if kind < 0.8:
            return self._with_other_fields(container.unpack(data)), False
        return self._with_other_words(container.unpack(data)), True

    def _with_other_words(self, file: container.SfcFile) -> bytes:
        """A file whose stream of latents has words too many or too few."""
        stream, words = file.streams[0], 4 * int(self._rng.integers(1, 4))
        match int(self._rng.integers(3)):
            case 0:
                stream += bytes(words)
            case 1:
                stream += self._rng.bytes(words)
            case 2:
                stream = stream[:-words]
        return container.pack(replace(file, streams=(stream,)))

    def _any_file(self) -> bytes:
        return self._files[self._rng.integers(len(self._files))]

    def _mutated(self, data: bytes) -> bytes:
        """One to six small accidents."""
        out = bytearray(data)
        for _ in range(self._rng.integers(1, 7)):
            if not out:
                break
            at = int(self._rng.integers(len(out)))
            # Half of the accidents strike the fields before the streams, which are few bytes among many.
            if self._rng.random() < 0.5:
                at = min(at, int(self._rng.integers(48)))
            length = int(self._rng.integers(1, 9))
            match int(self._rng.integers(7)):
                case 0:
                    out[at] ^= 1 << int(self._rng.integers(8))
                case 1:
                    out[at] = int(self._rng.integers(256))
                case 2:
                    out[at] = int(self._rng.choice([0, 1, 0x7F, 0x80, 0xFF]))
                case 3:
                    del out[at : at + length]
                case 4:
                    out[at:at] = self._rng.bytes(length)
                case 5:
                    out[at : at + 4 * length] = out[: 4 * length]
                case 6:
                    other = self._any_file()
                    out[at:] = other[min(at, len(other)) :]
        if self._rng.random() < 0.1:
            del out[int(self._rng.integers(len(out) + 1)) :]
        return bytes(out)

    def _with_other_fields(self, file: container.SfcFile) -> bytes:
        """A well-formed file with wrong content, which gets furthest into the decoder."""
        match int(self._rng.integers(8)):
            case 0:
                width, height = (int(n) for n in self._rng.integers(1, 1500, 2))
                file = replace(file, width=width, height=height)
            case 1:
                file = replace(file, base_quality=int(self._rng.integers(65536)))
            case 2:
                file = replace(file, map_stream=self._mutated(file.map_stream or b"\x10\x30" + self._rng.bytes(60)))
            case 3:
                file = replace(file, streams=tuple(self._mutated(stream) for stream in file.streams))
            case 4:
                file = replace(file, streams=tuple(self._rng.bytes(4 * len(stream)) for stream in file.streams))
            case 5:
                file = replace(file, alpha=self._mutated(file.alpha or pack_alpha(np.zeros((9, 9), np.uint8))))
            case 6:
                file = replace(file, detail=self._mutated(file.detail or self._rng.bytes(40)))
            case 7:
                file = replace(file, kept=self._mutated(file.kept or self._rng.bytes(40)))
        return container.pack(file)


def decode_files(pipe: Connection) -> None:
    """The child: answers each file with what came of it and the peak memory above the idle process."""
    import torch

    from qmap_studio.codec import load_codec
    from qmap_studio.core.errors import BitstreamError, WeightsError

    torch.set_num_threads(1)
    codec = load_codec("live", "cpu")
    warm_up = pipe.recv_bytes()
    codec.decode(warm_up)
    idle = memory("VmRSS")
    limit = memory("VmSize") + ADDRESS_SPACE_ABOVE_IDLE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    pipe.send(("ready", 0))
    while True:
        data = pipe.recv_bytes()
        try:
            picture = codec.decode(data).picture
            header = container.unpack(data)
            right = picture.pixels.shape == (header.height, header.width, 3)
            right &= picture.alpha is None or picture.alpha.shape == (header.height, header.width)
            outcome = "picture" if right else f"wrong size {picture.pixels.shape}"
        except (BitstreamError, WeightsError) as error:
            outcome = type(error).__name__
        except Exception:
            outcome = "unexpected " + traceback.format_exc()
        pipe.send((outcome, memory("VmHWM") - idle))


def memory(field: str) -> int:
    """A figure of this process in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) << 10
    raise KeyError(field)


class Child:
    """A decoding process; a new one takes the place of one that died or hung."""

    def __init__(self, warm_up: bytes) -> None:
        self._warm_up = warm_up
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, its_end = context.Pipe()
        self._process = context.Process(target=decode_files, args=(its_end,), daemon=True)
        self._process.start()
        its_end.close()
        self._pipe.send_bytes(self._warm_up)
        if not self._pipe.poll(START_SECONDS):
            raise TimeoutError("the decoding process did not start")
        self._pipe.recv()

    def decode(self, data: bytes) -> tuple[str, int, float]:
        """What came of a file, the peak memory above the idle process, and the seconds it took."""
        sent = time.monotonic()
        try:
            self._pipe.send_bytes(data)
            if self._pipe.poll(HANG_SECONDS):
                outcome, above_idle = self._pipe.recv()
                return outcome, above_idle, time.monotonic() - sent
            verdict = "hang"
        except (EOFError, OSError):
            verdict = "crash"
        self._process.kill()
        self._process.join()
        self._start()
        return verdict, 0, HANG_SECONDS if verdict == "hang" else 0.0

    def stop(self) -> None:
        self._process.kill()
        self._process.join()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write the files that failed here")
    options = parser.parse_args()

    files = small_files()
    mutator, child = Mutator(files, options.seed), Child(files[0])
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    peak, slowest, began = 0, 0.0, time.monotonic()
    for number in range(options.count):
        data, must_be_refused = mutator.next(with_right_checksum=number % 2 == 1)
        outcome, above_idle, seconds = child.decode(data)
        if must_be_refused and outcome == "picture":
            outcome = "accepted words too many or too few"
        slowest, peak = max(slowest, seconds), max(peak, above_idle)
        outcomes[outcome.splitlines()[0].split(" ")[0]] += 1
        if outcome not in ("picture", "BitstreamError", "WeightsError"):
            failures.append(f"file {number}: {outcome}")
            if options.keep is not None:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{options.seed}-{number}.sfc").write_bytes(data)
    child.stop()

    print("\n".join(failures[:20]))
    print(f"{options.count} mutated files of {len(files)}, {time.monotonic() - began:.0f} s")
    for outcome, amount in outcomes.most_common():
        print(f"  {outcome:<16} {amount:>7}")
    print(f"slowest file            {slowest:7.2f} s   (bar {HANG_SECONDS:.0f} s)")
    print(f"peak above idle process {peak / 2**20:7.0f} MB  (bar {MEMORY_BAR_BYTES >> 20} MB)")
    passed = not failures and peak <= MEMORY_BAR_BYTES and slowest <= HANG_SECONDS
    print("passed" if passed else "FAILED")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())

"""Files of a given size: a search over the base quality, which moves the whole map and changes nothing in its shape."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from qmap_studio.codec.common.container import unpack
from qmap_studio.codec.common.interface import Codec, Encoding, ProgressCallback
from qmap_studio.codec.common.size_curve import SizeCurve
from qmap_studio.codec.common.symbol_encoder import WORD_BYTES
from qmap_studio.core.bounds import Bounds
from qmap_studio.core.errors import TargetSizeError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures import Picture
from qmap_studio.core.sizes import size_text

SIZE_TOLERANCE = 0.01
MOST_TRIES = 12
SECANT_TRIES = 6  # then the interval is halved
SMALLEST_ESTIMATED = 2000
"""Below so many bytes an estimate is not within the tolerance."""
MOST_SCALED = 4
"""Thorough files that are made for a size before all else is tried."""
CLOSE = 0.003
"""An estimate whose ln is so near to the aim is inside the tolerance for certain."""
SURE_STEP, SURE_SECANT = 0.03, 0.12
"""The file is made at once after a step of so little in ln size: along the curve expected, and stretched."""
STRETCHES = (0.4, 2.5)
LEAST_BASE = 0.02
"""Sizes must lie so far apart in ln to tell how steep a picture's curve is."""


def encode_to_size(
    codec: Codec,
    picture: Picture,
    quality_map: NDArray[np.float32],
    target_bytes: int,
    *,
    bounds: Bounds | None = None,
    known: tuple[int, int] | None = None,
    thorough: bool = False,
    checkpoint: ProgressCallback | None = None,
) -> Encoding:
    """The first file found that is at most `target_bytes` and at least 99 % of it, or else the largest found below.

    Sizes are estimated, without pictures and streams, until the next one should be right. A typical picture has its
    file after two estimates.

    Args:
        quality_map: float32 (H, W) in [0, 1]; a common shift is added to it.
        bounds: uint8 (H, W) or None; what pixels with an error bound need does not depend on the shift.
        known: a shift in 65535ths and about the size in bytes there.
        thorough: as `Codec.encode` takes it. Estimates are of what is not, so that two such files are made as a rule.
    Raises:
        TargetSizeError: the smallest file is larger.
    """
    encode = partial(codec.encode, picture, quality_map, bounds=bounds, thorough=thorough)
    estimate = partial(codec.estimate_bytes, picture, quality_map, bounds=bounds)
    progress = _Progress(checkpoint)
    curve, bounded_bytes = SizeCurve(picture.pixels, quality_map, bounds), 0
    if bounds is not None:  # at the lowest quality there is little else in a file
        least = estimate(base_offset=curve.low, checkpoint=progress.part())
        bounded_bytes = max(0, least - round(math.exp(curve.at(curve.low))))
    if thorough and (found := _scaled(encode, estimate, curve, target_bytes, known, bounded_bytes, progress)):
        return found
    search = _Search(curve, target_bytes, known, bounded_bytes)
    largest: Encoding | None = None
    too_large: Encoding | None = None
    while not search.is_over:
        offset, is_sure = search.next_try()
        report = progress.part()
        if not is_sure:
            search.estimated(offset, estimate(base_offset=offset, checkpoint=report))
            continue
        encoding = encode(base_offset=offset, checkpoint=report)
        if (1.0 - SIZE_TOLERANCE) * target_bytes <= encoding.size_bytes <= target_bytes:
            progress.finish()
            return encoding
        search.encoded(offset, encoding.size_bytes)
        if (0 if largest is None else largest.size_bytes) < encoding.size_bytes <= target_bytes:
            largest = encoding
        elif encoding.size_bytes > target_bytes:
            too_large = encoding
    for offset in search.offsets_below() if largest is None else ():  # known by estimates alone
        largest = encode(base_offset=offset, checkpoint=progress.part())
        if largest.size_bytes <= target_bytes:
            break
    if largest is not None and largest.size_bytes <= target_bytes:
        progress.finish()
        return largest
    bounded_bytes = 0 if bounds is None or too_large is None else len(unpack(too_large.data).kept)
    raise TargetSizeError(_refusal(target_bytes, search.smallest, bounded_bytes))


def _scaled(
    encode: Callable[..., Encoding],
    estimate: Callable[..., int],
    curve: SizeCurve,
    target_bytes: int,
    known: tuple[int, int] | None,
    bounded_bytes: int,
    progress: "_Progress",
) -> Encoding | None:
    """A file of the size wanted where each takes long, and is by some factor larger than estimated.

    Returns:
        None if there is none after a few.
    """
    scale, estimates = 1.0, dict[int, int]()
    for _ in range(MOST_SCALED):
        search = _Search(curve, target_bytes, known, bounded_bytes)
        while not search.is_over and search.ready is None:
            offset = search.next_try()[0]
            if offset not in estimates:
                estimates[offset] = estimate(base_offset=offset, checkpoint=progress.still)
            search.estimated(offset, round(scale * estimates[offset]))
        if search.ready is None:
            return None
        encoding = encode(base_offset=search.ready, checkpoint=progress.part())
        if (1.0 - SIZE_TOLERANCE) * target_bytes <= encoding.size_bytes <= target_bytes:
            progress.finish()
            return encoding
        scale = encoding.size_bytes / estimates[search.ready]
    return None


def _refusal(target_bytes: int, smallest: int, bounded_bytes: int) -> str:
    """Why there is no such file, whose pixels with an error bound need so many bytes."""
    if bounded_bytes >= target_bytes > 0:
        text = tr("The pixels with an error bound alone need {bounded}; the limit was {target}.")
    elif bounded_bytes:
        text = tr(
            "No quality brings the file to {target} or less: the smallest has {smallest}, {bounded} for "
            "the pixels with an error bound."
        )
    else:
        text = tr("No quality brings the file to {target} or less: the smallest has {smallest}.")
    return text.format(target=size_text(target_bytes), smallest=size_text(smallest), bounded=size_text(bounded_bytes))


class _Search:
    """Where to look next: along the curve expected, stretched through two sizes once they are known.

    Attributes:
        ready: the offset whose file is to be made, once one is found.
    """

    def __init__(
        self, curve: SizeCurve, target_bytes: int, known: tuple[int, int] | None, bounded_bytes: int = 0
    ) -> None:
        self._curve, self._bounded_bytes = curve, bounded_bytes
        self._low, self._high = self._curve.low, self._curve.high
        self._is_small = target_bytes < SMALLEST_ESTIMATED
        self._aim = math.log(max((1.0 - 0.5 * SIZE_TOLERANCE) * target_bytes, 1.0))
        self._known = known
        self._found: dict[int, int] = {}
        self.ready: int | None = None

    @property
    def is_over(self) -> bool:
        if self.ready is not None:
            return False
        below, above = self._found.get(self._low - 1), self._found.get(self._high + 1)
        is_split = below is not None and above is not None and above - below <= WORD_BYTES
        return is_split or self._low > self._high or len(self._found) >= MOST_TRIES

    @property
    def smallest(self) -> int:
        """Of the sizes found, in bytes."""
        return min(self._found.values())

    def offsets_below(self) -> list[int]:
        """Those of files found to be smaller than wanted, the largest file first."""
        return sorted((offset for offset in self._found if offset < self._low), reverse=True)

    def estimated(self, offset: int, size_bytes: int) -> None:
        if abs(math.log(size_bytes) - self._aim) < CLOSE:
            self._found[offset], self.ready = size_bytes, offset
        else:
            self.encoded(offset, size_bytes)

    def encoded(self, offset: int, size_bytes: int) -> None:
        """Leaves the offset and all beyond it; the file there is not the one."""
        self._found[offset], self.ready = size_bytes, None
        if math.log(size_bytes) > self._aim:
            self._high = offset - 1
        else:
            self._low = offset + 1

    def next_try(self) -> tuple[int, bool]:
        """An offset, and whether to make the file there."""
        if self.ready is not None:
            return self.ready, True
        offset, is_sure = self._guess()
        ends = self._curve.low, self._curve.high
        is_enclosed = ends[0] < self._low and self._high < ends[1]
        if len(self._found) >= SECANT_TRIES or (is_enclosed and not self._low <= offset <= self._high):
            offset = (self._low + self._high) // 2
        offset = min(max(offset, self._low), self._high)
        return offset, is_sure or self._is_small or offset in ends

    def _guess(self) -> tuple[int, bool]:
        if not self._found:
            if self._known is None:
                return self._curve.offset_of(self._learned(math.exp(self._aim))), False
            offset, size_bytes = self._known
            return self._curve.offset_of(self._curve.at(offset) + self._step_from(size_bytes)), False
        nearest = min(self._found, key=lambda o: abs(math.log(self._found[o]) - self._aim))
        step, in_all = self._step_from(self._found[nearest]), self._aim - math.log(self._found[nearest])
        stretch = self._stretch(nearest)
        is_sure = abs(in_all) < (SURE_STEP if stretch is None else SURE_SECANT)
        return self._curve.offset_of(self._curve.at(nearest) + step / (stretch or 1.0)), is_sure

    def _stretch(self, offset: int) -> float | None:
        """How much steeper than expected the picture's curve is near an offset, if another size tells."""
        sizes = dict(self._found)
        if len(sizes) == 1 and self._known is not None:
            sizes.setdefault(*self._known)
        others = {o: self._curve.at(o) - self._curve.at(offset) for o in sizes}
        others = {o: apart for o, apart in others.items() if abs(apart) >= LEAST_BASE}
        if not others:
            return None
        other = min(others, key=lambda o: abs(others[o]))
        stretch = (self._learned(sizes[other]) - self._learned(sizes[offset])) / others[other]
        return min(max(stretch, STRETCHES[0]), STRETCHES[1])

    def _step_from(self, size_bytes: int) -> float:
        """How far the aim is from a size, in ln of what follows the curve."""
        return self._learned(math.exp(self._aim)) - self._learned(size_bytes)

    def _learned(self, size_bytes: float) -> float:
        """The ln of what is in a file besides its bounded pixels, which alone follows the curve."""
        return math.log(max(size_bytes - self._bounded_bytes, 1.0))


class _Progress:
    """Parts of a whole whose number is not known: the first is a third, every other one half of the rest."""

    def __init__(self, checkpoint: ProgressCallback | None) -> None:
        self._checkpoint, self._done = checkpoint, 0.0

    def part(self) -> ProgressCallback:
        start = self._done
        self._done = 1.0 - (1.0 - start) * (0.5 if start else 2.0 / 3.0)
        end = self._done

        def report(fraction: float) -> None:
            if self._checkpoint is not None:
                self._checkpoint(start + (end - start) * fraction)

        return report

    def still(self, _fraction: float) -> None:
        """For what is short beside a part."""
        if self._checkpoint is not None:
            self._checkpoint(self._done)

    def finish(self) -> None:
        if self._checkpoint is not None:
            self._checkpoint(1.0)

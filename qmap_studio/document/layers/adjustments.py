"""Adjustments: what may be done to the levels of a layer, or of all below one, and changed or taken away later.

Those of levels alone are a table. Those that look around (blur, grow) work on coverage, too, with sums and comparisons
of whole numbers: what a part comes to does not depend on where it was cut from the map.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.language import N_
from qmap_studio.core.opencv import cv2
from qmap_studio.document.blend import FULL, Plane, filled
from qmap_studio.document.layers.rendered import Rendered

LARGEST_RADIUS_PX = 200


class Adjustment(ABC):
    """A value, like a layer."""

    title: ClassVar[str]

    @property
    def margin_px(self) -> int:
        """How far around a pixel it looks."""
        return 0

    @abstractmethod
    def adjusted(self, rendered: Rendered) -> Rendered:
        """What becomes of a rectangle; right only that far from its edges, unless they are the map's."""


class LevelAdjustment(Adjustment):
    """One that makes of each level another, wherever it is."""

    def adjusted(self, rendered: Rendered) -> Rendered:
        levels = rendered.levels
        return Rendered(
            int(self.table[levels]) if isinstance(levels, int) else np.take(self.table, levels), rendered.coverage
        )

    @cached_property
    def table(self) -> NDArray[np.uint16]:
        """uint16 (65536,), what becomes of each level."""
        qualities = self.qualities(np.arange(MAX_LEVEL + 1, dtype=np.float64) / MAX_LEVEL)
        table: NDArray[np.uint16] = np.rint(np.clip(qualities, 0, 1) * MAX_LEVEL).astype(np.uint16)
        return table

    @abstractmethod
    def qualities(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        """What becomes of qualities from 0 to 1; what leaves that range is cut."""


@dataclass(frozen=True)
class Invert(LevelAdjustment):
    """Quality q becomes 1 - q, exactly."""

    title: ClassVar[str] = N_("Invert")

    def qualities(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1 - quality


@dataclass(frozen=True)
class Strength(LevelAdjustment):
    """The distances from a quality are multiplied by a factor, 0 to 10."""

    title: ClassVar[str] = N_("Strength")

    factor: float = 1.0
    around: float = 0.5

    def __post_init__(self) -> None:
        _check("strength", self.factor, 0, 10)
        _check("the quality it is around", self.around, 0, 1)

    def qualities(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.factor * (quality - self.around) + self.around


@dataclass(frozen=True)
class Shift(LevelAdjustment):
    """A quality, -1 to 1, is added everywhere."""

    title: ClassVar[str] = N_("Shift")

    by: float = 0.0

    def __post_init__(self) -> None:
        _check("shift", self.by, -1, 1)

    def qualities(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        return quality + self.by


@dataclass(frozen=True)
class Limits(LevelAdjustment):
    """No quality is below the lowest or above the highest; a lowest above the highest counts as that."""

    title: ClassVar[str] = N_("Minimum and maximum")

    lowest: float = 0.0
    highest: float = 1.0

    def __post_init__(self) -> None:
        _check("minimum", self.lowest, 0, 1)
        _check("maximum", self.highest, 0, 1)

    def qualities(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(quality, min(self.lowest, self.highest), self.highest)


@dataclass(frozen=True)
class Levels(LevelAdjustment):
    """What lies from `black` to `white` is spread from 0 to 1, bent by gamma (0.1 to 10; above 1 raises the middle)."""

    title: ClassVar[str] = N_("Levels")

    black: float = 0.0
    white: float = 1.0
    gamma: float = 1.0

    def __post_init__(self) -> None:
        _check("black", self.black, 0, 1)
        _check("white", self.white, 0, 1)
        _check("gamma", self.gamma, 0.1, 10)

    def qualities(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        spread = max(self.white - self.black, 1 / MAX_LEVEL)
        return np.clip((quality - self.black) / spread, 0, 1) ** (1 / self.gamma)


@dataclass(frozen=True)
class Blur(Adjustment):
    """Softens within a radius of pixels: three means over squares, whose reaches add up to it."""

    title: ClassVar[str] = N_("Blur")

    radius_px: int = 8

    def __post_init__(self) -> None:
        _check("radius", self.radius_px, 0, LARGEST_RADIUS_PX)

    @property
    def margin_px(self) -> int:
        return self.radius_px

    def adjusted(self, rendered: Rendered) -> Rendered:
        levels, coverage = rendered.levels, rendered.coverage
        if isinstance(coverage, int):
            return Rendered(self._blurred(levels), coverage)
        covered = self._blurred(coverage)
        if isinstance(levels, int):
            return Rendered(levels, covered)
        # What is not covered must not count.
        weighed = np.empty_like(levels)
        cv2.multiply(levels, coverage, dst=weighed, scale=1 / FULL)
        sums = filled(self._blurred(weighed), levels.shape)
        cv2.divide(sums, filled(covered, levels.shape), dst=weighed, scale=FULL)  # 0 where nothing covers
        return Rendered(weighed, covered)

    def _blurred(self, plane: Plane) -> Plane:
        if isinstance(plane, int):
            return plane
        for third in range(3):
            reach = (self.radius_px + third) // 3
            if reach:
                side = 2 * reach + 1
                plane = cv2.blur(plane, (side, side), borderType=cv2.BORDER_REPLICATE).astype(np.uint16, copy=False)
        return plane


@dataclass(frozen=True)
class Grow(Adjustment):
    """What is covered, and within that the higher qualities, grow by pixels on all sides; below 0 they shrink.

    Corners become those of an octagon.
    """

    title: ClassVar[str] = N_("Grow or shrink")

    by_px: int = 8

    def __post_init__(self) -> None:
        _check("pixels", self.by_px, -LARGEST_RADIUS_PX, LARGEST_RADIUS_PX)

    @property
    def margin_px(self) -> int:
        return abs(self.by_px)

    def adjusted(self, rendered: Rendered) -> Rendered:
        levels, coverage = rendered.levels, rendered.coverage
        if not isinstance(levels, int) and not isinstance(coverage, int):
            # What is not covered must not count.
            levels = np.where(coverage > 0, levels, np.uint16(0 if self.by_px > 0 else FULL))
        return Rendered(self._grown(levels), self._grown(coverage))

    def _grown(self, plane: Plane) -> Plane:
        if isinstance(plane, int) or not self.by_px:
            return plane
        change = cv2.dilate if self.by_px > 0 else cv2.erode
        for kernel in self._sides:
            plane = change(plane, kernel).astype(np.uint16, copy=False)
        return plane

    @cached_property
    def _sides(self) -> list[NDArray[np.uint8]]:
        """Lines along the sides of an octagon of that reach, whose sum it is."""
        reach = abs(self.by_px)
        slanted = int(reach * (1 - 2**-0.5))  # of each of the two, across and down
        straight = reach - 2 * slanted
        kernels = [np.ones((1, 2 * straight + 1), np.uint8), np.ones((2 * straight + 1, 1), np.uint8)]
        if slanted:
            diagonal = np.eye(2 * slanted + 1, dtype=np.uint8)
            kernels += [diagonal, diagonal[:, ::-1].copy()]
        return kernels


class _Together(LevelAdjustment):
    """Several one after the other."""

    def __init__(self, first: LevelAdjustment, second: LevelAdjustment) -> None:
        self.table = np.take(second.table, first.table)

    def qualities(self, quality: NDArray[np.float64]) -> NDArray[np.float64]:
        qualities: NDArray[np.float64] = self.table[np.rint(quality * MAX_LEVEL).astype(np.intp)] / MAX_LEVEL
        return qualities


def merged(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    """The same in fewer steps: tables in a row are one."""
    steps: list[Adjustment] = []
    for adjustment in adjustments:
        if steps and isinstance(steps[-1], LevelAdjustment) and isinstance(adjustment, LevelAdjustment):
            adjustment = _Together(steps.pop(), adjustment)  # type: ignore[arg-type]
        steps.append(adjustment)
    return tuple(steps)


def _check(name: str, value: float, least: float, most: float) -> None:
    if not (isfinite(value) and least <= value <= most):
        raise ValueError(f"{name} is in {least} to {most}, not {value}")

"""What annotations come to in a map: layers of shapes, and of a heat map, over those that are there."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.reader import AnnotationsFile
from qmap_studio.document.annotations.rules import Rules, of_aspect
from qmap_studio.document.aspect import Aspect
from qmap_studio.document.layers import composition
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.layers.raster import MaskLayer
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.layers.stack import Layers
from qmap_studio.document.layers.uniform import UniformLayer


@dataclass(frozen=True)
class MapParts:
    """What rules make of annotations: of very many that takes a moment, and may be done in a thread.

    Attributes:
        name: of the new layers.
        shapes: layers of shapes of qualities and of bounds, those that lie over others after them; none is empty.
        levels: of a heat map, uint16 (H, W), or None.
        rest: the quality everywhere else; None leaves the map as it is there.
    """

    name: str
    shapes: tuple[ShapeLayer, ...]
    levels: NDArray[np.uint16] | None
    rest: float | None

    @classmethod
    def of(cls, found: AnnotationsFile, rules: Rules, name: str) -> Self:
        """Of what a file knows, as layers of a name."""
        levels = _levels(found.heat, rules.heat) if found.heat is not None else None
        shapes = rules.shapes(rules.counted(found.annotations))
        made = (ShapeLayer(ours, name=name) for aspect in Aspect if (ours := of_aspect(shapes, aspect)))
        return cls(name, tuple(made), levels, rules.rest)

    def prepare(self) -> Self:
        """Does in a thread what composing would do at first."""
        for layer in self.shapes:
            layer.prepare()
        return self

    @property
    def placed(self) -> Iterator[PlacedShape]:
        """All shapes."""
        return (placed for layer in self.shapes for placed in layer.shapes)

    def over(self, layers: Layers, height: int, width: int) -> tuple[Layers, Layer | None]:
        """Layers of a map of height x width pixels with these over them.

        A shape takes the place of the rest even where its quality is lower: what lies over what is decided among
        shapes.

        Returns:
            All layers, and the one to work on next, if there is a new one.
        """
        if not self.shapes and self.levels is None and self.rest is None:
            return layers, None
        quality, bounds = (composition.of_aspect(layers, aspect) for aspect in Aspect)
        if self.rest is not None:
            quality = _with_rest(quality, self.rest, self.name, height, width)
        if self.levels is not None:
            quality = (*quality, MaskLayer.of(self.levels, name=self.name))
        quality = (*quality, *composition.of_aspect(self.shapes, Aspect.QUALITY))
        bounds = (*bounds, *composition.of_aspect(self.shapes, Aspect.BOUND))
        next_one = self.shapes[0] if self.shapes else quality[-1] if self.levels is not None else None
        return (*quality, *bounds), next_one


def _with_rest(quality: Layers, rest: float, name: str, height: int, width: int) -> Layers:
    """The quality of the rest: that of the lowest layer, or over all that was painted, which is kept below."""
    base, *others = quality
    if isinstance(base, UniformLayer) and all(layer.extent(height, width).empty for layer in others):
        return (dataclasses.replace(base, quality=rest), *others)
    return (*quality, UniformLayer(rest, name=tr("Around {name}").format(name=name)))


def _levels(heat: NDArray[np.float32], ends: Sequence[float]) -> NDArray[np.uint16]:
    low, high = ends
    qualities = np.float32(low) + heat * np.float32(high - low)
    levels: NDArray[np.uint16] = np.rint(np.clip(qualities, 0, 1) * np.float32(MAX_LEVEL)).astype(np.uint16)
    return levels

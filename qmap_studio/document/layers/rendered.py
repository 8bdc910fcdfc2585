"""What a layer holds in a part of the map."""

from dataclasses import dataclass

from qmap_studio.document.blend import FULL, Plane, part_of


@dataclass(frozen=True)
class Rendered:
    """What a layer holds in a rectangle.

    Attributes:
        levels: where it covers, 0 to 65535.
        coverage: how far it covers, 0 to FULL.
    """

    levels: Plane
    coverage: Plane = FULL

    def part(self, slices: tuple[slice, slice]) -> "Rendered":
        """What it holds in a part of the rectangle."""
        return Rendered(part_of(self.levels, slices), part_of(self.coverage, slices))

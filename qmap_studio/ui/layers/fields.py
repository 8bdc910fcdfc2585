"""What can be set of a layer, a shape or an adjustment: one row a number, for whoever shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qmap_studio.core.language import N_


@dataclass(frozen=True)
class Field:
    """A number that a slider shows.

    Attributes:
        name: of the attribute; also what one edit of it is of.
        label: marked, and translated where it is shown.
        factor, suffix, decimals: of the number as it is shown.
    """

    name: str
    label: str
    low: float
    high: float
    decimals: int = 2
    factor: float = 1.0
    suffix: str = ""
    is_whole: bool = False

    @property
    def made(self) -> Callable[[float], Any]:
        """Makes of what a slider gives what the attribute takes."""
        return round if self.is_whole else float


RULES = {
    "replace": N_("Replace"),
    "maximum": N_("Maximum"),
    "minimum": N_("Minimum"),
    "add": N_("Add"),
    "multiply": N_("Multiply"),
}
"""By the rule's value."""
OPACITY = Field("opacity", N_("Opacity"), 0, 1, 0, 100, " %")
QUALITY = Field("quality", N_("Quality"), 0, 1)
FEATHER = Field("feather_px", N_("Feather"), 0, 500, 0, suffix=" px")
OF_GRADIENT = (Field("quality_from", N_("From quality"), 0, 1), Field("quality_to", N_("To quality"), 0, 1))
OF_ADJUSTMENTS: dict[str, tuple[Field, ...]] = {
    "Invert": (),
    "Strength": (
        Field("factor", N_("Strength"), 0, 4),
        Field("around", N_("Around quality"), 0, 1),
    ),
    "Shift": (Field("by", N_("Shift"), -1, 1),),
    "Limits": (Field("lowest", N_("Minimum"), 0, 1), Field("highest", N_("Maximum"), 0, 1)),
    "Levels": (
        Field("black", N_("Black"), 0, 1),
        Field("white", N_("White"), 0, 1),
        Field("gamma", N_("Gamma"), 0.1, 5),
    ),
    "Blur": (Field("radius_px", N_("Radius"), 0, 200, 0, suffix=" px", is_whole=True),),
    "Grow": (Field("by_px", N_("Grow"), -200, 200, 0, suffix=" px", is_whole=True),),
}
"""By the name of the adjustment's class."""

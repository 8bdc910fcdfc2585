"""What a row says of a layer or a shape besides its name."""

from typing import TYPE_CHECKING

from qmap_studio.core.language import N_, ngettext, tr
from qmap_studio.ui.bound_names import name_of

if TYPE_CHECKING:
    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.placed_shape import PlacedShape

RULES = {
    "maximum": N_("maximum"),
    "minimum": N_("minimum"),
    "add": N_("adds"),
    "multiply": N_("multiplies"),
}
"""By the rule's value; to replace is nothing special."""
SHAPES = {"Rectangle": N_("Rectangle"), "Ellipse": N_("Ellipse"), "Polygon": N_("Polygon"), "Mask": N_("Mask")}
"""By the name of the shape's class."""


def name_of_shape(placed: "PlacedShape") -> str:
    return placed.name or placed.label or tr(SHAPES[type(placed.shape).__name__])


def note_of(layer: "Layer") -> str:
    """What is special about a layer, in a few words."""
    notes = []
    shapes = getattr(layer, "shapes", None)
    if shapes is not None:
        notes.append(ngettext("{n} shape", "{n} shapes", len(shapes)).format(n=len(shapes)))
    if hasattr(layer, "quality"):
        notes.append(f"{layer.quality:.2f}")
    if hasattr(layer, "bound"):
        notes.append(name_of(layer.bound))
    if layer.rule.value in RULES:
        notes.append(tr(RULES[layer.rule.value]))
    if layer.opacity < 1:
        notes.append(f"{layer.opacity * 100:.0f} %")
    if layer.adjustments and not layer.reads_below:
        notes.append(tr("adjusted"))
    if layer.is_inside:
        notes.append(tr("inside"))
    return " · ".join(notes)


def note_of_shape(placed: "PlacedShape") -> str:
    level = f"{placed.quality:.2f}" if placed.bound is None else name_of(placed.bound)
    return f"{level} · {tr('inside')}" if placed.is_inside else level

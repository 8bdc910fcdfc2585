"""What properties are of: the active layer, or shapes selected in it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from qmap_studio.ui.layer_edits import Change, LayerEdits

if TYPE_CHECKING:
    from qmap_studio.document import Document
    from qmap_studio.document.layers.layer import Layer
    from qmap_studio.document.layers.placed_shape import PlacedShape

OfLayer = Callable[["Layer"], "Layer"]
OfShape = Callable[["PlacedShape"], "PlacedShape"]
OfShapes = Callable[[Sequence["PlacedShape"]], OfShape]


class Subject:
    """Finds what is chosen once, for all that show it, and changes it.

    Changes are functions of what there is when they are made, so that of what was previewed nothing is lost.

    Attributes:
        layer: None without a document.
        shapes: those selected, from the lowest.
        is_base: the layer is the lowest.
    """

    def __init__(self, edits: LayerEdits) -> None:
        self.edits = edits
        self.layer: Layer | None = None
        self.shapes: tuple[PlacedShape, ...] = ()
        self.is_base = False

    def follow(self, document: "Document | None") -> None:
        """Finds it anew."""
        layer = self.layer = document.active_layer if document is not None else None
        chosen = document.choice.shapes if document is not None else frozenset()
        self.is_base = document is not None and layer is document.layers[0]
        self.shapes = tuple(placed for placed in getattr(layer, "shapes", ()) if placed.key in chosen) if chosen else ()

    @property
    def kind(self) -> object:
        """Another one needs other rows to be shown in."""
        if self.layer is None:
            return None
        adjustments = tuple(type(adjustment) for adjustment in self.layer.adjustments)
        return self.layer.key, adjustments, tuple(placed.key for placed in self.shapes)

    def values(self, name: str) -> list[Any]:
        """Those of an attribute, of the shapes or else the layer."""
        return [getattr(one, name) for one in self.shapes or ([self.layer] if self.layer is not None else [])]

    def set_layer(self, name: str, change: OfLayer) -> None:
        """Makes one edit."""
        if (made := self._of_layer(change)) is not None:
            self.edits.apply(made, name)

    def preview_layer(self, name: str, change: OfLayer, of: object = None) -> None:
        """Shows it until it rests.

        Args:
            of: what in the layer it is of, if it has several of that name.
        """
        if (made := self._of_layer(change)) is not None and self.layer is not None:
            self.edits.preview(made, name, (self.layer.key, of))

    def set_shapes(self, name: str, change: OfShape) -> None:
        """Makes one edit."""
        if (made := self._of_shapes(lambda _shapes: change)) is not None:
            self.edits.apply(made, name)

    def preview_shapes(self, name: str, change: OfShapes, of: object = None) -> None:
        """Shows it until it rests.

        Args:
            change: given all the shapes as they were before, what becomes of one.
        """
        if (made := self._of_shapes(change)) is not None:
            self.edits.preview(made, name, (frozenset(placed.key for placed in self.shapes), of))

    def _of_layer(self, change: OfLayer) -> Change | None:
        if self.layer is None:
            return None
        key = self.layer.key
        return lambda layers: tuple(change(layer) if layer.key == key else layer for layer in layers)

    def _of_shapes(self, change: OfShapes) -> Change | None:
        from qmap_studio.document.layers import arrange

        if self.layer is None or not self.shapes:
            return None
        key, keys = self.layer.key, frozenset(placed.key for placed in self.shapes)

        def made(layers: Any) -> Any:
            layer = next((layer for layer in layers if layer.key == key), None)
            held = [placed for placed in getattr(layer, "shapes", ()) if placed.key in keys]
            return arrange.with_shapes(layers, key, keys, change(held)) if held else layers

        return made

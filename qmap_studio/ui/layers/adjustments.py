"""The adjustments of a layer: a list in the order in which they are done, each with its sliders."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from qmap_studio.core.language import N_, tr
from qmap_studio.ui.layers.fields import OF_ADJUSTMENTS, Field
from qmap_studio.ui.layers.rows import SliderRow
from qmap_studio.ui.layers.subject import Subject
from qmap_studio.ui.theme import set_icon
from qmap_studio.ui.widgets.parts import heading

if TYPE_CHECKING:
    from qmap_studio.document.layers.adjustments import Adjustment
    from qmap_studio.document.layers.layer import Layer

    Adjustments = tuple[Adjustment, ...]

ADD, REMOVE, ORDER = N_("Add adjustment"), N_("Remove adjustment"), N_("Order of adjustments")


class AdjustmentList(QWidget):
    """Made anew when there are others."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self._subject = subject
        self._sliders: list[SliderRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._head())
        adjustments: Adjustments = subject.layer.adjustments if subject.layer is not None else ()
        for place, adjustment in enumerate(adjustments):
            self._layout.addWidget(self._title(place, adjustment))
            for field in OF_ADJUSTMENTS[type(adjustment).__name__]:
                self._layout.addWidget(self._slider(place, field))

    @property
    def last(self) -> QWidget:
        """Its lowest row."""
        return self._layout.itemAt(self._layout.count() - 1).widget()

    def follow(self) -> None:
        for slider in self._sliders:
            slider.follow()

    def _head(self) -> QWidget:
        add = small_button("plus", tr("Add an adjustment"))
        offer_adjustments(add, self._add)
        return _row(heading(tr("ADJUSTMENTS")), add)

    def _title(self, place: int, adjustment: "Adjustment") -> QWidget:
        name = tr(adjustment.title)
        remove = small_button("close", tr("Remove {name}").format(name=name))
        remove.clicked.connect(partial(self._set, REMOVE, lambda held: (*held[:place], *held[place + 1 :])))
        if place == 0:
            return _row(QLabel(name), remove)
        earlier = small_button("layer_up", tr("{name} earlier").format(name=name))
        earlier.clicked.connect(
            partial(
                self._set, ORDER, lambda held: (*held[: place - 1], held[place], held[place - 1], *held[place + 1 :])
            )
        )
        return _row(QLabel(name), earlier, remove)

    def _slider(self, place: int, field: Field) -> SliderRow:
        def values() -> list[Any]:
            layer = self._subject.layer
            held = layer.adjustments[place : place + 1] if layer is not None else ()
            return [getattr(adjustment, field.name) for adjustment in held]

        def change(value: Any) -> None:
            def changed(held: "Adjustments") -> "Adjustments":
                made = replace(held[place], **{field.name: value})  # type: ignore[type-var]
                return *held[:place], made, *held[place + 1 :]

            self._subject.preview_layer(field.label, partial(_adjusted, changed), (place, field.name))

        slider = SliderRow(field, values, change, self._subject.edits.finish)
        self._sliders.append(slider)
        return slider

    def _add(self, kind: "type[Adjustment]") -> None:
        self._set(ADD, lambda held: (*held, kind()))
        self._subject.edits.adjustment_added.emit()

    def _set(self, name: str, change: "Callable[[Adjustments], Adjustments]", _checked: bool = False) -> None:
        self._subject.set_layer(name, partial(_adjusted, change))


def _adjusted(change: "Callable[[Adjustments], Adjustments]", layer: "Layer") -> "Layer":
    return replace(layer, adjustments=change(layer.adjustments))


def offer_adjustments(button: QToolButton, take: "Callable[[type[Adjustment]], None]") -> None:
    """Lets a button show a menu of the kinds of adjustments."""
    menu = QMenu(button)

    def fill() -> None:
        from qmap_studio.document.project.layer_entries import ADJUSTMENTS

        menu.clear()
        for kind in ADJUSTMENTS.values():
            menu.addAction(tr(kind.title)).triggered.connect(lambda _checked=False, kind=kind: take(kind))

    menu.aboutToShow.connect(fill)  # once there is time to load them
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)


def small_button(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("small")
    button.setToolTip(name)
    button.setAccessibleName(name)
    size = button.iconSize()
    set_icon(button, icon)
    button.setIconSize(size)
    return button


def _row(*parts: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for place, part in enumerate(parts):
        layout.addWidget(part, 0 if place else 1)
    return row

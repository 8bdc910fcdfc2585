"""What a screen reader is told, by Qt's own interfaces to it."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot

from qmap_studio.ui.canvas.bound_legend import BoundLegend
from qmap_studio.ui.canvas.colour_scale import ColourScale
from qmap_studio.ui.panels.comparison import ComparisonPanel
from qmap_studio.ui.panels.figures import COLUMNS, ROWS, UNITS, FiguresPanel, FiguresTable
from qmap_studio.ui.widgets.slider import ValueSlider
from qmap_studio.ui.window import MainWindow
from tests.ui.conftest import FakeEngine, figures, live_result

Text = QAccessible.Text


def told(widget: QWidget) -> str:
    """Everything that is read of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return "\n".join(interface.text(kind) for kind in (Text.Name, Text.Value, Text.Description))


def check_labels(root: QWidget) -> None:
    """Each label that is seen is read with what it says."""
    labels = [label for label in root.findChildren(QLabel) if label.isVisible() and label.pixmap().isNull()]
    assert labels
    silent = [(label.text(), told(label)) for label in labels if label.text() not in told(label)]
    assert not silent


def check_table(table: FiguresTable) -> None:
    for name, unit in zip(ROWS, UNITS, strict=True):
        for region in COLUMNS:
            assert f"{name} {region}: {table.text(name, region)} {unit}".strip() in told(table._cells[name, region])


def test_each_figure_is_read_with_its_name_and_unit(qtbot: QtBot, opened: MainWindow, engine: FakeEngine) -> None:
    for size_bytes, bpp in ((1234, 0.651), (98_765, 2.5)):
        result = figures(size_bytes)
        result = replace(result, overall=replace(result.overall, bpp=bpp, psnr_db=30.125 + bpp))
        with qtbot.waitSignal(opened.controller.live_result_arrived):
            engine.deliver(live_result(engine, result))
        panel = opened.figures
        assert f"Rate: {bpp:.3f} bpp" in told(panel._headline)
        assert f"Size: {size_bytes / 1000:.1f} KB" in told(panel._size)
        assert "Figures: exact" in told(panel._state)
        check_table(panel.table)
        assert f"PSNR Overall: {30.125 + bpp:.2f} dB" in told(panel.table._cells["PSNR", "Overall"])
        check_labels(opened)


def test_what_a_comparison_says_is_read(qtbot: QtBot) -> None:
    panel = ComparisonPanel()
    qtbot.addWidget(panel)
    panel.show()
    for table in panel.tables:
        table.show_figures(figures())
        check_table(table)
    panel._files[1].setText("98,765 bytes")
    assert "Uniform: 98,765 bytes" in told(panel._files[1])
    check_labels(panel)


def test_the_status_line_is_read(opened: MainWindow) -> None:
    opened.actions_by_name["actual"].trigger()
    assert "Zoom: 100 %" in told(opened.status._zoom)
    opened.status.show_pixel("x 3  y 4")
    assert "Pixel under the pointer: x 3  y 4" in told(opened.status._pixel)
    check_labels(opened.status)


def test_sliders_are_read_as_their_fields_show_them(opened: MainWindow) -> None:
    opened.actions_by_name["tool_brush"].trigger()
    for part in opened.findChildren(ValueSlider):
        slider, field = part._slider, part._field
        assert part.name in told(slider)
        part.value = part._low + 0.3 * (part._high - part._low)
        assert field.text() in told(slider)
    quality = next(part for part in opened.options.findChildren(ValueSlider) if part.name == "Quality")
    quality.value = 0.9
    assert quality._slider.value() == 90
    assert "0.90" in told(quality._slider)


@pytest.mark.parametrize("step", [1, -1])
def test_an_arrow_moves_a_slider_as_far_as_its_field_shows(qtbot: QtBot, step: int) -> None:
    slider = ValueSlider("Flow", 0.01, 1, shown_factor=100, suffix=" %")
    qtbot.addWidget(slider)
    slider.value = 0.6
    slider._slider.triggerAction(
        QSlider.SliderAction.SliderSingleStepAdd if step > 0 else QSlider.SliderAction.SliderSingleStepSub
    )
    assert slider.value == pytest.approx(0.6 + step * 0.01)


def test_the_canvas_says_what_it_shows(opened: MainWindow) -> None:
    assert opened.canvas is not None
    workspace = opened.canvas.workspace
    workspace.panes.zoom_to(2.0)
    workspace.panes.show_only(["original", "heat_map"])
    assert "Canvas" in told(workspace)
    assert "160 x 96 pixels at 200 %" in told(workspace)
    assert "Original + quality map, Bits per pixel" in told(workspace)
    workspace.panes.cycle_overlay()
    workspace.panes.cycle_overlay()
    assert "shown: Original, Bits per pixel" in told(workspace)
    assert "Original" in told(workspace.panes.pane("original"))
    workspace.panes.set_approximate(True)
    assert "Bits per pixel · approximate" in told(workspace.panes.pane("heat_map"))


def test_legends_swatches_and_banner_are_read(opened: MainWindow) -> None:
    assert opened.canvas is not None
    panes = opened.canvas.workspace.panes
    scales = [told(scale) for scale in opened.findChildren(ColourScale)]
    assert any("Quality\n" in text and "0, quality, 1" in text for text in scales)
    assert any("Bits per pixel\n" in text and "0.01, 0.1, 1, 10" in text for text in scales)
    opened.controller.edit(lambda document: document.bound_everywhere(2))
    legend = panes.pane("original").findChild(BoundLegend)
    assert "± 2 levels" in told(legend)
    assert "Paints quality 0.90, erases to 0.10" in told(opened.tool_strip.swatches)
    opened.controller.failed.emit("The file is damaged.")
    assert "The file is damaged." in told(opened.banner)


def test_a_panel_without_figures_reads_as_such(qtbot: QtBot) -> None:
    panel = FiguresPanel()
    qtbot.addWidget(panel)
    panel.show_figures(figures(), 1.0)
    panel.clear()
    assert "Rate: –" in told(panel._headline)

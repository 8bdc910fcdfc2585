"""Pictures to save: the heat map with its scale, the comparison with its figures."""

import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from qmap_studio.core.cells import CELL_PX, pixels_of_cells
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.rate import HEAT_TICKS_BPP, heat_level
from qmap_studio.evaluation.metrics import Pixels
from qmap_studio.evaluation.region import RegionFigures
from qmap_studio.recipes.compare import Comparison
from qmap_studio.recipes.figures import MeasuredFile

PAPER, INK = (255, 255, 255), (32, 32, 32)
NARROWEST_PX = 320  # room for the text beside or below a small picture
WIDEST_PX = 12_000  # of a comparison; larger pictures are shown reduced


def heat_map_picture(cell_bits: npt.NDArray[np.float32], height: int, width: int) -> Pixels:
    """uint8 (H + scale, W, 3): bits per pixel of each latent cell as colours, above a scale that names them."""
    bpp = (cell_bits / pixels_of_cells(height, width)).astype(np.float32)
    colours = _colours(heat_level(bpp)).repeat(CELL_PX, axis=0)[:height].repeat(CELL_PX, axis=1)[:, :width]
    font = _font(width)
    line = _line_height(font)
    page = Image.new("RGB", (max(width, NARROWEST_PX), height + 3 * line), PAPER)
    page.paste(Image.fromarray(np.ascontiguousarray(colours)), (0, 0))
    draw = ImageDraw.Draw(page)
    left, right = line, page.width - line
    ramp = _colours(np.linspace(0, 1, right - left, dtype=np.float32)[None, :])
    page.paste(Image.fromarray(ramp).resize((right - left, line)), (left, height + line // 2))
    places = np.linspace(left, right, len(HEAT_TICKS_BPP)).round().tolist()
    for tick, x, anchor in zip(HEAT_TICKS_BPP, places, ("la", "ma", "ma", "ra"), strict=True):
        text = tr("{bpp:g} bits per pixel").format(bpp=tick) if anchor == "ra" else f"{tick:g}"
        draw.text((x, height + line * 3 // 2), text, INK, font, anchor)
    return np.asarray(page)


def comparison_picture(comparison: Comparison, source_name: str | None = None) -> Pixels:
    """uint8: what was coded, with the map, and uniform side by side, the figures below each.

    Args:
        source_name: what was coded, in the language that is chosen; the original without one.
    """
    original = comparison.picture.pixels
    height, width = original.shape[:2]
    step = -(-3 * width // WIDEST_PX)
    column = max(-(-width // step), NARROWEST_PX)
    font = _font(column)
    line = _line_height(font)
    size = tr("{width} x {height} pixels").format(width=width, height=height)
    columns = (
        (original, [source_name or tr("Original"), size]),
        (comparison.with_map.encoding.reconstruction, [tr("With the map"), *_lines(comparison.with_map)]),
        (comparison.uniform.encoding.reconstruction, [tr("Uniform"), *_lines(comparison.uniform)]),
    )
    rows = max(len(lines) for _, lines in columns)
    gap = line // 2
    shown_height = -(-height // step)
    page = Image.new("RGB", (3 * column + 2 * gap, shown_height + rows * line + gap), PAPER)
    draw = ImageDraw.Draw(page)
    for index, (pixels, lines) in enumerate(columns):
        left = index * (column + gap)
        page.paste(Image.fromarray(pixels).reduce(step), (left, 0))
        draw.multiline_text((left + gap, shown_height + gap // 2), "\n".join(lines), INK, font, spacing=line // 4)
    return np.asarray(page)


def _lines(file: MeasuredFile) -> list[str]:
    encoding, figures = file.encoding, file.figures
    size = ngettext(
        "{size_bytes:,} byte, {bpp:.3f} bits per pixel",
        "{size_bytes:,} bytes, {bpp:.3f} bits per pixel",
        encoding.size_bytes,
    )
    lines = [file.quality_text, size.format(size_bytes=encoding.size_bytes, bpp=encoding.file_bpp)]
    for text, region in (
        (tr("Inside: {figures}, {share:.0%} of the bits"), figures.inside),
        (tr("Outside: {figures}, {share:.0%} of the bits"), figures.outside),
    ):
        if region is not None:
            lines.append(text.format(figures=_region_text(region), share=region.share_of_bits))
    return [*lines, tr("Overall: {figures}").format(figures=_region_text(figures.overall))]


def _region_text(region: RegionFigures) -> str:
    if math.isinf(region.psnr_db):
        return tr("identical")
    return f"{region.psnr_db:.2f} dB, MS-SSIM {region.ms_ssim:.4f}"


def _colours(level: npt.NDArray[np.float32]) -> Pixels:
    from matplotlib import colormaps

    colours: Pixels = colormaps["inferno"](np.clip(level, 0, 1), bytes=True)[..., :3]
    return colours


def _font(width: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(12, width // 36))


def _line_height(font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> int:
    return round(font.getbbox("Ag")[3] * 1.35)

"""Pictures that are no photos, made by code: noise, patterns, text, graphics, and a page as a scanner gives it.

Each maker gives uint8 (SIDE, SIDE, 3), the same at every call.
"""

from collections.abc import Callable
from textwrap import fill

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from qmap_studio.core.pictures import Picture

Pixels = NDArray[np.uint8]
SIDE = 256
TEXT = (
    "The quick brown fox jumps over the lazy dog, 0123456789 times. A codec that learned from photos meets letters: "
    "sharp edges on an even ground, which a transform spreads over its whole block. Whoever reads this text in a "
    "reconstruction sees at once what is wrong with it, long before any figure tells. "
)


def _rgb(*channels: NDArray[np.generic] | float) -> Pixels:
    """Three channels, or one for all, rounded to 8 bits."""
    full = np.broadcast_arrays(*(channels * 3 if len(channels) == 1 else channels), np.empty((SIDE, SIDE)))[:3]
    return np.clip(np.rint(np.stack(full, -1)), 0, 255).astype(np.uint8)


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """y and x of each pixel's middle, from the picture's middle."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    return y, x


def _checkers(cell_px: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[:SIDE, :SIDE] // cell_px
    return (y + x) % 2 == 0


def _drawn(draw: Callable[[ImageDraw.ImageDraw], None], ground: str = "white", scale: int = 1) -> Image.Image:
    image = Image.new("RGB", (SIDE * scale, SIDE * scale), ground)
    draw(ImageDraw.Draw(image))
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _font(size_px: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size_px)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


def _words(count: int) -> str:
    """Words in no order: whole lines that repeat would help a codec that finds them again."""
    return " ".join(np.random.default_rng(5).choice(TEXT.split(), count))


def colour_noise() -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def black_and_white_noise() -> Pixels:
    return _rgb(255 * np.random.default_rng(1).integers(0, 2, (SIDE, SIDE)))


def red_and_cyan() -> Pixels:
    return _rgb(255 * (red := _checkers(16)), 255 * ~red, 255 * ~red)


def zone_plate() -> Pixels:
    """Its frequency rises from 0 in the middle to half a period a pixel at the edges."""
    y, x = _grid()
    return _rgb(127.5 + 127.5 * np.cos(np.pi * (x * x + y * y) / SIDE))


def white_pixels() -> Pixels:
    return _rgb(255 * (np.random.default_rng(2).random((SIDE, SIDE)) < 0.01))


def green_dither() -> Pixels:
    level = Image.linear_gradient("L").resize((SIDE, SIDE)).convert("1")
    return _rgb(0, 255 * np.array(level), 0)


def text() -> Pixels:
    return np.array(_drawn(lambda draw: draw.text((6, 4), fill(_words(110), 40), "black", _font(12))))


def coloured_text() -> Pixels:
    def draw(draw: ImageDraw.ImageDraw) -> None:
        colours = ("#ffe14d", "#ff5c5c", "#66e0ff", "#c8ff8a", "white")
        for i, line in enumerate(fill(TEXT, 24).splitlines()):
            draw.text((8, 6 + 22 * i), line, colours[i % len(colours)], _font(18))

    return np.array(_drawn(draw, "#123a7a"))


def chart() -> Pixels:
    t = np.linspace(0, 1, 200)
    curves = {"#d62728": np.exp(-3 * t), "#1f77b4": 0.5 + 0.4 * np.sin(9 * t), "#2ca02c": t**2}

    def draw(draw: ImageDraw.ImageDraw) -> None:
        for i in range(6):
            draw.line((120, 100 + 150 * i, 980, 100 + 150 * i), "#dddddd", 4)
            draw.text((40, 70 + 150 * i), f"{1 - i / 5:.1f}", "black", _font(44))
        for colour, curve in curves.items():
            draw.line(list(zip(120 + 860 * t, 850 - 750 * curve, strict=True)), colour, 8)
        draw.rectangle((620, 120, 960, 320), "white", "black", 4)
        for i, colour in enumerate(curves):
            draw.line((640, 160 + 60 * i, 740, 160 + 60 * i), colour, 8)
            draw.text((760, 130 + 60 * i), f"series {i + 1}", "black", _font(44))
        draw.line((120, 60, 120, 850, 1000, 850), "black", 6)

    return np.array(_drawn(draw, scale=4))


def pixel_art() -> Pixels:
    """Sixteen mirrored figures of 16 x 16, each of their pixels 4 x 4."""
    random = np.random.default_rng(3)
    palette = np.array([[24, 20, 37], [247, 118, 34], [254, 231, 97], [99, 199, 77], [0, 149, 233], [255, 255, 255]])
    halves = random.choice(6, (4, 16, 4, 8), p=(0.5, 0.1, 0.1, 0.1, 0.1, 0.1))
    figures = np.concatenate([halves, halves[..., ::-1]], 3).reshape(64, 64)
    return np.ascontiguousarray(palette[figures].astype(np.uint8).repeat(4, 0).repeat(4, 1))


def halftone() -> Pixels:
    """A ramp of grey as black dots, 8 px apart on a screen of 45 degrees."""
    y, x = _grid()
    screen = (np.cos(2 * np.pi * (x + y) / 11.3) + np.cos(2 * np.pi * (x - y) / 11.3)) / 4 + 0.5
    return _rgb(255 * (screen < (x / SIDE + 0.5)))


def gradient() -> Pixels:
    y, x = _grid() / np.array(SIDE) + 0.5
    return _rgb(255 * x, 255 * y, 255 * (1 - (x + y) / 2))


def colour_wheel() -> Pixels:
    y, x = _grid()
    hue = (np.arctan2(y, x) / (2 * np.pi) % 1 * 255).astype(np.uint8)
    saturation = np.clip(2 * 255 * np.hypot(y, x) / SIDE, 0, 255).astype(np.uint8)
    return np.array(
        Image.merge("HSV", [*map(Image.fromarray, (hue, saturation, np.full_like(hue, 255)))]).convert("RGB")
    )


def siemens_star() -> Pixels:
    y, x = _grid()
    return _rgb(255 * (np.sin(36 * np.arctan2(y, x)) > 0))


def mock_up() -> Pixels:
    """A window with lines of 1 px: a menu, a list, fields and buttons."""

    def draw(draw: ImageDraw.ImageDraw) -> None:
        draw.rectangle((0, 0, 255, 20), "#2b5797")
        draw.text((6, 3), "Settings - Untitled", "white", _font(11))
        draw.rectangle((8, 30, 100, 215), "white", "#a0a0a0")
        for i, row in enumerate(("General", "Colours", "Export", "Network", "Keys", "Plug-ins", "About")):
            draw.rectangle((9, 31 + 18 * i, 99, 48 + 18 * i), "#cce8ff" if i == 2 else "white")
            draw.text((14, 33 + 18 * i), row, "black", _font(11))
            draw.line((9, 49 + 18 * i, 99, 49 + 18 * i), "#e5e5e5")
        for i, row in enumerate(("Name", "Folder", "Size", "Quality")):
            draw.text((110, 32 + 32 * i), row, "#333333", _font(10))
            draw.rectangle((160, 30 + 32 * i, 246, 46 + 32 * i), "white", "#7a7a7a")
            draw.text((164, 32 + 32 * i), f"{(i + 3) * 1237}", "black", _font(10))
        for i in range(3):
            draw.rectangle((112, 166 + 18 * i, 122, 176 + 18 * i), "white", "#7a7a7a")
            draw.line((114, 171 + 18 * i, 117, 174 + 18 * i, 121, 167 + 18 * i), "#0078d7")
            draw.text((128, 165 + 18 * i), "keep the profile", "black", _font(10))
        for i, row in enumerate(("OK", "Cancel")):
            draw.rectangle((120 + 66 * i, 228, 178 + 66 * i, 246), "#e1e1e1", "#0078d7" if i == 0 else "#adadad")
            draw.text((132 + 66 * i, 231), row, "black", _font(10))

    return np.array(_drawn(draw, "#f0f0f0"))


PICTURES: dict[str, Callable[[], Pixels]] = {
    "colour noise": colour_noise,
    "black and white noise": black_and_white_noise,
    "checkers of 1 px": lambda: _rgb(255 * _checkers(1)),
    "checkers of 8 px": lambda: _rgb(255 * _checkers(8)),
    "red and cyan, 16 px": red_and_cyan,
    "zone plate": zone_plate,
    "white pixels, 1 %": white_pixels,
    "green dither": green_dither,
    "text": text,
    "coloured text": coloured_text,
    "chart": chart,
    "pixel art": pixel_art,
    "halftone": halftone,
    "gradient": gradient,
    "colour wheel": colour_wheel,
    "Siemens star": siemens_star,
    "mock-up": mock_up,
}


def photo_with_text(photo: Picture) -> Pixels:
    """The middle of a photo with text burnt in."""
    y, x = (photo.height - SIDE) // 2, (photo.width - SIDE) // 2
    image = Image.fromarray(photo.pixels[y : y + SIDE, x : x + SIDE])
    draw = ImageDraw.Draw(image)
    draw.multiline_text((10, 150), fill(TEXT[:100], 28), "yellow", _font(16), stroke_width=1, stroke_fill="black")
    draw.text((10, 8), "2024-06-01 12:34:56", "white", _font(12))
    return np.array(image)


def scanned_page(width: int = 768, height: int = 1024) -> Pixels:
    """A page of text: slightly turned and blurred, unevenly lit, with noise."""
    image = Image.new("RGB", (width, height), "#f6f2e8")
    draw = ImageDraw.Draw(image)
    draw.text((60, 50), "Of pages and scanners", "#202024", _font(34))
    draw.multiline_text((60, 120), fill(_words(520), 82), "#202024", _font(16), spacing=6)
    image = image.rotate(0.7, Image.Resampling.BICUBIC, fillcolor="#f6f2e8").filter(ImageFilter.GaussianBlur(0.7))
    y, x = np.mgrid[:height, :width] / max(height, width)
    light = 1 - 0.25 * ((x - 0.3) ** 2 + (y - 0.4) ** 2)
    noise = np.random.default_rng(4).normal(0, 3, (height, width, 3))
    return np.clip(np.rint(np.array(image) * light[..., None] + noise), 0, 255).astype(np.uint8)

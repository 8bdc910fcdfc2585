"""The codecs everybody has, to compare with: JPEG, WebP, JPEG 2000 and AVIF, as Pillow writes them."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, features

from qmap_studio.core.language import tr
from qmap_studio.evaluation.metrics import Pixels


@dataclass(frozen=True)
class ClassicalCodec:
    """A codec that Pillow writes, with the settings that make its curve.

    Attributes:
        settings: from small files to large ones; wide enough to cover the intervals of BD-rate and BD-PSNR on Kodak.
        options: what Pillow's save takes for a setting.
        feature: what Pillow must have been built with.
    """

    name: str
    title: str
    format: str
    feature: str
    settings: tuple[int, ...]
    options: Callable[[int], dict[str, Any]]
    description: str

    @property
    def is_available(self) -> bool:
        """Whether this Pillow can write it."""
        return bool(features.check(self.feature))

    @property
    def missing(self) -> str:
        return tr("this Pillow was built without it")

    def encode(self, pixels: Pixels, setting: int) -> bytes:
        """The whole file of a uint8 (H, W, 3) picture, without profile and metadata."""
        file = BytesIO()
        Image.fromarray(pixels).save(file, self.format, **self.options(setting))
        return file.getvalue()

    def decode(self, data: bytes) -> Pixels:
        """uint8 (H, W, 3)."""
        with Image.open(BytesIO(data), formats=[self.format]) as image:
            return np.array(image.convert("RGB"))


CLASSICAL_CODECS = {
    codec.name: codec
    for codec in (
        ClassicalCodec(
            "jpeg", "JPEG", "JPEG", "jpg", (5, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95),
            lambda quality: {"quality": quality}, "Pillow, its defaults (4:2:0)",  # no text: part of the result's file
        ),
        ClassicalCodec(
            "webp", "WebP", "WEBP", "webp", (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95),
            lambda quality: {"quality": quality, "method": 6},
            "Pillow, method 6 (4:2:0)",  # no text: part of the result's file
        ),
        # The setting is the size in hundredths of a bit per pixel: the format takes a ratio to 24 bits.
        ClassicalCodec(
            "jpeg2000", "JPEG 2000",  # no text: a name
            "JPEG2000", "jpg_2000", (10, 15, 22, 32, 45, 65, 90, 125, 170, 230, 300),
            lambda size: {"quality_mode": "rates", "quality_layers": [2400 / size], "irreversible": True, "mct": 1,
                          "no_jp2": True},
            "Pillow, irreversible, one layer",  # no text: part of the result's file
        ),
        ClassicalCodec(
            "avif", "AVIF", "AVIF", "avif", (15, 25, 35, 45, 55, 65, 70, 75, 80, 85, 90),
            lambda quality: {"quality": quality, "subsampling": "4:4:4", "speed": 6},
            "Pillow, 4:4:4, speed 6",  # no text: part of the result's file
        ),
    )
}  # fmt: skip

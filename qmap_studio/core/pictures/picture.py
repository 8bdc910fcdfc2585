"""Pictures in memory: 8-bit RGB pixels with what must travel beside them."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import tr
from qmap_studio.core.pictures.metadata import Metadata
from qmap_studio.core.strip import Strip

MAX_SIDE = 30_000
MAX_PIXELS = 200_000_000


@dataclass(frozen=True)
class Picture:
    """A picture in memory.

    Attributes:
        pixels: uint8 (H, W, 3), as the profile means them (sRGB without one).
        alpha: uint8 (H, W), 255 is opaque, or None.
        icc_profile: the colour profile, byte for byte, or None.
        metadata: what is known about it besides.
        is_grey: one channel when stored; the three channels of pixels are equal.
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None = None
    icc_profile: bytes | None = None
    metadata: Metadata = field(default_factory=Metadata)
    is_grey: bool = False

    def stripped(self, strip: Strip) -> "Picture":
        """The same with less metadata."""
        return replace(self, metadata=self.metadata.stripped(strip))

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def size_pixels(self) -> int:
        return self.height * self.width


def check_size(width: int, height: int, name: Path | str) -> None:
    """Refuses a picture that is larger than the program can hold, or empty.

    Raises:
        ImageError: with both the limit and what was found.
    """
    if width < 1 or height < 1:
        raise ImageError(tr("{name} has no pixels ({width} x {height}).").format(name=name, width=width, height=height))
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise ImageError(
            tr(
                "{name} is too large: {width} x {height} pixels; at most {max_side} a side and {megapixels} "
                "megapixels can be opened."
            ).format(name=name, width=width, height=height, max_side=MAX_SIDE, megapixels=MAX_PIXELS // 10**6)
        )

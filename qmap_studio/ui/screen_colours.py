"""What a colour profile means, in the colours of the screen, which are taken to be sRGB."""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColorSpace, QImage

_SCREEN = QColorSpace(QColorSpace.NamedColorSpace.SRgb)


def on_screen(pixels: np.ndarray, icc_profile: bytes | None) -> np.ndarray:
    """Pixels as they are shown, uint8 (H, W, 3); those given where the profile is none, sRGB or unknown to Qt.

    Args:
        pixels: uint8 (H, W, 3), as the profile means them; with a profile of grey the three channels are equal.
    """
    space = _space(icc_profile) if icc_profile else None
    if space is None or pixels.size == 0:
        return pixels
    is_grey = space.colorModel() == QColorSpace.ColorModel.Gray
    values = np.ascontiguousarray(pixels[..., 0] if is_grey else pixels)
    form = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB888
    image = QImage(values.data, values.shape[1], values.shape[0], values.strides[0], form)
    image.setColorSpace(space)
    shown = image.convertedToColorSpace(_SCREEN, QImage.Format.Format_RGB888)
    rows = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), shown.bytesPerLine())
    return rows[:, : 3 * shown.width()].reshape(pixels.shape).copy()  # the memory is the image's


@lru_cache(maxsize=4)
def _space(icc_profile: bytes) -> QColorSpace | None:
    """What a profile describes; None where nothing is to be converted."""
    if icc_profile[36:40] != b"acsp":  # Qt would print a warning
        return None
    space = QColorSpace.fromIccProfile(QByteArray(icc_profile))
    known = (QColorSpace.ColorModel.Rgb, QColorSpace.ColorModel.Gray)
    if not space.isValid() or space.colorModel() not in known:
        return None
    return None if space.transformationToColorSpace(_SCREEN).isIdentity() else space

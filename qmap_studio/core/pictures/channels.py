"""A decoded image of any of Pillow's modes as RGB and alpha of 8 bits."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from qmap_studio.core.pictures.scaling import Scale, scale_of, to_bytes

_DEEP_GREY = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
GREY_MODES = ("1", "L", "LA", "La", *_DEEP_GREY)


def channels(image: Image.Image, name: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Its pixels, uint8 (H, W, 3), and its alpha, uint8 (H, W), or None.

    Raises:
        ImageError: deep grey values have no scale.
    """
    if image.mode in _DEEP_GREY:
        return _deep_grey_channels(image, name)
    if image.mode == "LAB":
        image = _lab_to_srgb(image)
    if image.mode not in ("RGB", "RGBA", "L", "LA"):
        # Pre-multiplied alpha ("La", "RGBa") converts to plain alpha first.
        image = image.convert({"La": "LA", "RGBa": "RGBA", "1": "L"}.get(image.mode, _colour_mode(image)))
    if image.mode in ("L", "RGB") and image.has_transparency_data:
        image = image.convert("LA" if image.mode == "L" else "RGBA")
    values = np.asarray(image)
    if image.mode in ("L", "LA"):
        grey = values if image.mode == "L" else values[..., 0]
        pixels = np.repeat(grey[..., None], 3, axis=2)
    else:
        pixels = np.ascontiguousarray(values[..., :3])
    alpha = np.ascontiguousarray(values[..., -1]) if image.mode in ("LA", "RGBA") else None
    return pixels, alpha


def upright(values: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Applies an EXIF orientation, 1 to 8; anything else means upright."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def _colour_mode(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _deep_grey_channels(image: Image.Image, name: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Grey of more than 8 bits: 16-bit integers, or floats."""
    values = np.asarray(image)
    scale = scale_of(values, name) if image.mode == "F" else Scale(65535)
    if image.mode == "I" and not 0 <= values.min() <= values.max() <= 65535:
        scale = scale_of(values, name)
    grey = to_bytes(values[..., None], scale)
    transparent = image.info.get("transparency")
    alpha = None
    if isinstance(transparent, int):
        alpha = np.where(values == transparent, 0, 255).astype(np.uint8)
    return np.repeat(grey, 3, axis=2), alpha


def _lab_to_srgb(image: Image.Image) -> Image.Image:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    converted = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
    assert converted is not None  # only a conversion in place gives nothing
    return converted

"""Rasters made by hand, as the bytes of files."""

from io import BytesIO

import numpy as np
from PIL import Image


def picture(values, kind="PNG", palette=None, **options):
    """Of (H, W) or (H, W, C) values; with a palette of colours they are its numbers."""
    image = Image.fromarray(np.asarray(values))
    if palette is not None:
        image = Image.fromarray(np.asarray(values, np.uint8), "P")
        image.putpalette([channel for colour in palette for channel in colour])
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def npy(values):
    content = BytesIO()
    np.save(content, values)
    return content.getvalue()


def pfm(values, order="<"):
    """Rows from below."""
    height, width = values.shape
    scale = "-1.0" if order == "<" else "1.0"
    return f"Pf\n{width} {height}\n{scale}\n".encode() + values[::-1].astype(f"{order}f4").tobytes()


def labels(height=400, width=500, dtype=np.uint8, values=(1, 2)):
    """Two areas of the first value, one of the second, on 0."""
    pixels = np.zeros((height, width), dtype)
    pixels[20:60, 30:80] = pixels[100:150, 30:80] = values[0]
    pixels[200:300, 250:400] = values[1]
    return pixels


def bumps(height=400, width=500):
    """A smooth heat map from 0 to 1."""
    rows, columns = np.mgrid[0:height, 0:width]
    near = np.exp(-((rows - 100) ** 2 + (columns - 300) ** 2) / 5000)
    return (near + 0.5 * np.exp(-((rows - 300) ** 2 + (columns - 100) ** 2) / 20000)).clip(0, 1)

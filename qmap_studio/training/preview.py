"""A sheet of training maps: crops of the training pictures above the maps of each kind that are drawn for them."""

import io

import numpy as np
import torch
from PIL import Image, ImageDraw

from qmap_studio.training.data import PictureSet
from qmap_studio.training.maps import KINDS, random_maps

GAP = 4
TITLE = 14


def draw_maps(pictures: PictureSet, *, columns: int = 6, size: int = 256, seed: int = 1) -> bytes:
    """A PNG with a row of crops, and under it a row of maps for each kind; white is quality 1.

    Args:
        size: of a crop in pixels; it is shown at half of that.
    """
    torch.manual_seed(seed)
    pixels, labels = pictures.crops(columns, size, torch.Generator().manual_seed(seed))
    rows = {"pictures": pixels.cpu().numpy()}
    for kind in KINDS:
        maps = random_maps(labels, tuple(float(kind == other) for other in KINDS))
        rows[kind] = np.rint(255.0 * maps[:, 0].cpu().numpy()).astype(np.uint8)
    side = size // 2
    sheet = Image.new("RGB", (columns * (side + GAP) + GAP, len(rows) * (TITLE + side + GAP)), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (title, images) in enumerate(rows.items()):
        top = i * (TITLE + side + GAP)
        draw.text((GAP, top), title, fill="black")
        for j, image in enumerate(images):
            sheet.paste(Image.fromarray(image).resize((side, side)), (GAP + j * (side + GAP), top + TITLE))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()

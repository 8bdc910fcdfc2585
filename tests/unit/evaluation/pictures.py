"""Small pictures that are the same everywhere, and a codec that needs no weights."""

from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
from PIL import Image

from qmap_studio.codec import Decoding, Encoding
from qmap_studio.codec.common.alpha import pack_alpha, unpack_alpha
from qmap_studio.codec.common.container import SfcFile, pack, unpack
from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.cells import MAX_LEVEL, cells_across, pixels_of_cells
from qmap_studio.core.pictures import Picture
from qmap_studio.evaluation.metrics import mean_squared_error, ms_ssim
from qmap_studio.evaluation.region import Part, cell_counts, figures_of


def waves(height, width):
    """A picture with structure at several scales."""
    y, x = np.mgrid[:height, :width]
    channels = [128 + 60 * np.sin(x / a) * np.cos(y / b) + 40 * np.sin(x * y / c) for a, b, c in
                ((9, 14, 900), (21, 6, 1500), (4, 33, 500))]  # fmt: skip
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def posterised(pixels, step):
    """The picture with its values rounded down to multiples of a step."""
    return (pixels // step * step).astype(np.uint8)


def measure(original, reconstruction, cell_bits, region=None, *, size_bytes=None):
    """The figures of a picture that is measured as a whole; the program measures it block by block."""

    def part(pixels):
        return Part(
            inside=pixels_of_cells(*original.shape[:2]) if pixels is None else cell_counts(pixels),
            mean_squared_error=mean_squared_error(original, reconstruction, pixels),
            ms_ssim=ms_ssim(original, reconstruction, pixels),
        )

    parts = [] if region is None else [part(region), part(~region)]
    return figures_of(original.shape[:2], cell_bits, part(None), *parts, size_bytes=size_bytes)


@dataclass
class JpegCodec:
    """Behaves like a learned codec; its .sfc files hold a JPEG of the map's mean quality as their only stream.

    Pixels with an error bound lie beside it as they are. Whether files were to be thorough it keeps in `thorough`.
    """

    model_id: str = "jpeg"
    weights_hash: bytes = b"unlearnt"
    device: str = "cpu"
    notices: list = field(default_factory=list)
    thorough: list[bool] = field(default_factory=list)

    def encode(self, picture, quality_map, *, bounds=None, base_offset=0, thorough=False, checkpoint=None):
        self.thorough.append(thorough)
        if checkpoint is not None:
            checkpoint(0.5)
        quality = min(max(float(quality_map.mean()) + base_offset / MAX_LEVEL, 0.0), 1.0)
        file = BytesIO()
        Image.fromarray(picture.pixels).save(file, "JPEG", quality=round(5 + 90 * quality))
        is_kept = np.zeros(picture.pixels.shape[:2], bool) if bounds is None else bounds < UNBOUNDED
        rows, columns = cells_across(picture.height), cells_across(picture.width)
        sfc = SfcFile(
            width=picture.width,
            height=picture.height,
            is_grey=picture.is_grey,
            model_id=self.model_id,
            weights_hash=self.weights_hash,
            base_quality=round(quality * MAX_LEVEL),
            streams=(file.getvalue(),),
            kept=picture.pixels[is_kept].tobytes(),
            alpha=None if picture.alpha is None else pack_alpha(picture.alpha),
            icc_profile=picture.icc_profile,
            metadata=picture.metadata,
        )
        data = pack(sfc)
        bits = np.full((rows, columns), len(data) * 8 / (rows * columns), np.float32)
        shown = np.where(is_kept[..., None], picture.pixels, _decoded(file.getvalue()))
        return Encoding(shown, bits, np.full((rows, columns), quality, np.float32), data)

    def estimate_bytes(self, picture, quality_map, *, bounds=None, base_offset=0, checkpoint=None):
        encoding = self.encode(picture, quality_map, bounds=bounds, base_offset=base_offset, checkpoint=checkpoint)
        return encoding.size_bytes

    def decode(self, data, *, checkpoint=None):
        file = unpack(data)
        alpha = None if file.alpha is None else unpack_alpha(file.alpha, file.height, file.width)
        picture = Picture(_decoded(file.streams[0]), alpha, file.icc_profile, file.metadata, file.is_grey)
        cells = np.zeros((cells_across(file.height), cells_across(file.width)), np.float32)
        return Decoding(picture, cells, cells, self.model_id, len(data))


def _decoded(data):
    with Image.open(BytesIO(data)) as image:
        return np.array(image)

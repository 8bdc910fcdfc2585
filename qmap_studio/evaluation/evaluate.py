"""Rate-distortion of the learned codec over a folder of pictures, from the bytes of real files."""

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qmap_studio.core.errors import ImageError
from qmap_studio.core.picture import Picture, read_picture
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.core.resources import sample_photo_path

from .classical import CLASSICAL_CODECS, ClassicalCodec
from .metrics import Pixels, ms_ssim, psnr_db
from .rd import HIGH_DB, LOW_DB, RdCurve, RdPoint, bd_rates, read_anchors

if TYPE_CHECKING:
    from qmap_studio.codec import Codec

QUALITIES = tuple(step / 10 for step in range(11))
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".ppm")
_KODAK_NAMES = {f"kodim{number:02d}.png" for number in range(1, 25)}

# Called between pictures with the fraction done and what is being done; may raise to stop.
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Sample:
    """One picture at one setting of a codec; a lossless one has a PSNR of infinity."""

    setting: float
    size_bytes: int
    bpp: float
    psnr_db: float
    ms_ssim: float


@dataclass(frozen=True)
class Measured:
    """A codec over all pictures.

    Attributes:
        settings: of the codec, in order.
        samples: by picture name, one for each setting.
        encode_s: seconds a picture took on average, and decode_s the same.
    """

    name: str
    description: str
    settings: tuple[float, ...]
    samples: dict[str, tuple[Sample, ...]]
    encode_s: float
    decode_s: float

    @property
    def curve(self) -> RdCurve:
        """Averages over the pictures, one point a setting."""
        columns = zip(*self.samples.values(), strict=True)
        return RdCurve(self.name, tuple(_averaged(column) for column in columns), "measured here")


@dataclass(frozen=True)
class Evaluation:
    """The learned codec, the classical ones beside it, and published curves where they apply.

    Attributes:
        model_id, weights_hash: of the learned codec.
        sample: the learned codec on the program's own sample photo, so that anyone can measure a figure again.
        anchors: published curves; empty unless the pictures are the 24 of Kodak that they are about.
        notices: what a reader must know, in sentences.
    """

    model_id: str
    weights_hash: bytes
    learned: Measured
    sample: Measured
    classical: tuple[Measured, ...]
    anchors: tuple[RdCurve, ...]
    notices: tuple[str, ...]

    @property
    def bd_rates_to_anchors(self) -> dict[str, float | None]:
        """BD-rates in percent by the published codec's name; None where a curve is too short."""
        return bd_rates(self.learned.curve, self.anchors)

    @property
    def bd_rates_to_classical(self) -> dict[str, float | None]:
        """BD-rates in percent by the name of a codec measured here; None where a curve is too short."""
        return bd_rates(self.learned.curve, (measured.curve for measured in self.classical))

    def to_json(self) -> str:
        """Everything that was measured; null stands for an infinite or missing number."""
        result = {
            "protocol": "PSNR of 8-bit RGB, MS-SSIM of RGB and bpp of the whole file, each averaged over the pictures; "
            "BD-rate by PCHIP over log10(bpp) on one fixed interval",
            "command": "qmap-studio evaluate FOLDER -o RESULT.json",
            "model": self.model_id,
            "weights": self.weights_hash.hex(),
            "notices": self.notices,
            "interval_db": [LOW_DB, HIGH_DB],
            "bd_rate_percent": {"published": self.bd_rates_to_anchors, "measured_here": self.bd_rates_to_classical},
            "learned": _as_dict(self.learned),
            "sample_photo": _as_dict(self.sample),
            "classical": [_as_dict(measured) for measured in self.classical],
        }
        return json.dumps(_finite(result), indent=1, allow_nan=False) + "\n"


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder, by name.

    Raises:
        ImageError: it is no folder, cannot be read, or has no pictures.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file())
    except FileNotFoundError as error:
        raise ImageError(f"{folder} does not exist; a folder of pictures was expected.") from error
    except NotADirectoryError as error:
        raise ImageError(f"{folder} is a file; a folder of pictures was expected.") from error
    except OSError as error:
        raise ImageError(f"{folder} cannot be read: {error.strerror}.") from error
    if not paths:
        raise ImageError(f"{folder} has no pictures ({', '.join(PICTURE_SUFFIXES)}).")
    return paths


def evaluate_folder(
    folder: Path,
    codec: "Codec",
    *,
    qualities: Sequence[float] = QUALITIES,
    against: Iterable[str] = (),
    progress: Progress = lambda fraction, text: None,
) -> Evaluation:
    """Encodes every picture at uniform qualities, decodes the file again, and measures.

    Args:
        folder: its pictures count without alpha, profile and metadata.
        against: names of classical codecs to measure on the same pictures.
    Raises:
        ImageError: the folder has no pictures, or one of them cannot be read.
    """
    paths = pictures_in(folder)
    notices = list(codec.notices)
    classical = []
    for name in against:
        if CLASSICAL_CODECS[name].is_available:
            classical.append(CLASSICAL_CODECS[name])
        else:
            notices.append(f"{CLASSICAL_CODECS[name].title} is left out: this Pillow was built without it.")
    is_kodak = {path.name.lower() for path in paths} == _KODAK_NAMES
    if not is_kodak:
        notices.append(
            "Published curves are left out: they are about the 24 pictures of Kodak (kodim01.png to kodim24.png)."
        )

    learned = _Measuring(f"qmap-studio {codec.model_id}", f"uniform quality maps, on {codec.device}", tuple(qualities))
    others = [_Measuring(other.name, other.description, tuple(map(float, other.settings))) for other in classical]
    for number, path in enumerate(paths):
        progress(number / len(paths), f"{path.name}, {number + 1} of {len(paths)}")
        full = read_picture(path)
        picture = Picture(full.pixels, is_grey=full.is_grey)

        def step(fraction: float, name: str = path.name, number: int = number) -> None:
            progress((number + fraction) / len(paths), f"{name}, {number + 1} of {len(paths)}")

        for index, quality in enumerate(qualities):
            step(index / (len(qualities) + len(others)))
            learned.add(path.name, picture.pixels, quality, *_learned_coder(codec, picture, quality))
        for index, (measuring, other) in enumerate(zip(others, classical, strict=True)):
            step((len(qualities) + index) / (len(qualities) + len(others)))
            for setting in other.settings:
                measuring.add(path.name, picture.pixels, setting, *_classical_coder(other, picture, setting))
    sample, photo = _Measuring(learned.name, learned.description, tuple(qualities)), sample_photo()
    for quality in qualities:
        sample.add("sample photo", photo.pixels, quality, *_learned_coder(codec, photo, quality))
    progress(1.0, "done")
    return Evaluation(
        codec.model_id,
        codec.weights_hash,
        learned.result(),
        sample.result(),
        tuple(other.result() for other in others),
        read_anchors() if is_kodak else (),
        tuple(notices),
    )


def sample_photo() -> Picture:
    """The program's sample photo, without profile and metadata."""
    return Picture(read_picture(sample_photo_path()).pixels)


Coder = tuple[Callable[[], bytes], Callable[[bytes], Pixels]]


def _learned_coder(codec: "Codec", picture: Picture, quality: float) -> Coder:
    quality_map = np.full((picture.height, picture.width), quality, np.float32)
    return lambda: codec.encode(picture, quality_map).data, lambda data: codec.decode(data).picture.pixels


def _classical_coder(codec: ClassicalCodec, picture: Picture, setting: int) -> Coder:
    return lambda: codec.encode(picture.pixels, setting), codec.decode


class _Measuring:
    """Collects the samples of a codec."""

    def __init__(self, name: str, description: str, settings: tuple[float, ...]) -> None:
        self.name, self.description, self._settings = name, description, settings
        self._samples: dict[str, list[Sample]] = {}
        self._encode_s: list[float] = []
        self._decode_s: list[float] = []

    def add(
        self, name: str, pixels: Pixels, setting: float, encode: Callable[[], bytes], decode: Callable[[bytes], Pixels]
    ) -> None:
        start = time.perf_counter()
        data = encode()
        encoded = time.perf_counter()
        decoded_pixels = decode(data)
        decoded = time.perf_counter()
        self._encode_s.append(encoded - start)
        self._decode_s.append(decoded - encoded)
        sample = Sample(
            float(setting),
            len(data),
            bits_per_pixel(len(data), *pixels.shape[:2]),
            psnr_db(pixels, decoded_pixels),
            ms_ssim(pixels, decoded_pixels),
        )
        self._samples.setdefault(name, []).append(sample)

    def result(self) -> Measured:
        return Measured(
            self.name,
            self.description,
            self._settings,
            {name: tuple(samples) for name, samples in self._samples.items()},
            float(np.mean(self._encode_s)),
            float(np.mean(self._decode_s)),
        )


def _averaged(samples: Sequence[Sample]) -> RdPoint:
    def mean(values: Iterable[float]) -> float:
        return float(np.mean(list(values)))

    return RdPoint(
        mean(sample.bpp for sample in samples),
        mean(sample.psnr_db for sample in samples),
        mean(sample.ms_ssim for sample in samples),
    )


def _as_dict(measured: Measured) -> dict[str, Any]:
    points = zip(measured.settings, measured.curve.points, strict=True)
    return {
        "name": measured.name,
        "description": measured.description,
        "encode_s": round(measured.encode_s, 4),
        "decode_s": round(measured.decode_s, 4),
        "points": [{"setting": setting, **vars(point)} for setting, point in points],
        "pictures": {name: [vars(sample) for sample in samples] for name, samples in measured.samples.items()},
    }


def _finite(value: Any) -> Any:
    """The same with None for every infinity and NaN, which JSON cannot hold."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

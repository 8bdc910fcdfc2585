"""What was measured of codecs over a set of pictures."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qmap_studio.evaluation.rd import HIGH_DB, LOW_DB, RdCurve, RdPoint, bd_rates


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
            "protocol": "PSNR of 8-bit RGB, MS-SSIM of RGB and bpp of the whole file, "  # no text: part of the file
            "each averaged over the pictures; BD-rate by PCHIP over log10(bpp) on one fixed interval",
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

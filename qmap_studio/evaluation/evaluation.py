"""What was measured of codecs over a set of pictures."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qmap_studio.evaluation.bjontegaard import (
    INTERVAL_BPP,
    INTERVAL_DB,
    Comparison,
    bd_psnr,
    bd_rate,
    shared_interval,
)
from qmap_studio.evaluation.protocol import Protocol
from qmap_studio.evaluation.rd import Interval, RdCurve, RdPoint


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
        protocol: how all of it was measured.
        model_id, weights_hash: of the learned codec.
        sample: the learned codec on the program's own sample photo, so that anyone can measure a figure again.
        anchors: published curves; empty unless the pictures are the 24 of Kodak that they are about.
        notices: what a reader must know, in sentences.
        thorough: how the learned codec encoded.
    """

    protocol: Protocol
    model_id: str
    weights_hash: bytes
    learned: Measured
    sample: Measured
    classical: tuple[Measured, ...]
    anchors: tuple[RdCurve, ...]
    notices: tuple[str, ...]
    thorough: bool = False

    @property
    def interval_db(self) -> Interval:
        """Of the BD-rates: the fixed one, or what all curves measured here share if one does not cover it."""
        return shared_interval((curve.range_db for curve in self._curves), INTERVAL_DB)

    @property
    def interval_bpp(self) -> Interval:
        """Of the BD-PSNRs, chosen alike."""
        return shared_interval((curve.range_bpp for curve in self._curves), INTERVAL_BPP)

    @property
    def published(self) -> tuple[Comparison, ...]:
        """The learned codec's distance from the published curves."""
        return tuple(self._compared(anchor) for anchor in self.anchors)

    @property
    def measured_here(self) -> tuple[Comparison, ...]:
        """The learned codec's distance from the classical ones beside it."""
        return tuple(self._compared(measured.curve) for measured in self.classical)

    @property
    def _curves(self) -> tuple[RdCurve, ...]:
        return tuple(measured.curve for measured in (self.learned, *self.classical))

    def _compared(self, anchor: RdCurve) -> Comparison:
        curve = self.learned.curve
        return Comparison(anchor, bd_rate(curve, anchor, self.interval_db), bd_psnr(curve, anchor, self.interval_bpp))

    def to_json(self) -> str:
        """Everything that was measured; null stands for an infinite or missing number."""
        result = {
            "protocol": self.protocol.text,
            "command": f"qmap-studio evaluate FOLDER -o RESULT.json{self.protocol.option}"
            + (" --thorough" if self.thorough else ""),
            "model": self.model_id,
            "weights": self.weights_hash.hex(),
            "notices": self.notices,
            "interval_db": self.interval_db,
            "interval_bpp": self.interval_bpp,
            "bd_rate_percent": {
                "published": {other.anchor.name: other.bd_rate_percent for other in self.published},
                "measured_here": {other.anchor.name: other.bd_rate_percent for other in self.measured_here},
            },
            "bd_psnr_db": {
                "published": {other.anchor.name: other.bd_psnr_db for other in self.published},
                "measured_here": {other.anchor.name: other.bd_psnr_db for other in self.measured_here},
            },
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

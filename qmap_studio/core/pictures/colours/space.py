"""Colour spaces as files describe them: by primaries and a transfer function (ITU-T H.273)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.language import tr

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]

REFERENCE_WHITE_NITS = 203  # of PQ and HLG: ITU-R BT.2408
HLG_PEAK_NITS = 1000
HLG_SYSTEM_GAMMA = 1.2  # at that peak: ITU-R BT.2100

_D50 = (0.3457, 0.3585)
_D65 = (0.3127, 0.3290)
_C = (0.310, 0.316)
_TOLERANCE_XY = 0.005  # closer chromaticities are told the same name
_TOLERANCE_GAMMA = 0.05  # a share; a closer exponent is not seen


@dataclass(frozen=True)
class Primaries:
    """CIE xy of white, red, green and blue; `name` is a term that every language keeps, or empty."""

    white: tuple[float, float]
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    name: str = ""

    @property
    def array(self) -> Floats:
        """float64 (4, 2)."""
        return np.array([self.white, self.red, self.green, self.blue])

    @property
    def known(self) -> "Primaries":
        """These, or those with a name that they are close to."""
        closest = min(KNOWN_PRIMARIES, key=self._distance)
        return closest if self._distance(closest) <= _TOLERANCE_XY else self

    def to_xyz(self) -> Floats:
        """The matrix from linear RGB to XYZ, float64 (3, 3); white has Y = 1.

        Raises:
            ValueError: no light makes white out of them.
        """
        if not ((self.array >= 0) & (self.array <= 1)).all() or self.white[1] == 0:
            raise ValueError("chromaticities outside of 0 to 1")
        columns = _with_z(self.array[1:]).T
        if abs(np.linalg.det(columns)) < 1e-4:
            raise ValueError("primaries on one line")
        amounts = np.linalg.solve(columns, _with_z(self.array[0]) / self.white[1])
        if (amounts <= 0).any():
            raise ValueError("white outside of the primaries")
        return np.asarray(columns * amounts)

    def to_srgb(self) -> Floats:
        """The matrix from linear RGB to that of sRGB, float64 (3, 3); white stays white (Bradford)."""
        bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
        here, there = self.to_xyz(), BT709.to_xyz()
        gains = (bradford @ there.sum(axis=1)) / (bradford @ here.sum(axis=1))
        return np.asarray(np.linalg.inv(there) @ np.linalg.inv(bradford) @ np.diag(gains) @ bradford @ here)

    def _distance(self, other: "Primaries") -> float:
        return float(np.abs(self.array - other.array).max())


@dataclass(frozen=True)
class Transfer:
    """How stored values stand for light.

    Attributes:
        to_linear: from values of 0 to 1 to light, where 1 is white; for HLG light of the scene, 1 the brightest.
        gamma: the exponent, where it is a plain power.
    """

    name: str
    to_linear: Curve
    gamma: float | None = None

    @property
    def is_like_srgb(self) -> bool:
        """Shown as it is: sRGB, the curves of BT.709 and its like (as browsers do), and a gamma close to 2.2."""
        return self is SRGB_CURVE or (self.gamma is not None and abs(self.gamma / 2.2 - 1) < _TOLERANCE_GAMMA)


@dataclass(frozen=True)
class ColourSpace:
    """A colour space; `is_narrow` says that black is 16/255 and white 235/255."""

    primaries: Primaries
    transfer: Transfer
    is_narrow: bool = False

    @property
    def name(self) -> str:
        """As people call it, such as "BT.2020 PQ"."""
        primaries = self.primaries.name or tr("its own primaries")
        transfer = self.transfer
        if transfer.gamma is None:
            curve = transfer.name
        else:
            curve = tr("linear") if transfer.gamma == 1 else tr("gamma {gamma:.2g}").format(gamma=transfer.gamma)
        return f"{primaries} {curve}".strip()

    @property
    def is_srgb(self) -> bool:
        """Whether its pixels are those of sRGB, as near as is seen."""
        return self.primaries.known is BT709 and self.transfer.is_like_srgb and not self.is_narrow

    @property
    def is_hdr(self) -> bool:
        return self.transfer in (PQ, HLG)


def power(gamma: float) -> Transfer:
    """Light is the value to the power of gamma."""
    return Transfer("", lambda values: values**gamma, gamma)


def space_of_codes(primaries: int, transfer: int, is_narrow: bool = False) -> ColourSpace | None:
    """What codes of ITU-T H.273 mean; unspecified ones (2) mean those of sRGB. None where they are unknown."""
    known = _PRIMARIES.get(primaries), _TRANSFERS.get(transfer)
    return None if known[0] is None or known[1] is None else ColourSpace(known[0], known[1], is_narrow)


def srgb_encoded(light: Floats) -> Floats:
    """Light as values of sRGB, both 0 to 1."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 0) ** (1 / 2.4) - 0.055)


def pq_encoded(nits: Floats) -> Floats:
    """Light of 0 to 10000 cd/m² as values of 0 to 1 (SMPTE ST 2084)."""
    powered = (nits / 10000) ** _PQ_M1
    return np.asarray(((_PQ_C1 + _PQ_C2 * powered) / (1 + _PQ_C3 * powered)) ** _PQ_M2)


def pq_nits(values: Floats) -> Floats:
    """The light in cd/m² of values of 0 to 1 (SMPTE ST 2084)."""
    powered = values ** (1 / _PQ_M2)
    return np.asarray(10000 * (np.maximum(powered - _PQ_C1, 0) / (_PQ_C2 - _PQ_C3 * powered)) ** (1 / _PQ_M1))


_PQ_M1, _PQ_M2 = 2610 / 16384, 2523 / 4096 * 128
_PQ_C1, _PQ_C2, _PQ_C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def _srgb_light(values: Floats) -> Floats:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _hlg_light(values: Floats) -> Floats:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)


def _log_light(decades: float) -> Curve:
    return lambda values: np.where(values > 0, 10 ** (decades * (values - 1)), 0)


def _with_z(xy: Floats) -> Floats:
    return np.concatenate([xy, 1 - xy.sum(axis=-1, keepdims=True)], axis=-1)


SRGB_CURVE = Transfer("", _srgb_light)
PQ = Transfer("PQ", lambda values: pq_nits(values) / REFERENCE_WHITE_NITS)
HLG = Transfer("HLG", _hlg_light)
_LOG_100 = Transfer("log 100:1", _log_light(2))
_LOG_316 = Transfer("log 316:1", _log_light(2.5))
_ST_428 = Transfer("ST 428", lambda values: values**2.6 * (52.37 / 48))  # no text: a name

BT709 = Primaries(_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06), "BT.709")
BT2020 = Primaries(_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046), "BT.2020")
ADOBE_RGB = Primaries(_D65, (0.64, 0.33), (0.21, 0.71), (0.15, 0.06), "Adobe RGB")  # no text: a name
PROPHOTO = Primaries(_D50, (0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), "ProPhoto RGB")  # no text: a name
_NTSC = Primaries(_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08), "BT.470 M")  # no text: a name
_PAL = Primaries(_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06), "BT.601 625")  # no text: a name
_SMPTE_C = Primaries(_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070), "BT.601 525")  # no text: a name
_FILM = Primaries(_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049), "H.273 film")  # no text: a name
_XYZ = Primaries((1 / 3, 1 / 3), (1, 0), (0, 1), (0, 0), "XYZ")
_DCI_P3 = Primaries((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060), "DCI-P3")
_DISPLAY_P3 = Primaries(_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060), "Display P3")  # no text: a name
_EBU_3213 = Primaries(_D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077), "EBU 3213")  # no text: a name

KNOWN_PRIMARIES = (
    BT709, BT2020, ADOBE_RGB, PROPHOTO, _NTSC, _PAL, _SMPTE_C, _FILM, _XYZ, _DCI_P3, _DISPLAY_P3, _EBU_3213,
)  # fmt: skip

# The codes of H.273, tables 2 and 3.
_PRIMARIES = {
    1: BT709, 2: BT709, 4: _NTSC, 5: _PAL, 6: _SMPTE_C, 7: _SMPTE_C, 8: _FILM, 9: BT2020, 10: _XYZ, 11: _DCI_P3,
    12: _DISPLAY_P3, 22: _EBU_3213,
}  # fmt: skip
_TRANSFERS = {
    **dict.fromkeys((1, 2, 6, 7, 11, 12, 13, 14, 15), SRGB_CURVE),
    4: power(2.2), 5: power(2.8), 8: power(1), 9: _LOG_100, 10: _LOG_316, 16: PQ, 17: _ST_428, 18: HLG,
}  # fmt: skip

"""Rate-distortion of the learned codec over a folder of pictures, from the bytes of real files."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from qmap_studio.codec import Codec
from qmap_studio.core.errors import ImageError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.pictures import Picture, load_picture, read_picture
from qmap_studio.core.rate import bits_per_pixel
from qmap_studio.core.resources import sample_photo_path
from qmap_studio.evaluation.classical import CLASSICAL_CODECS, ClassicalCodec
from qmap_studio.evaluation.evaluation import Evaluation, Measured, Sample
from qmap_studio.evaluation.metrics import Pixels, ms_ssim
from qmap_studio.evaluation.protocol import UNIFORM, Protocol
from qmap_studio.evaluation.rd import read_anchors
from qmap_studio.evaluation.region_hevc import REGION_CODECS, RegionHevc
from qmap_studio.evaluation.similarity import ALL_SCALES_SIDE, SCALES
from qmap_studio.recipes.encode import encode
from qmap_studio.recipes.folders import pictures_in

_OTHERS: dict[str, ClassicalCodec | RegionHevc] = {**CLASSICAL_CODECS, **REGION_CODECS}
_KODAK_NAMES = {f"kodim{number:02d}.png" for number in range(1, 25)}

# Called between pictures with the fraction done and what is being done; may raise to stop.
Progress = Callable[[float, str], None]


def evaluate_folder(
    folder: Path,
    codec: Codec,
    *,
    protocol: Protocol = UNIFORM,
    qualities: Sequence[float] | None = None,
    against: Iterable[str] = (),
    thorough: bool = False,
    progress: Progress = lambda fraction, text: None,
) -> Evaluation:
    """Encodes every picture as a protocol says, decodes the file again, and measures.

    Args:
        folder: its pictures count without alpha, profile and metadata; what cannot be read, or is too small for the
            protocol, is passed over, with a notice.
        qualities: others than the protocol's.
        against: names of codecs to measure on the same pictures.
        thorough: how the learned codec encodes.
    Raises:
        ImageError: the folder has no pictures, or none of them can be read and measured.
    """
    paths = pictures_in(folder)
    notices = list(codec.notices)
    qualities = tuple(protocol.qualities if qualities is None else qualities)
    classical = []
    for other in (_OTHERS[name] for name in against):
        if other.is_available:
            classical.append(other)
        else:
            notices.append(tr("{title} is left out: {reason}.").format(title=other.title, reason=other.missing))
    coder = partial(_learned_coder, codec, protocol, thorough)
    how = f"{protocol.maps}, {'thorough, ' if thorough else ''}on {codec.device}"
    learned = _Measuring(protocol, f"qmap-studio {codec.model_id}", how, qualities)
    others = [
        _Measuring(protocol, other.name, other.description, tuple(map(float, other.settings))) for other in classical
    ]
    few_scales = 0
    for number, path in enumerate(paths):
        progress(number / len(paths), _step_text(path.name, number, len(paths)))
        try:
            read = load_picture(path)
        except ImageError as error:
            notices.append(tr("Passed over: {error}").format(error=error))
            continue
        if min(read.picture.height, read.picture.width) < protocol.smallest_side:
            text = tr("Passed over: {name} is smaller than {side} pixels at a side, which the measurement needs.")
            notices.append(text.format(name=path.name, side=protocol.smallest_side))
            continue
        notices += read.notices
        few_scales += min(read.picture.height, read.picture.width) < ALL_SCALES_SIDE
        picture = Picture(read.picture.pixels, is_grey=read.picture.is_grey)

        def step(fraction: float, name: str = path.name, number: int = number) -> None:
            progress((number + fraction) / len(paths), _step_text(name, number, len(paths)))

        for index, quality in enumerate(qualities):
            step(index / (len(qualities) + len(others)))
            learned.add(path.name, picture.pixels, quality, *coder(picture, quality))
        for index, (measuring, other) in enumerate(zip(others, classical, strict=True)):
            step((len(qualities) + index) / (len(qualities) + len(others)))
            for setting in other.settings:
                measuring.add(path.name, picture.pixels, setting, *_classical_coder(other, picture, setting))
    if not learned.names:
        raise ImageError(tr("{folder} has no picture that can be read and measured.").format(folder=folder))
    if few_scales:
        text = ngettext(
            "{count} picture is smaller than {side} pixels at a side: its MS-SSIM has fewer than {scales} scales.",
            "{count} pictures are smaller than {side} pixels at a side: their MS-SSIM has fewer than {scales} scales.",
            few_scales,
        )
        notices.append(text.format(count=few_scales, side=ALL_SCALES_SIDE, scales=SCALES))
    is_kodak = protocol is UNIFORM and {name.lower() for name in learned.names} == _KODAK_NAMES
    if protocol is UNIFORM and not is_kodak:
        notices.append(
            tr("Published curves are left out: they are about the 24 pictures of Kodak (kodim01.png to kodim24.png).")
        )
    sample, photo = _Measuring(protocol, learned.name, learned.description, qualities), sample_photo()
    for quality in qualities:
        sample.add("sample photo", photo.pixels, quality, *coder(photo, quality))
    progress(1.0, tr("done"))
    return Evaluation(
        protocol,
        codec.model_id,
        codec.weights_hash,
        learned.result(),
        sample.result(),
        tuple(other.result() for other in others),
        read_anchors() if is_kodak else (),
        tuple(notices),
        thorough,
    )


def _step_text(name: str, number: int, count: int) -> str:
    return tr("{name}, {number} of {count}").format(name=name, number=number + 1, count=count)


def sample_photo() -> Picture:
    """The program's sample photo, without profile and metadata."""
    return Picture(read_picture(sample_photo_path()).pixels)


Coder = tuple[Callable[[], bytes], Callable[[bytes], Pixels]]


def _learned_coder(codec: Codec, protocol: Protocol, thorough: bool, picture: Picture, quality: float) -> Coder:
    quality_map = protocol.map_of(picture.height, picture.width, quality)
    encoded = partial(encode, codec, picture, quality_map, thorough=thorough)
    return lambda: encoded().data, lambda data: codec.decode(data).picture.pixels


def _classical_coder(codec: ClassicalCodec | RegionHevc, picture: Picture, setting: int) -> Coder:
    return lambda: codec.encode(picture.pixels, setting), codec.decode


class _Measuring:
    """Collects the samples of a codec."""

    def __init__(self, protocol: Protocol, name: str, description: str, settings: tuple[float, ...]) -> None:
        self.name, self.description, self._protocol, self._settings = name, description, protocol, settings
        self._samples: dict[str, list[Sample]] = {}
        self._encode_s: list[float] = []
        self._decode_s: list[float] = []

    @property
    def names(self) -> list[str]:
        """Of the pictures that were measured."""
        return list(self._samples)

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
            self._protocol.psnr_db(pixels, decoded_pixels),
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

"""A map's file against a uniform one of the same bytes."""

from dataclasses import dataclass

from qmap_studio.codec import Codec, Encoding, ProgressCallback, uniform_quality
from qmap_studio.core.bounds import Bounds
from qmap_studio.core.pictures import Picture
from qmap_studio.evaluation.metrics import Region
from qmap_studio.recipes.encode import encode, uniform_map
from qmap_studio.recipes.figures import MeasuredFile, measure_file


@dataclass(frozen=True)
class Comparison:
    """What a picture's map gains."""

    picture: Picture
    with_map: MeasuredFile
    uniform: MeasuredFile


def compare(
    codec: Codec,
    picture: Picture,
    with_map: Encoding,
    region: Region | None = None,
    *,
    bounds: Bounds | None = None,
    checkpoint: ProgressCallback | None = None,
) -> Comparison:
    """Compare a file with the uniform one of its size.

    Args:
        with_map: what the codec made of the picture with a map.
        region: bool (H, W), which figures call inside.
        bounds: those it was made with; the uniform file has none.
    Raises:
        TargetSizeError: the smallest uniform file is larger.
    """
    uniform = uniform_of_same_size(codec, picture, with_map, bounds=bounds, checkpoint=checkpoint)
    return Comparison(picture, measure_file(picture, with_map, region), measure_file(picture, uniform, region))


def uniform_of_same_size(
    codec: Codec,
    picture: Picture,
    with_map: Encoding,
    *,
    bounds: Bounds | None = None,
    checkpoint: ProgressCallback | None = None,
) -> Encoding:
    """The uniform file of at most a file's bytes and at least 99 % of them; a file of a uniform map is its own.

    Args:
        bounds: those that the file was made with; the uniform one has none.
    Raises:
        TargetSizeError: the smallest uniform file is larger.
    """
    if bounds is not None:  # whose bits tell nothing of what a quality costs
        return encode(codec, picture, uniform_map(picture, 0.5), with_map.size_bytes, checkpoint=checkpoint)
    if with_map.quality_cells.min() == with_map.quality_cells.max():
        return with_map
    size_bytes, quality_map = with_map.size_bytes, uniform_map(picture, uniform_quality(with_map))
    return encode(codec, picture, quality_map, size_bytes, known_bytes=size_bytes, checkpoint=checkpoint)

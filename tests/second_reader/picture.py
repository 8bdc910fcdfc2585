from pathlib import Path

import numpy as np

from tests.second_reader.container import RefusedError, must, read_container, transparency
from tests.second_reader.details import add_details
from tests.second_reader.kept import Photographic, read_kept
from tests.second_reader.live import read_learned
from tests.second_reader.map import quality16, read_steps
from tests.second_reader.passes import Network


# SFC.md 5, 6 and 7
def read_all(data: bytes, models: dict[str, Path], photographic: Path) -> dict[str, np.ndarray]:
    container = read_container(data)
    header, chunks = container.header, container.chunks
    must(header.model in models, "a model that the reader does not have")
    must(len(container.streams) == 1, "more or fewer streams than the model has")
    found: dict[str, np.ndarray] = {}
    if "A" in chunks:
        found["alpha"] = transparency(chunks["A"], header)
    found["steps"] = read_steps(chunks.get("M"), header)
    qualities = quality16(found["steps"], header)
    found |= read_learned(container.streams[0], Network(models[header.model], "live"), header, qualities)
    picture = found["learned"].copy()
    if "K" in chunks:
        pixels, kept = read_kept(chunks["K"], header, Photographic(photographic))
        picture[kept] = pixels[kept]
    if "D" in chunks:
        picture = add_details(chunks["D"], picture, qualities)
    if "K" in chunks:
        picture[kept] = pixels[kept]
    found["pixels"] = picture.astype(np.uint8)
    return found


__all__ = ["RefusedError", "read_all"]

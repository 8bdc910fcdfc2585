"""`python -m qmap_studio.training.kept --data FOLDER -o FILE.npz`: fits what the coder of kept pixels is shipped with.

With the defaults that takes about an hour on a core. A file that was written once must never change: pictures are coded
by it. Better networks need a new name and a new coder's number.
"""

import argparse
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qmap_studio.core.files import atomic_write
from qmap_studio.training.kept import mask, networks, tables
from qmap_studio.training.kept.samples import samples

SHARE = 0.04


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m qmap_studio.training.kept", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with .tar files of pictures")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.npz")
    parser.add_argument("--start", type=Path, metavar="FILE.npz", help="networks to begin with")
    parser.add_argument("--samples", type=int, default=900)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=4000, help="for each of the six networks in a round")
    options = parser.parse_args()
    found = {} if options.start is None else networks.read(options.start)
    for number in range(options.rounds):
        seen = networks.examples(samples(options.data, options.samples, number), found, SHARE, number)
        found = {key: networks.fit(key, seen[key], found.get(key), options.steps) for key in sorted(seen)}
    counts = tables.residuals(samples(options.data, options.samples // 3, options.rounds), found)
    atomic_write(options.output, _file({**networks.named(found), **tables.fitted(counts), "mask": mask.fitted()}))


def _file(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


if __name__ == "__main__":
    main()

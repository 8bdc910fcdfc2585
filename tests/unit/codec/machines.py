"""What differs between machines, as far as one machine can show it."""

import numpy as np
import torch
from numpy.typing import NDArray

from qmap_studio.codec.common.learned_codec import LearnedCodec


def assert_the_same_symbols(codec: LearnedCodec, data: bytes) -> NDArray[np.int16]:
    """Another number of threads and other convolutions decode a file to the same symbols, which are given."""
    reference = codec.decode_symbols(data)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1 if threads > 1 else 2)
        np.testing.assert_array_equal(codec.decode_symbols(data), reference)
    finally:
        torch.set_num_threads(threads)
    with torch.backends.mkldnn.flags(enabled=False):
        np.testing.assert_array_equal(codec.decode_symbols(data), reference)
    return reference

import pytest

from qmap_studio.evaluation.classical import CLASSICAL_CODECS
from qmap_studio.evaluation.metrics import psnr_db
from tests.unit.evaluation.pictures import waves


def test_the_four_that_are_promised():
    assert set(CLASSICAL_CODECS) == {"jpeg", "webp", "jpeg2000", "avif"}


@pytest.mark.parametrize("name", CLASSICAL_CODECS)
def test_larger_settings_cost_more_and_lose_less(name):
    codec = CLASSICAL_CODECS[name]
    if not codec.is_available:
        pytest.skip(f"this Pillow was built without {codec.title}")
    picture = waves(80, 96)
    files = [codec.encode(picture, setting) for setting in codec.settings[::5]]
    assert [len(file) for file in files] == sorted(len(file) for file in files)
    quality = [psnr_db(picture, codec.decode(file)) for file in files]
    assert quality == sorted(quality)
    assert quality[0] < quality[-1]

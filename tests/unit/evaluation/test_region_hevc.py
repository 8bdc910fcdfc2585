import numpy as np
import pytest

from qmap_studio.core.errors import ComputeError
from qmap_studio.evaluation.metrics import psnr_db
from qmap_studio.evaluation.protocol import centred_third
from qmap_studio.evaluation.region_hevc import REGION_CODECS
from tests.unit.evaluation.pictures import waves

CODEC = REGION_CODECS["x265-delta-12"]
needs_ffmpeg = pytest.mark.skipif(not CODEC.is_available, reason="FFmpeg with x265 is not installed")


@needs_ffmpeg
def test_the_box_is_finer_than_the_rest():
    picture = waves(150, 210)
    inside = np.zeros(picture.shape[:2], bool)
    inside[centred_third(*inside.shape).slices] = True

    shown = CODEC.decode(CODEC.encode(picture, 45))

    assert psnr_db(picture, shown, inside) > psnr_db(picture, shown, ~inside) + 5


@needs_ffmpeg
def test_settings_go_from_small_files_to_large_ones():
    files = [CODEC.encode(waves(96, 128), setting) for setting in CODEC.settings]
    assert [len(file) for file in files] == sorted(len(file) for file in files)


@needs_ffmpeg
def test_what_ffmpeg_refuses_is_an_error_with_its_reason():
    with pytest.raises(ComputeError, match=r"FFmpeg failed: \w"):
        CODEC.decode(b"no stream")


def test_without_ffmpeg_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not CODEC.is_available

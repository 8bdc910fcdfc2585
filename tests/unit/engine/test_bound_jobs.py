"""Error bounds are read and written in the background; a file brings those it was made with."""

from dataclasses import replace

import numpy as np
import pytest
from fake_codec import FakeCodec, flat_map, photo
from PIL import Image

from qmap_studio.core.bounds import UNBOUNDED
from qmap_studio.core.rect import Rect
from qmap_studio.document import read_bounds
from qmap_studio.engine import BoundsImported, ImportBounds, JobDone, JobFailed, OpenSfc, SaveBounds, SfcOpened

INSIDE = Rect(16, 16, 64, 48)


@pytest.fixture
def bounds() -> np.ndarray:
    bounds = np.full((128, 192), UNBOUNDED, np.uint8)
    bounds[INSIDE.slices] = 2
    return bounds


@pytest.fixture
def mask(bounds, tmp_path):
    path = tmp_path / "mask.png"
    Image.fromarray(np.where(bounds == UNBOUNDED, 20, 200).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize("bound", [None, 0, 5])
def test_a_region_is_imported_for_the_picture(engine, results, mask, bounds, bound):
    picture = photo()
    engine.show(picture, flat_map(picture), 1)
    job = engine.submit(ImportBounds(mask, bound))
    imported = results.wait_for(BoundsImported)
    assert (imported.job_id, imported.name, imported.picture) == (job, "mask.png", picture)
    np.testing.assert_array_equal(imported.bounds, np.where(bounds == UNBOUNDED, UNBOUNDED, bound or 0))
    assert results.wait_for(JobDone).text == "The region is now that of mask.png."


def test_a_region_of_another_size_is_told_in_a_sentence(engine, results, tmp_path):
    Image.fromarray(np.zeros((5, 6), np.uint8)).save(tmp_path / "mask.png")
    engine.show(photo(), flat_map(photo()), 1)
    engine.submit(ImportBounds(tmp_path / "mask.png"))
    assert "is 6 x 5 pixels, the picture is 192 x 128" in results.wait_for(JobFailed).message
    assert results.of(BoundsImported) == []


@pytest.mark.parametrize("name", ["region.png", "region.tif", "region.npy"])
def test_a_region_is_saved_as_it_was_when_asked_for(engine, results, tmp_path, bounds, name):
    engine.show(photo(), flat_map(photo()), 1, bounds.copy())
    engine.submit(SaveBounds(tmp_path / name))
    engine.update_map(INSIDE, flat_map(photo())[INSIDE.slices], 2, None)
    assert results.wait_for(JobDone).text == f"The region is saved as {name}."
    np.testing.assert_array_equal(read_bounds(tmp_path / name, 128, 192), bounds)


def test_a_region_without_bounds_is_black(engine, results, tmp_path):
    engine.show(photo(), flat_map(photo()), 1)
    engine.submit(SaveBounds(tmp_path / "region.png"))
    results.wait_for(JobDone)
    assert (read_bounds(tmp_path / "region.png", 128, 192, 0) == UNBOUNDED).all()


def test_a_file_brings_the_bounds_it_was_made_with(engine, results, tmp_path, monkeypatch):
    bounds = np.random.default_rng(0).choice(np.array([0, UNBOUNDED], np.uint8), (40, 50))
    decode = FakeCodec.decode
    monkeypatch.setattr(
        FakeCodec, "decode", lambda self, *args, **options: replace(decode(self, *args, **options), bounds=bounds)
    )
    (tmp_path / "a.sfc").write_bytes(bytes([40, 50, 0, 0]))
    engine.submit(OpenSfc(tmp_path / "a.sfc"))
    np.testing.assert_array_equal(results.wait_for(SfcOpened).bounds, bounds)

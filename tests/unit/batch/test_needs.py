"""What a run needs is told before it starts."""

import numpy as np
import pytest
from PIL import Image

from qmap_studio.batch import needs
from qmap_studio.batch.needs import BYTES_A_PIXEL, WORKER_BYTES, Needs, machine_bytes
from qmap_studio.document.annotations import repeated
from qmap_studio.recipes.maps import MapRecipe


def needs_of(batch, workers=2, recipe=None):
    return Needs.of(list(batch.plan(recipe).entries()), workers)


def test_memory_is_that_of_the_workers_with_the_largest_photo(batch):
    batch.photo("a.png", 30, 40)
    Image.fromarray(np.zeros((500, 400), np.uint8)).save(batch.photos / "flat.png")  # few bytes, many pixels
    (batch.photos / "text.jpg").write_text("no picture")
    found = needs_of(batch)
    assert (found.workers, found.pixels) == (2, 200_000)
    assert found.memory_bytes == 2 * (WORKER_BYTES + 200_000 * BYTES_A_PIXEL)
    memory = found.memory_bytes >> 20
    assert found.sentences() == (
        f"2 processes need about {memory:,} MB of memory, for photos of up to 0.2 megapixels.",
    )


def test_no_more_workers_than_photos_need_memory(batch):
    batch.photo("a.png")
    assert needs_of(batch, 16).workers == 1
    assert needs_of(batch, 16).sentences()[0].startswith("1 process needs about ")
    assert Needs.of([], 16).sentences() == ()


def test_more_memory_than_the_machine_has_is_told(batch):
    found = Needs(100, 50_000_000, 0.0)
    (sentence,) = found.sentences(16 << 30)
    assert sentence.endswith("This machine has 16,384 MB: take fewer processes.")
    assert "This machine" not in found.sentences(found.memory_bytes)[0]
    assert machine_bytes() is None or machine_bytes() > 1 << 30


def test_only_the_headers_of_the_largest_files_are_read(batch, monkeypatch):
    for number in range(40):
        batch.photo(f"{number}.png", 8 + number)
    looked_into = []
    monkeypatch.setattr(needs, "pixels_told", lambda path: looked_into.append(path.name) or 1)
    needs_of(batch)
    assert len(looked_into) == needs.LOOKED_INTO
    assert "39.png" in looked_into


@pytest.mark.parametrize(("name", "is_told"), [("boxes.csv", True), ("boxes.json", False)])
def test_annotations_that_are_read_anew_for_each_photo_are_told(batch, tmp_path, monkeypatch, name, is_told):
    batch.photo("a.png")
    content = {
        "boxes.csv": "ImageID,LabelName,XMin,XMax,YMin,YMax\n" + "b,/m/1,0,1,0,1\n" * 1000,
        "boxes.json": '{"images": [], "annotations": [], "categories": []}' + " " * 1000,
    }
    (tmp_path / name).write_text(content[name])
    monkeypatch.setattr(repeated, "INDEXED_FROM_BYTES", 1)
    monkeypatch.setattr(repeated, "BYTES_A_SECOND", 5000)
    sentences = needs_of(batch, recipe=MapRecipe(annotations=tmp_path / name)).sentences()
    assert any("read from beginning to end for each photo, which takes about 3 s" in s for s in sentences) == is_told


def test_annotations_that_cannot_be_read_are_told_with_their_photos(batch, tmp_path):
    batch.photo("a.png")
    assert needs_of(batch, recipe=MapRecipe(annotations=tmp_path / "nowhere.json")).reading_s == 0

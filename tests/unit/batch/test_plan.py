"""What is done with each photo, and when it is done anew."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from qmap_studio.core.errors import QualityMapError
from qmap_studio.document.annotations.rules import Rules
from qmap_studio.recipes.maps import MapRecipe


def only_task(plan):
    (task,) = plan.entries()
    return task


@pytest.fixture
def annotated(batch, tmp_path):
    """A photo with a file of annotations in a folder."""
    batch.photo("a.png")
    folder = tmp_path / "labels"
    folder.mkdir()
    (folder / "a.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    return MapRecipe(0.3, annotations=folder)


def test_a_file_follows_the_photos_whole_name_and_folder(batch):
    for name in ("a.png", "a.jpg", "sub/a.png"):
        batch.photo(name)
    files = [(task.place, task.output, task.file) for task in batch.plan().entries()]
    assert files == [(name, batch.out / f"{name}.sfc", f"{name}.sfc") for name in ("a.jpg", "a.png", "sub/a.png")]


def test_a_pattern_names_the_map_of_each_photo(batch):
    photo = batch.photo("sub/a.png")
    for pattern, path in {
        "maps/{stem}.png": "maps/a.png",
        "maps/{name}.npy": "maps/a.png.npy",
        "{folder}/maps/{stem}.png": f"{photo.parent}/maps/a.png",
    }.items():
        assert only_task(batch.plan(map_for=pattern)).recipe.map == Path(path)


@pytest.mark.parametrize("pattern", ["maps/a.png", "{folder}/a.png", "{stem}/{other}.png", "{stem", "{0}.png", "{}"])
def test_a_pattern_that_tells_no_photos_apart_is_refused(batch, pattern):
    with pytest.raises(QualityMapError, match=r"pattern|needs"):
        batch.plan(map_for=pattern)


def test_the_annotations_of_a_folder_are_those_of_the_photos_name(batch, annotated):
    batch.photo("b.png")
    one, other = batch.plan(annotated).entries()
    assert (one.recipe.annotations, one.notices) == (annotated.annotations / "a.txt", ())
    assert other.recipe.annotations is None
    assert other.notices == (f"{annotated.annotations} has no file of annotations for b.png.",)


def test_a_photo_without_annotations_is_all_rest(batch, annotated):
    batch.photo("b.png")
    *_, other = batch.plan(replace(annotated, rules=Rules(rest=0.1))).entries()
    assert other.recipe.quality == 0.1
    *_, other = batch.plan(annotated).entries()
    assert other.recipe.quality == 0.3


def test_one_file_of_annotations_is_for_all_photos(batch, tmp_path):
    batch.photo("a.png")
    (tmp_path / "all.json").write_text("{}")
    task = only_task(batch.plan(MapRecipe(annotations=tmp_path / "all.json")))
    assert task.recipe.annotations == tmp_path / "all.json"


def test_what_a_file_is_made_of_stays_as_long_as_nothing_changes(batch, annotated):
    made_of = only_task(batch.plan(annotated)).made_of
    assert only_task(batch.plan(annotated)).made_of == made_of
    batch.photo("b.png")
    (annotated.annotations / "b.txt").write_text("")
    assert next(batch.plan(annotated).entries()).made_of == made_of, "other photos are no part of it"


def _touch(path):
    later = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(later, later))


CHANGES = {
    "photo written": lambda batch, recipe: batch.photo("a.png", 48, 32),
    "photo touched": lambda batch, recipe: _touch(batch.photos / "a.png"),
    "annotations": lambda batch, recipe: (recipe.annotations / "a.txt").write_text("1 0.5 0.5 0.25 0.25 0.5\n"),
    "another file of annotations": lambda batch, recipe: (recipe.annotations / "a.txt").rename(
        recipe.annotations / "a.png.txt"
    ),
    "no annotations": lambda batch, recipe: (recipe.annotations / "a.txt").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_is_made_of_its_photo_and_annotations(batch, annotated, change):
    before = only_task(batch.plan(annotated)).made_of
    CHANGES[change](batch, annotated)
    assert only_task(batch.plan(annotated)).made_of != before


@pytest.mark.parametrize(
    "options",
    [
        {"recipe": {"rules": Rules(rest=0.1)}},
        {"recipe": {"quality": 0.31}},
        {"recipe": {"chosen": "a"}},
        {"target_bytes": 5000},
        {"target_bpp": 0.5},
        {"strip": "all"},
        {"weights": "others"},
        {"map_for": "{stem}.png"},
    ],
    ids=str,
)
def test_a_file_is_made_of_the_rules_the_sizes_and_the_weights(batch, annotated, options):
    before = only_task(batch.plan(annotated)).made_of
    recipe = replace(annotated, **options.pop("recipe", {}))
    assert only_task(batch.plan(recipe, **options)).made_of != before


def test_a_file_is_made_of_its_map(batch, tmp_path):
    batch.photo("a.png")
    pattern = f"{tmp_path}/{{stem}}-map.png"
    seen = {only_task(batch.plan(map_for=pattern)).made_of}
    (tmp_path / "a-map.png").write_bytes(b"one")
    seen.add(only_task(batch.plan(map_for=pattern)).made_of)
    (tmp_path / "a-map.png").write_bytes(b"other")
    seen.add(only_task(batch.plan(map_for=pattern)).made_of)
    assert len(seen) == 3

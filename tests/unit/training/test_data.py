import shutil
import tarfile

import numpy as np
import pytest
import torch

from qmap_studio.codec.common.map_cells import MapCells
from qmap_studio.training import data as data_module
from qmap_studio.training.data import is_held_out, load_pictures
from qmap_studio.training.maps import random_maps, signalled


def assert_same(sets, others):
    for pictures, expected in zip(sets, others, strict=True):
        assert pictures.names == expected.names
        for name in ("pixels", "labels", "heights", "widths", "offsets", "label_offsets"):
            assert torch.equal(getattr(pictures, name), getattr(expected, name))


@pytest.fixture
def folder(data, tmp_path):
    """A copy of the data that a test may change."""
    return shutil.copytree(data, tmp_path / "data")


def split(tar, parts=3):
    """Replaces a tar file by its parts."""
    content = tar.read_bytes()
    length = -(-len(content) // parts)
    for i in range(parts):
        tar.with_name(f"{tar.name}.{i:02}").write_bytes(content[i * length : (i + 1) * length])
    tar.unlink()


def test_held_out_photos_are_never_trained_on(data):
    train, held_out = load_pictures(data)
    assert len(train.names) == 3
    assert [is_held_out(name) for name in train.names] == [False] * 3
    assert [is_held_out(name) for name in held_out.names] == [True]


def test_crops_are_parts_of_the_pictures(data):
    train, _ = load_pictures(data)
    pixels, labels = train.crops(8, 64, torch.Generator().manual_seed(3))
    assert pixels.shape == (8, 64, 64, 3)
    assert labels.shape == (8, 64, 64)
    pictures = train.pixels.view(3, -1, 3)
    for crop in pixels:
        row = {crop[0].numpy().tobytes(), crop[0].flip(0).numpy().tobytes()}
        assert any(any(r in picture.numpy().tobytes() for r in row) for picture in pictures)


def test_a_folder_without_pictures_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="files with pictures"):
        load_pictures(tmp_path)


def test_a_folder_where_nothing_is_held_out_says_so(folder, monkeypatch):
    monkeypatch.setattr(data_module, "is_held_out", lambda _name: False)
    with pytest.raises(ValueError, match="4 for training, 0 held out"):
        load_pictures(folder)


def test_a_cache_gives_the_same_pictures_without_decoding_them(folder, tmp_path, monkeypatch):
    expected = load_pictures(folder)
    assert_same(load_pictures(folder, tmp_path / "new" / "cache"), expected)
    monkeypatch.delattr(data_module, "_decoded")
    cached = load_pictures(folder, tmp_path / "new" / "cache")
    assert_same(cached, expected)
    cached[0].pixels.zero_()  # a process may write, the others do not see it
    assert_same(load_pictures(folder, tmp_path / "new" / "cache"), expected)


def test_a_cache_of_other_tar_files_is_made_anew(folder, tmp_path):
    cache = tmp_path / "cache"
    load_pictures(folder, cache)
    with tarfile.open(folder / "shard.tar") as tar, tarfile.open(folder / "more.tar", "w") as more:
        first = tar.next()
        content = tar.extractfile(first)
        first.name = "more.jpg"
        more.addfile(first, content)
    train, _ = load_pictures(folder, cache)
    assert train.names[0] == "more.jpg"
    (folder / "manifest.csv").write_text("name,group\n" + "".join(f"{n}.jpg,screen\n" for n in range(200)))
    with pytest.raises(ValueError, match="5 for training, 0 held out"):
        load_pictures(folder, cache)
    (folder / "manifest.csv").unlink()
    assert_same(load_pictures(folder, cache), load_pictures(folder))


@pytest.mark.parametrize("keep", [0, 5, 60, 200_000, -1])
def test_a_cache_cut_short_is_made_anew(folder, tmp_path, keep):
    path = tmp_path / "cache" / "pictures.bin"
    expected = load_pictures(folder)
    load_pictures(folder, path.parent)
    whole = path.read_bytes()
    path.write_bytes(whole[:keep])
    assert_same(load_pictures(folder, path.parent), expected)
    assert path.read_bytes() == whole
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"\xff" * 4000, (2).to_bytes(8, "little") + b"[]", bytes(100)])
def test_a_cache_of_anything_else_is_made_anew(folder, tmp_path, content):
    (tmp_path / "pictures.bin").write_bytes(content)
    assert_same(load_pictures(folder, tmp_path), load_pictures(folder))


def test_a_failed_write_leaves_no_cache(folder, tmp_path, monkeypatch):
    def full(_handle):
        raise OSError("disk full")

    monkeypatch.setattr(data_module.os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        load_pictures(folder, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_tar_file_in_parts_is_read_as_one(folder, tmp_path, monkeypatch):
    expected = load_pictures(folder, tmp_path / "cache")
    split(folder / "shard.tar")
    (folder / "shard.tar.sha256").touch()
    assert_same(load_pictures(folder), expected)
    monkeypatch.delattr(data_module, "_decoded")  # the whole file's cache is theirs too
    assert_same(load_pictures(folder, tmp_path / "cache"), expected)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ([0], "part 00 of shard.tar"),
        ([1], "part 01 of shard.tar"),
        ([2], "the last part of shard.tar"),
        ([1, 2], "the last part of shard.tar"),
    ],
)
def test_a_missing_part_is_named(folder, missing, message):
    split(folder / "shard.tar")
    for part in missing:
        (folder / f"shard.tar.{part:02}").unlink()
    with pytest.raises(FileNotFoundError, match=f"{message} is missing in"):
        load_pictures(folder)


def test_maps_cover_the_range_and_are_signalled_in_steps():
    torch.manual_seed(1)
    maps = random_maps(torch.randint(0, 9, (200, 64, 64), dtype=torch.uint8))
    assert maps.shape == (200, 1, 64, 64)
    assert maps.min() == 0.0
    assert maps.max() == 1.0
    constant = maps.flatten(1).std(dim=1) < 1e-6
    assert 0.25 < constant.float().mean() < 0.5
    cells = signalled(maps)
    assert cells.shape == (200, 1, 4, 4)
    inner = (cells > 0) & (cells < 65535)
    steps = (cells - cells[..., :1, :1]) / 2048
    assert torch.all(((steps - steps.round()).abs() < 1e-4) | ~inner | ~inner[..., :1, :1])
    assert (cells / 65535 - torch.nn.functional.avg_pool2d(maps, 16)).abs().max() < 1 / 60


def test_training_signals_maps_as_files_do():
    torch.manual_seed(2)
    maps = random_maps(torch.randint(0, 9, (200, 128, 128), dtype=torch.uint8))
    in_files = np.stack([MapCells.of(quality_map).values for quality_map in maps[:, 0].numpy()])
    # Sums in other orders may round a mean that lies between two steps to either.
    assert np.mean(signalled(maps)[:, 0].numpy() == in_files) > 0.999

import pytest
import torch

from qmap_studio.training.data import is_held_out, load_pictures
from qmap_studio.training.maps import random_maps, signalled


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

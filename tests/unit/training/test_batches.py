import io
import multiprocessing
import tarfile
from itertools import islice

import numpy as np
import pytest
import torch
from PIL import Image

from qmap_studio.training.batches import Batches, prefetched
from qmap_studio.training.data import PictureSet, is_held_out, load_pictures
from qmap_studio.training.maps import KINDS, random_maps


def only(kind):
    return tuple(float(kind == other) for other in KINDS)


def picture_set(pixels, labels):
    """A set of one picture; its sides are multiples of 4."""
    height, width = pixels.shape[:2]
    zero = torch.tensor([0])
    flat = torch.from_numpy(pixels).reshape(-1, 3), torch.from_numpy(labels).flatten()
    return PictureSet(*flat, torch.tensor([height]), torch.tensor([width]), zero, zero, ["picture"])


@pytest.fixture(scope="module")
def train(data):
    return load_pictures(data)[0]


def test_a_crop_depends_on_seed_step_and_index_alone(train):
    batches = Batches(train, 64, 3)
    whole = batches.draw(7, range(6))
    assert whole.pixels.shape == (6, 64, 64, 3)
    assert whole.pixels.dtype == torch.uint8
    assert whole.maps.shape == (6, 1, 64, 64)
    assert whole.maps.dtype == torch.float32
    part = Batches(train, 64, 3).draw(7, range(1, 6, 2))
    assert torch.equal(part.pixels, whole.pixels[1::2])
    assert torch.equal(part.maps, whole.maps[1::2])
    others = (batches.draw(8, range(6)), Batches(train, 64, 4).draw(7, range(6)), batches.draw(7, range(6, 12)))
    crops = [crop.numpy().tobytes() for batch in (whole, *others) for crop in batch.pixels]
    assert len(set(crops)) == len(crops)


def test_held_out_photos_are_never_drawn(tmp_path):
    names = [f"{n}.png" for n in range(200)]
    chosen = [n for n in names if not is_held_out(n)][:2] + [n for n in names if is_held_out(n)][:2]
    with tarfile.open(tmp_path / "flat.tar", "w") as tar:
        for name in (chosen[2], chosen[0], chosen[3], chosen[1]):
            file = io.BytesIO()
            Image.new("L", (320, 324), 200 if is_held_out(name) else 50).save(file, "PNG")
            info = tarfile.TarInfo(name)
            info.size = file.tell()
            file.seek(0)
            tar.addfile(info, file)
    for cache in (None, tmp_path / "cache"):
        train, held_out = load_pictures(tmp_path, cache)
        assert Batches(train, 128, 1).draw(0, range(64)).pixels.unique().tolist() == [50]
        assert Batches(held_out, 128, 1).draw(0, range(8)).pixels.unique().tolist() == [200]


def test_pictures_are_drawn_in_proportion_to_area_where_the_crop_fits():
    sides = [(64, 64), (20, 400), (64, 192)]  # the crop does not fit into the second
    pixels = torch.cat([torch.full((h * w, 3), 10 * i, dtype=torch.uint8) for i, (h, w) in enumerate(sides)])
    heights, widths = torch.tensor(sides).T
    areas = heights * widths
    offsets = torch.cumsum(areas, 0) - areas
    labels = torch.zeros(int(areas.sum()) // 16, dtype=torch.uint8)
    pictures = PictureSet(pixels, labels, heights, widths, offsets, offsets // 16, ["a", "b", "c"])
    values = Batches(pictures, 32, 1, shares=only("uniform")).draw(0, range(400)).pixels[:, 0, 0, 0]
    assert set(values.tolist()) == {0, 20}
    assert (values == 20).float().mean().item() == pytest.approx(0.75, abs=0.07)
    with pytest.raises(ValueError, match="as large as 65 x 65"):
        Batches(pictures, 65, 1)


def test_without_augmentation_crops_are_parts_of_the_pictures(train):
    pictures = [np.lib.stride_tricks.sliding_window_view(train.picture(i)[..., 0], (48, 48)) for i in range(3)]
    for crop in Batches(train, 48, 1, augment=False).draw(0, range(3)).pixels.numpy()[..., 0]:
        places = [(windows[:, :, 0, 0] == crop[0, 0]) & (windows[:, :, -1, -1] == crop[-1, -1]) for windows in pictures]
        assert any((windows[place] == crop).all((1, 2)).any() for windows, place in zip(pictures, places, strict=True))


def test_augmented_crops_are_reduced_turned_and_recoloured():
    column, row = np.meshgrid(np.arange(252), np.arange(252))
    ramps = np.stack((column, row, np.full_like(row, 255)), axis=2).astype(np.uint8)
    pixels = Batches(picture_set(ramps, np.zeros((63, 63), np.uint8)), 32, 1).draw(0, range(600)).pixels.numpy()
    place = (pixels.reshape(600, -1, 3) == 255).all(1).argmax(1)
    orders, turns, spans = [], [], []
    for crop, constant in zip(pixels.astype(int), place, strict=True):
        a, b = (crop[..., i] for i in range(3) if i != constant)
        slopes = [(a[-1, 0] - a[0, 0], a[0, -1] - a[0, 0]), (b[-1, 0] - b[0, 0], b[0, -1] - b[0, 0])]
        assert sorted(abs(s) > 1 for pair in slopes for s in pair) == [False, False, True, True]
        assert np.ptp(np.diff(a, axis=0)) <= 1  # it is still a ramp
        orders.append(constant)
        turns.append(tuple(int(np.sign(s)) for pair in slopes for s in pair))
        spans.append(max(abs(s) for s in slopes[0]))
    unmoved = [turn for turn, constant in zip(turns, orders, strict=True) if constant == 2]
    assert len(set(unmoved)) == 8
    assert np.mean(np.array(orders) != 2) == pytest.approx(0.25 * 4 / 5, abs=0.06)
    assert np.mean(np.array(spans) == 31) == pytest.approx(0.5, abs=0.08)
    assert 58 <= max(spans) <= 62


def test_reduced_crops_look_like_the_picture(train):
    plain, augmented = (Batches(train, 96, 2, augment=a).draw(0, range(300)).pixels.float() for a in (False, True))
    assert augmented.mean().item() == pytest.approx(plain.mean().item(), abs=4.0)
    contrast = [batch.mean(3).flatten(1).std(1).mean().item() for batch in (plain, augmented)]
    assert contrast[1] == pytest.approx(contrast[0], rel=0.2)


def test_labels_follow_the_crops():
    pixels, labels = np.full((252, 252, 3), 250, np.uint8), np.ones((63, 63), np.uint8)
    pixels[:100, :60], labels[:25, :15] = 10, 0
    drawn = Batches(picture_set(pixels, labels), 100, 1, shares=only("segments")).draw(0, range(60))
    both = 0
    for crop, quality in zip(drawn.pixels[..., 0], drawn.maps[:, 0], strict=True):
        levels = [quality[crop == value].unique() for value in (10, 250)]
        assert all(len(level) <= 1 for level in levels)
        both += all(len(level) == 1 for level in levels)
    assert both > 10  # an edge runs through them


@pytest.mark.parametrize("kind", KINDS)
def test_maps_of_each_kind_are_like_those_of_the_validation(train, kind):
    count, size = 1000, 48
    torch.manual_seed(2)
    labels = train.crops(count, size, torch.Generator().manual_seed(2))[1]
    expected = random_maps(labels, only(kind)).flatten(1)
    maps = Batches(train, size, 2, shares=only(kind), augment=False).draw(0, range(count)).maps
    assert maps.min() >= 0.0
    assert maps.max() <= 1.0
    drawn = maps.flatten(1)
    for figure in (
        lambda m: m.mean(),
        lambda m: m.mean(1).std(),
        lambda m: m.std(1).mean(),
        lambda m: (m == 0.0).float().mean(),
        lambda m: (m == 1.0).float().mean(),
        lambda m: m.view(count, size, size).diff(dim=1).abs().mean() * size / 4,
        lambda m: m.view(count, size, size).diff(dim=2).abs().mean() * size / 4,
    ):
        assert figure(drawn).item() == pytest.approx(figure(expected).item(), abs=0.035)


def test_kinds_come_in_their_shares(train):
    maps = Batches(train, 64, 1).draw(0, range(400)).maps[:, 0]
    constant = (maps.flatten(1).std(dim=1) < 1e-6).float().mean().item()
    assert constant == pytest.approx(0.37, abs=0.08)  # a few others are constant too
    blocks = maps.unfold(1, 4, 4).unfold(2, 4, 4).flatten(3)
    assert len({len(torch.unique(quality)) for quality in maps}) > 20
    assert 0.0 < (blocks.std(3) == 0.0).float().mean() < 1.0


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("workers", [0, 2])
def test_batches_drawn_ahead_are_the_same_in_order(data, tmp_path, cached, workers):
    batches = Batches(load_pictures(data, tmp_path if cached else None)[0], 64, 1)
    random_state = torch.get_rng_state()
    ahead = prefetched(lambda step: batches.draw(step, range(2)), 5, workers)
    for step, batch in zip(range(5, 10), ahead, strict=False):
        expected = batches.draw(step, range(2))
        assert torch.equal(batch.pixels, expected.pixels)
        assert torch.equal(batch.maps, expected.maps)
    assert len(multiprocessing.active_children()) == workers
    ahead.close()
    assert multiprocessing.active_children() == []
    assert torch.equal(torch.get_rng_state(), random_state)


def test_what_goes_wrong_in_a_worker_is_raised(train):
    def make(step):
        if step == 3:
            raise ArithmeticError("step three")
        return Batches(train, 64, 1).draw(step, range(1))

    ahead = prefetched(make, 1, 2)
    assert len(list(islice(ahead, 2))) == 2
    with pytest.raises(ArithmeticError, match="step three"):
        next(ahead)

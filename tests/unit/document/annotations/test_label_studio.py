import numpy as np
import pytest

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect
from qmap_studio.document.annotations.formats.label_studio_brush import brush_mask
from qmap_studio.document.annotations.reader import PictureUnclearError
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle

BOX = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["dog"]}


def result(value, **more):
    kind = next((key for key in value if key.endswith("labels")), "rectangle")
    return {"type": kind, "original_width": 500, "original_height": 400, "image_rotation": 0, "value": value, **more}


def task(*values, image="/data/upload/1/photo.jpg", number=1, **more):
    return {"id": number, "annotations": [{"id": 5, "result": list(values)}], "data": {"image": image}, **more}


def brush_rle(pixels, is_run=lambda _word: True):
    """As the brush writes it: runs of equal words, or words one by one, 8 bits a length."""
    alpha = np.asarray(pixels, np.uint8) * 255
    words = np.repeat(alpha[..., None], 4, axis=2).reshape(-1).tolist()
    bits = f"{len(words):032b}{7:05b}{2:04b}{3:04b}{7:04b}{15:04b}"
    start = 0
    while start < len(words):
        last = min(start + 256, len(words))
        end = next((n for n in range(start, last) if words[n] != words[start]), last)
        if is_run(start):
            bits += f"1{2:02b}{end - start - 1:08b}{words[start]:08b}"
        else:
            end = min(start + 7, len(words))
            bits += f"0{0:02b}{end - start - 1:03b}" + "".join(f"{word:08b}" for word in words[start:end])
        start = end
    bits += "0" * (-len(bits) % 8)
    return [int(bits[n : n + 8], 2) for n in range(0, len(bits), 8)]


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (BOX, Rectangle(50, 80, 150, 160)),
        ({"x": 20, "y": 25, "radiusX": 2, "radiusY": 5, "rotation": 9}, Ellipse(90, 80, 20, 40, 9)),
        ({"points": [[1, 1], [10, 1], [10, 50]], "closed": True}, Polygon(((5, 4), (50, 4), (50, 200)))),
        ({"x": 20, "y": 25, "width": 0.3}, Ellipse(95, 95, 10, 10)),
    ],
)
def test_shapes_lie_where_they_were_drawn(files, value, shape):
    (found,) = files.boxes([task(result({"otherlabels": ["dog"], **value}))])
    assert (found.label, found.shape, found.score) == ("dog", shape, None)
    (same,) = files.boxes(task(result({"otherlabels": ["dog"], **value})))
    assert same == found


def test_a_box_turns_about_its_upper_left_corner(files):
    (found,) = files.boxes(task(result({**BOX, "rotation": 90})))
    corners = {(round(x, 6), round(y, 6)) for x, y in found.shape.frame.corners}
    assert corners == {(50, 80), (50, 230), (-110, 80), (-110, 230)}
    assert found.shape.angle == 90


def test_json_min(files):
    content = [
        {"id": 3, "image": "/data/upload/other.jpg", "created_at": "x"},
        {
            "image": "/data/local-files/?d=a%20b/photo.jpg",
            "id": 4,
            "bbox": [{**BOX, "original_width": 500, "original_height": 400}],
            "annotator": 1,
        },
    ]
    (found,) = files.boxes(content)
    assert (found.label, found.shape) == ("dog", Rectangle(50, 80, 150, 160))


def test_a_label_may_stand_in_an_entry_of_its_own(files):
    geometry = {key: value for key, value in BOX.items() if key != "rectanglelabels"}
    entries = [
        result(geometry, id="a"),
        result({**geometry, "labels": ["dog"]}, id="a"),
        result({**geometry, "choices": ["big"]}, id="a"),
        result({"choices": ["day"]}, id="b"),
        {"type": "relation", "from_id": "a", "to_id": "b"},
    ]
    (found,) = files.boxes(task(*entries))
    assert (found.label, found.shape) == ("dog", Rectangle(50, 80, 150, 160))


def test_predictions_count_where_nobody_annotated(files):
    predictions = [{"score": 0.5, "result": [result(BOX), result(BOX, score=0.75)]}]
    found = files.boxes(task(annotations=[], predictions=predictions))
    assert [annotation.score for annotation in found] == [0.5, 0.75]
    cancelled = [{"was_cancelled": True, "result": [result(BOX)]}]
    assert len(files.boxes([task(annotations=cancelled, predictions=predictions)])) == 2
    assert len(files.boxes([task(result(BOX), predictions=predictions)])) == 1
    assert files.boxes([task(annotations=[{"result": []}], predictions=predictions)]) == []
    old = {"id": 1, "data": {"image": "photo.jpg"}, "completions": [{"result": [result(BOX)]}]}
    assert len(files.boxes([old])) == 1


@pytest.mark.parametrize("is_run", [lambda _word: True, lambda _word: False, lambda word: word % 3])
@pytest.mark.parametrize("seed", range(3))
def test_masks_of_the_brush(is_run, seed):
    pixels = np.random.default_rng(seed).random((12, 17)) < (0.5, 0.02, 0.98)[seed]
    assert (brush_mask(brush_rle(pixels, is_run), 17, 12, "") == pixels).all()


def test_masks_are_as_large_as_the_picture_that_was_annotated(files):
    pixels = np.zeros((4, 5), bool)
    pixels[1:3, 2:4] = True
    entry = result({"format": "rle", "rle": brush_rle(pixels), "brushlabels": ["dog"]})
    entry |= {"original_width": 5, "original_height": 4}
    (found,) = files.boxes(task(entry), size=(5, 4))
    assert (found.label, found.shape.bounds) == ("dog", Rect(2, 1, 2, 2))
    (found,) = files.boxes(task(entry))
    assert found.shape.bounds == Rect(200, 100, 200, 200)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"rle": brush_rle(np.ones((4, 5)))}, "Annotation 2 in boxes.json has a mask that is damaged"),
        ({"rle": brush_rle(np.ones((400, 500)))[:-1]}, "damaged"),
        ({"rle": brush_rle(np.zeros((400, 500)))}, "empty"),
        ({"rle": [0, 1, 256]}, "damaged"),
        ({"rle": "x"}, "damaged"),
        ({"x": "a", "y": 2}, "no usable x"),
        ({"x": 1, "y": 2, "width": -3, "height": 4}, "negative size"),
        ({"x": 1, "y": 2, "radiusX": 0, "radiusY": 4}, "radius above 0"),
        ({"points": [[1, 2]]}, "at least 3 points"),
    ],
)
def test_a_shape_that_cannot_be_read_is_left_out_and_told(files, value, reason):
    found = files.read(task(result(BOX), result(value)))
    assert [annotation.label for annotation in found.annotations] == ["dog"]
    assert "1 of 2" in found.notices[0]
    assert reason in found.notices[0]


@pytest.mark.parametrize("image", ["photo.jpg", "s3://a/photo.jpg", "https://a.org/photo.jpg?sig=a/b.png"])
def test_the_picture_is_found_by_its_name(files, image):
    assert len(files.boxes([task(result(BOX), number=1, image="b.jpg"), task(result(BOX), number=2, image=image)])) == 1


def test_the_picture_may_have_to_be_chosen(files):
    content = [task(result(BOX), number=n, image=f"{n}.jpg") for n in (1, 2)]
    with pytest.raises(PictureUnclearError) as caught:
        files.read(content)
    assert caught.value.pictures == ("1.jpg", "2.jpg")
    assert len(files.read(content, chosen="2.jpg").annotations) == 1
    found = files.read([task(result(BOX), image="/data/upload/1/5ad7a3b1-photo.jpg")])
    assert len(found.notices) == 1


def test_pictures_without_a_name_are_told_by_their_size(files):
    assert len(files.boxes(task(result(BOX), image="data:image/png;base64,AAAA"))) == 1


@pytest.mark.parametrize("content", [[{"data": {}, "annotations": 5}], [{"data": {}, "annotations": []}, 5]])
def test_other_files(files, content):
    with pytest.raises(AnnotationError, match=r"boxes\.json"):
        files.read(content)

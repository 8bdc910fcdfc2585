import pytest

from qmap_studio.core.errors import AnnotationError
from qmap_studio.core.rect import Rect
from qmap_studio.document.annotations.reader import PictureUnclearError
from qmap_studio.document.shapes import Ellipse, Polygon, Rectangle

BOX = '<box label="dog" xtl="10.5" ytl="20" xbr="40.5" ybr="60"/>'
CORNERS = zip(("tl1", "bl1", "tr1", "br1", "tl2", "bl2", "tr2", "br2"), range(8), strict=True)
CUBOID = " ".join(f'x{corner}="{10 + n}" y{corner}="{50 - n}"' for corner, n in CORNERS)


def images(*shapes, name="a/photo.jpg", others=True):
    image = f'<image id="0" name="{name}" width="500" height="400">{"".join(shapes)}<tag label="x"/></image>'
    other = '<image id="1" name="other.jpg" width="64" height="48"><box label="cat"/></image>' if others else ""
    return (
        '<?xml version="1.0"?><annotations><version>1.1</version><meta><task><labels><label><name>dog</name></label>'
        f"</labels></task></meta>{other}{image}</annotations>"
    )


def video(*tracks):
    size = "<original_size><width>500</width><height>400</height></original_size>"
    return f"<annotations><meta><task>{size}</task></meta>{''.join(tracks)}</annotations>"


def track(label, *frames, outside=()):
    boxes = (
        f'<box frame="{n}" outside="{int(n in outside)}" keyframe="1" xtl="{n}" ytl="0" xbr="{n + 10}" ybr="10"/>'
        for n in frames
    )
    return f'<track id="0" label="{label}">{"".join(boxes)}</track>'


@pytest.mark.parametrize(
    ("element", "shape"),
    [
        (BOX, Rectangle(10.5, 20, 30, 40)),
        (BOX.replace("/>", ' rotation="30.00"/>'), Rectangle(10.5, 20, 30, 40, 30)),
        ('<polygon label="dog" points="1.00,2;30,4.5;5,60"/>', Polygon(((1, 2), (30, 4.5), (5, 60)))),
        ('<ellipse label="dog" cx="50" cy="60" rx="10" ry="20" rotation="5"/>', Ellipse(40, 40, 20, 40, 5)),
        ('<points label="dog" points="100,50"/>', Ellipse(95, 45, 10, 10)),
        ('<points label="dog" points="100,50;90,70"/>', Rectangle(90, 50, 10, 20)),
        ('<polyline label="dog" points="10,50;60,50"/>', Polygon(((10, 55), (60, 55), (60, 45), (10, 45)))),
        (f'<cuboid label="dog" {CUBOID}/>', Rectangle(10, 43, 7, 7)),
        (
            '<skeleton label="dog"><points label="1" outside="0" points="1,2"/><points label="2" points="5,9"/>'
            '<points label="3" outside="1" points="90,90"/></skeleton>',
            Rectangle(1, 2, 4, 7),
        ),
    ],
)
def test_shapes_lie_where_they_were_drawn(files, element, shape):
    (found,) = files.boxes(images(element))
    assert (found.label, found.shape, found.score) == ("dog", shape, None)


def test_masks_are_runs_within_their_box(files):
    (found,) = files.boxes(images('<mask label="dog" rle="4, 2, 1, 1" left="10" top="20" width="4" height="2"/>'))
    assert found.shape.bounds == Rect(10, 21, 4, 1)
    assert found.shape.pixels.tolist() == [[True, True, False, True]]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('<mask rle="4, 2" left="10" top="20" width="4" height="2"/>', "Annotation 2 in labels.txt has a mask that is"),
        ('<mask rle="" left="10" top="20" width="4" height="2"/>', "damaged"),
        ('<mask rle="99999999999999999999" left="1" top="1" width="4" height="2"/>', "damaged"),
        ('<mask rle="9" left="10" top="20" width="1e6" height="1e6"/>', "too large"),
        ('<mask rle="8" left="10" top="20" width="4" height="2"/>', "empty"),
        ('<box xtl="10" ytl="20" xbr="x" ybr="60"/>', "no usable xbr"),
        ('<box xtl="10" ytl="20" xbr="5" ybr="60"/>', "negative size"),
        ('<polygon points="1,2;3"/>', "no usable points"),
        ('<hexagon points="1,2;3,4"/>', "unknown kind: hexagon"),
    ],
)
def test_a_shape_that_cannot_be_read_is_left_out_and_told(files, element, reason):
    found = files.read(images(BOX, element))
    assert [annotation.label for annotation in found.annotations] == ["dog"]
    assert "1 of 2" in found.notices[0]
    assert reason in found.notices[0]


def test_the_picture_is_found_by_its_name(files):
    assert len(files.boxes(images(BOX, BOX))) == 2
    assert files.boxes(images()) == []
    with pytest.raises(PictureUnclearError) as caught:
        files.read(images(BOX, name="third.jpg"))
    assert caught.value.pictures == ("third.jpg", "other.jpg")
    assert len(files.read(images(BOX, name="third.jpg"), chosen="third.jpg").annotations) == 1


def test_pictures_of_the_same_name_are_told_by_the_subsets_of_their_project(files):
    parts = [images(BOX, name='photo.jpg" subset="Train', others=False), images(name='photo.jpg" subset="Test')]
    content = "".join(parts).replace('</annotations><?xml version="1.0"?><annotations>', "")
    assert len(files.boxes(content, "images/Train/photo.jpg")) == 1
    assert files.boxes(content, "images/Test/photo.jpg") == []
    with pytest.raises(PictureUnclearError) as caught:
        files.read(content)
    assert caught.value.pictures[:2] == ("Train/photo.jpg", "Test/photo.jpg")


@pytest.mark.parametrize("image", ["frame_000007.PNG", "7.jpg", "video 12-007.png"])
def test_a_frame_of_a_video_is_found_by_its_number(files, image):
    content = video(track("dog", 5, 6, 7), track("cat", 7, 8), track("cow", 6, 7, outside=[7]))
    found = files.boxes(content, image=image)
    assert [(annotation.label, annotation.shape) for annotation in found] == [
        ("dog", Rectangle(7, 0, 10, 10)),
        ("cat", Rectangle(7, 0, 10, 10)),
    ]


def test_a_frame_without_boxes_is_no_error(files):
    assert files.boxes(video(track("dog", 5, 9)), image="frame_000007.png") == []


def test_a_picture_that_is_no_frame_is_asked_for(files):
    content = video(track("dog", 5, 10, 9))
    for image in ("photo.jpg", "frame_000011.png"):
        with pytest.raises(PictureUnclearError) as caught:
            files.read(content, image=image)
        assert caught.value.pictures == ("5", "9", "10")
    (found,) = files.read(content, chosen="9").annotations
    assert found.shape.x == 9


def test_damaged_files(files):
    with pytest.raises(AnnotationError, match="no images and no tracks"):
        files.read("<annotations><version>1.1</version></annotations>")
    with pytest.raises(AnnotationError, match="cut short"):
        files.read(images(BOX)[:-60])

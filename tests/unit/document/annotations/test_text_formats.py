"""Formats with one thing a line: ICDAR, DOTA, KITTI, MOT."""

from math import hypot

import pytest
from made_annotations import identity

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document import Annotation, PictureUnclearError
from qmap_studio.document.annotations.reader import Source
from qmap_studio.document.annotations.readers import reader_of
from qmap_studio.document.shapes import Polygon, Rectangle

QUAD = "100,20,180,24,178,60,99,50"
CORNERS = ((100, 20), (180, 24), (178, 60), (99, 50))
KITTI = "Car 0.00 0 -1.57 100.5 20 180.5 60 2.85 2.63 12.34 0.47 1.49 69.44 -1.56"
GT = "1,1,10,20,30,40,1,1,0.9\n1,2,50,20,30,40,0,3,1\n2,1,11,21,30,40,1,1,1\n"
VISDRONE = "10,20,30,40,1,4,0,0\n50,20,30,40,0,0,0,2,\n"
DET = "1,-1,10,20,30,40,0.7,-1,-1,-1\n2,-1,11,21,30,40,0.5,-1,-1,-1\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (f"{QUAD},word, and more\n", "ICDAR text"),
        (f"{QUAD}\n", "ICDAR text"),
        (f"{QUAD},15\n", "ICDAR text"),
        ('38, 43, 920, 215, "Tiredness"\n', "ICDAR text"),
        ('158 128 411 181 "Footpath"\n', "ICDAR text"),
        ("10 10 60 10 60 40 10 40 plane 0\n", "DOTA text"),
        ("imagesource:GoogleEarth\ngsd:0.1\n", "DOTA text"),
        (KITTI, "KITTI text"),
        (KITTI + " 0.9", "KITTI text"),
        (GT, "MOT text"),
        (DET, "MOT text"),
        ("1,1,10,20,30,40,0.7", "MOT text"),
        (VISDRONE, "VisDrone text"),
        ("0 0.5 0.5 0.2 0.1", "YOLO text"),
        ("1 0.1 0.2 0.3 0.2 0.2 0.5", "YOLO text"),
        ("0 0.1 0.1 0.3 0.1 0.3 0.4 0.1 0.4 0.05 0.2 0.88 0.5 0.5 0.6 0.6", "YOLO text"),
    ],
)
def test_each_format_is_told_from_the_others(files, content, name):
    assert reader_of(Source(files.write(content), identity())).name == name


def test_words_are_quads_and_unreadable_ones_a_class_of_their_own(files):
    content = f"\ufeff{QUAD},word, and more\r\n{QUAD},###\r\n{QUAD},Latin,###\r\n{QUAD}\r\n10,10,60,10,60,40,10,40,x"
    found = files.boxes(content, name="gt_photo.txt")
    assert [one.label for one in found] == ["text", "unreadable", "unreadable", "text", "text"]
    assert found[0].shape == Polygon(CORNERS)
    assert found[-1].shape == Rectangle(10, 10, 50, 30)


@pytest.mark.parametrize("line", ['38, 43, 92, 215, "Tiredness"', '38 43 92 215 "Tiredness"', "38,43,92,215,Tiredness"])
def test_words_of_icdar_2013_are_boxes(files, line):
    assert files.boxes(line) == [Annotation.box("text", 38, 43, 54, 172)]


def test_dota_boxes_are_turned(files):
    content = (
        "imagesource:GoogleEarth\ngsd:0.1\n100 100 140 130 125 150 85 120 plane 0\n100 20 180 24 178 60 99 50 ship 1"
    )
    plane, ship = files.boxes(content)
    assert (plane.label, ship) == ("plane", Annotation("ship", Polygon(CORNERS)))
    assert isinstance(plane.shape, Rectangle)
    assert plane.shape.angle == pytest.approx(36.87, abs=0.01)
    assert (plane.shape.width, plane.shape.height) == pytest.approx((50, 25))
    assert hypot(plane.shape.frame.middle[0] - 112.5, plane.shape.frame.middle[1] - 125) < 1e-6


def test_kitti_boxes_and_scores(files):
    content = f"{KITTI} 0.75\n{KITTI.replace('Car', 'DontCare')} 0.5\n"
    assert files.boxes(content) == [
        Annotation.box("Car", 100.5, 20, 80, 40, 0.75),
        Annotation.box("DontCare", 100.5, 20, 80, 40, 0.5),
    ]
    assert [box.score for box in files.boxes(f"{KITTI} 0.75\n{KITTI} 7.5\n")] == [None, None]


@pytest.mark.parametrize(("picture", "left"), [("000001.jpg", [10, 50]), ("frame_2.png", [11])])
def test_the_frame_of_a_film_is_the_number_in_the_pictures_name(files, picture, left):
    assert [box.shape.x for box in files.boxes(GT, picture, "gt.txt")] == left


def test_a_frame_between_others_may_have_no_boxes(files):
    content = GT.replace("\n2,", "\n9,")
    assert files.boxes(content, "frame_000005.png", "gt.txt") == []
    assert len(files.boxes(content, "frame_000009.png", "gt.txt")) == 1
    with pytest.raises(PictureUnclearError):
        files.read(content, "frame_000010.png", "gt.txt")


def test_mot_classes_and_scores(files):
    assert [(box.label, box.score) for box in files.boxes(GT, "1.jpg")] == [("pedestrian", None), ("car", None)]
    assert files.boxes(DET, "1.jpg") == [Annotation.box("object", 10, 20, 30, 40, 0.7)]
    assert files.boxes(DET.replace("0.7", "67.5"), "1.jpg")[0].score is None
    files.write("cat\ndog\n", "labels.txt")
    assert [box.label for box in files.boxes(GT, "1.jpg", "gt.txt")] == ["cat", "class 3"]


def test_visdrone_boxes_have_scores_only_if_a_detector_wrote_them(files):
    assert files.boxes(VISDRONE) == [
        Annotation.box("car", 10, 20, 30, 40),
        Annotation.box("ignored region", 50, 20, 30, 40),
    ]
    assert [box.score for box in files.boxes(VISDRONE.replace("40,1,", "40,0.75,"))] == [0.75, 0]


def test_a_frame_is_asked_for_where_the_name_tells_none(files):
    for picture in ("photo.jpg", "photo7.jpg"):
        with pytest.raises(PictureUnclearError, match="boxes of 2 frames") as caught:
            files.read(GT, picture)
        assert caught.value.pictures == ("1", "2")
    assert len(files.boxes(GT, chosen="2")) == 1
    assert len(files.boxes(DET.partition("\n")[0])) == 1


@pytest.mark.parametrize(
    ("content", "bad", "reason"),
    [
        (f"{QUAD},a\n{QUAD},b\n", "1,2,3", "Line 3 of labels.txt is no word"),
        (f"{KITTI}\n{KITTI}\n", "Car 1 2", "Line 3 of labels.txt has 3 fields"),
        (f"{KITTI}\n{KITTI}\n", KITTI.replace("180.5", "18"), "box of negative size"),
        ("10 10 60 10 60 40 10 40 plane 0\n" * 2, "10 10 60 10 60 40", "Line 3 of labels.txt is no DOTA box"),
        ("1,1,10,20,30,40,1,1,0.9\n" * 2, "1,1,10,20,30,x,1,1,1", "no usable box"),
        (VISDRONE, "10,20,30,40,1,99,0,0", "is no VisDrone box"),
        ("1,1,10,20,30,40,1,1,0.9\n" * 2, "x", "is no box of MOT text"),
    ],
)
def test_a_bad_line_is_left_out_and_told(files, content, bad, reason):
    found = files.read(content + bad, "1.jpg")
    assert len(found.annotations) == 2
    assert "1 of 3 annotations in labels.txt was left out" in found.notices[0]
    assert reason in found.notices[0]


@pytest.mark.parametrize("content", [f"{KITTI}\n" + "x" * 2**22, f"{KITTI}\n" * 100_001])
def test_a_hostile_file_is_refused(files, content):
    with pytest.raises(AnnotationError, match=r"too long|too many"):
        files.read(content)


def test_a_turned_box_over_the_edge_stays_as_it_is_and_one_outside_is_told(files):
    inside = "-20 0 20 30 5 50 -35 20 plane 0\n"
    (box,) = files.boxes(inside)
    assert (round(box.shape.width), round(box.shape.height)) == (50, 25)
    found = files.read(inside + "-220 0 -180 30 -195 50 -235 20 plane 0\n")
    assert len(found.annotations) == 1
    assert "lies outside the picture" in found.notices[0]

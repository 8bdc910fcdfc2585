import pytest
from made_annotations import HEIGHT, WIDTH

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document import Annotation, PictureUnclearError

HEADER = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded\n"
ROWS = HEADER + "photo,xclick,/m/01,1,0.1,0.5,0.2,0.7,0\nother,xclick,/m/02,0.5,0,1,0,1,0\nphoto,x,/m/02,,0,1,0,1,0\n"
BOXES = [Annotation.box("/m/01", 50, 80, 200, 200, 1.0), Annotation.box("/m/02", 0, 0, WIDTH, HEIGHT)]


@pytest.mark.parametrize(
    "content",
    [ROWS, ROWS.replace("photo,", "photo.jpg,"), ROWS.replace("\n", "\r\n"), ROWS.replace("\n", "\r")],
)
def test_boxes_are_shares_of_the_picture(files, content):
    assert files.boxes(content, name="boxes.csv") == BOXES


def test_shares_may_have_a_comma_for_the_point(files):
    (box,) = files.boxes(HEADER + 'photo.jpg,,cat,,"0,1","0,5","0,2","0,7",\n', name="boxes.csv")
    assert box == Annotation.box("cat", 50, 80, 200, 200)


@pytest.mark.parametrize("descriptions", ["/m/01,Cat\n/m/02,Dog\n", "LabelName,DisplayName\n/m/01,Cat\n/m/02,Dog\n"])
def test_class_names_are_found_beside_the_file(files, descriptions):
    files.write(descriptions, "oidv7-class-descriptions-boxable.csv")
    assert [box.label for box in files.boxes(ROWS, name="boxes.csv")] == ["Cat", "Dog"]


def test_a_picture_of_another_name_is_asked_for(files):
    with pytest.raises(PictureUnclearError) as caught:
        files.read(ROWS, "somewhere.jpg", "boxes.csv")
    assert caught.value.pictures == ("photo", "other")
    assert files.boxes(ROWS, "somewhere.jpg", "boxes.csv", chosen="other") == [
        Annotation.box("/m/02", 0, 0, WIDTH, HEIGHT, 0.5)
    ]


def test_names_are_compared_as_loosely_as_elsewhere(files):
    assert files.boxes(ROWS, "PHOTO.png", "boxes.csv", chosen="photo") == BOXES
    assert len(files.read(ROWS, "PHOTO.png", "boxes.csv").annotations) == 2


def test_rows_that_cannot_be_read_are_told(files):
    found = files.read(ROWS + "photo,x,/m/01,1,a,1,0,1,0\nphoto,x,/m/01,1\n", name="boxes.csv")
    assert list(found.annotations) == BOXES
    assert "2 of 4 annotations" in found.notices[0]
    assert "Line 5 of boxes.csv has no usable XMin" in found.notices[0]


def test_a_field_that_is_too_long_is_refused(files):
    long = f'"{"x" * (2**20 + 1)}"'
    content = HEADER + f"photo,{long},cat,1,0,1,0,1,0\n"
    with pytest.raises(AnnotationError, match=r"no table that can be read|too long"):
        files.read(content, name="boxes.csv")


def test_a_header_alone(files):
    with pytest.raises(AnnotationError, match="lists 0 other pictures"):
        files.read(HEADER, name="boxes.csv")


def test_very_many_other_pictures_are_not_listed(files):
    many = HEADER + "".join(f"{number:06d},,cat,,0,1,0,1,\n" for number in range(100_001))
    with pytest.raises(AnnotationError, match="more than 100000 other pictures"):
        files.read(many, name="boxes.csv")
    assert len(files.boxes(many, "100000.jpg", "boxes.csv")) == 1

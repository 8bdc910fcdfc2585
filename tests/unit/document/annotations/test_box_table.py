"""CSV with a box a row."""

import pytest

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document import Annotation, PictureUnclearError

DOG, CAT = Annotation.box("dog", 100, 20, 80, 40), Annotation.box("cat", 10, 5.5, 90, 44.5)


@pytest.mark.parametrize(
    "content",
    [
        "filename,width,height,class,xmin,ymin,xmax,ymax\r\n"
        "photo.jpg,500,400,dog,100,20,180,60\r\nphoto.jpg,500,400,cat,10,5.5,100,50\r\nother.jpg,9,9,cat,1,2,3,4\r\n",
        '"image","xmin","ymin","xmax","ymax","label"\n'
        '"photo.jpg",100,20,180,60,"dog"\n"other.jpg",1,2,3,4,"cat"\n"photo.jpg",10,5.5,100,50,"cat"\n',
        "image_name;label_name;x1;y1;x2;y2\nphoto.jpg;dog;100;20;180;60\nphoto.jpg;cat;10;5,5;100;50\nb.jpg;a;1;2;3;4",
        "xmin,ymin,xmax,ymax,class,name\n100,20,180,60,16,dog\n10,5.5,100,50,15,cat\n",
        "path,x_min,y_min,x_max,y_max,class_name\na/photo.jpg,0.2,0.05,0.36,0.15,dog\na/photo.jpg,.02,.01375,.2,.125,cat",
    ],
)
def test_the_names_of_the_columns_say_what_they_hold(files, content):
    assert files.boxes(content, name="boxes.csv") == [DOG, CAT]


def test_a_box_of_a_pixel_is_no_share_where_others_are_larger(files):
    content = "filename,class,xmin,ymin,xmax,ymax\nphoto.jpg,dog,0,0,1,1\nother.jpg,dog,1,2,3,4"
    assert files.boxes(content, name="boxes.csv") == [Annotation.box("dog", 0, 0, 1, 1)]


def test_scores_and_boxes_of_no_class(files):
    content = "filename,xmin,ymin,xmax,ymax,confidence\nphoto.jpg,1,2,30,40,0.75"
    assert files.boxes(content, name="boxes.csv") == [Annotation.box("object", 1, 2, 29, 38, 0.75)]


def test_a_picture_may_be_listed_without_boxes(files):
    content = "filename,class,xmin,ymin,xmax,ymax\nphoto.jpg,,,,,\nother.jpg,dog,1,2,3,4"
    assert files.boxes(content, name="boxes.csv") == []


def test_boxes_of_a_resized_picture_are_scaled(files):
    content = "filename,width,height,class,xmin,ymin,xmax,ymax\nphoto.jpg,1000,800,dog,200,40,360,120\n"
    assert files.boxes(content, name="boxes.csv") == [DOG]


def test_bad_rows_are_left_out_and_told(files):
    content = "filename,class,xmin,ymin,xmax,ymax\nphoto.jpg,dog,100,20,180,60\n"
    for bad, reason in (("9,2,3,4", "negative size"), ("1,2,x,4", "no usable corner"), ("1,2", "no usable corner")):
        found = files.read(f"{content}photo.jpg,cat,{bad}", name="boxes.csv")
        assert found.annotations == (DOG,)
        assert "1 of 2 annotations in boxes.csv was left out" in found.notices[0]
        assert reason in found.notices[0]


def test_another_picture_or_another_table(files):
    content = "filename,class,xmin,ymin,xmax,ymax\na.jpg,dog,1,2,3,4\nb.jpg,dog,1,2,3,4"
    with pytest.raises(PictureUnclearError) as caught:
        files.read(content, name="boxes.csv")
    assert caught.value.pictures == ("a.jpg", "b.jpg")
    assert len(files.boxes(content, name="boxes.csv", chosen="b.jpg")) == 1
    for table in (
        "filename,class\nphoto.jpg,dog\n",
        "photo.jpg,1,2,3,4,dog\n",
        "XMin,YMin,XMax,YMax\n0.1,0.1,0.2,0.2\n",
    ):
        with pytest.raises(AnnotationError, match=r"boxes\.csv is of no known format; expected .*boxes \(CSV\)"):
            files.read(table, name="boxes.csv")

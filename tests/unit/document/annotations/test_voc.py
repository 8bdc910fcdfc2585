"""Pascal VOC XML, also as the web tool LabelMe writes it."""

from made_annotations import identity

from qmap_studio.document import Annotation
from qmap_studio.document.annotations.reader import Source
from qmap_studio.document.annotations.readers import reader_of
from qmap_studio.document.shapes import Polygon

OUTLINE = "".join(f"<pt><x>\n{x}\n</x><y>{y}</y></pt>" for x, y in ((10, 20), (60, 25), (40, 70)))
CORNERS = "<xmin>100</xmin><ymin>20</ymin><xmax>180</xmax><ymax>60</ymax>"


def thing(name, inside):
    return f"<object><name>\n{name}\n</name>{inside}</object>"


def annotation(*things, about=""):
    return f"<annotation><filename>photo.jpg</filename>{about}{''.join(things)}</annotation>"


def test_boxes_between_their_corners(files):
    content = annotation(thing("dog", f"<bndbox>{CORNERS}</bndbox>"))
    assert files.boxes(content, name="photo.xml") == [Annotation.box("dog", 100, 20, 80, 40)]


def test_labelme_outlines_and_boxes_of_masks_without_those_that_were_deleted(files):
    content = annotation(
        thing("dog", f"<deleted>0</deleted><polygon><username>me</username>{OUTLINE}</polygon>"),
        thing("gone", f"<deleted>1</deleted><polygon>{OUTLINE}</polygon>"),
        thing("cat", f"<deleted>0</deleted><segm><box>{CORNERS}</box><mask>photo_mask_0.png</mask></segm>"),
    )
    dog, cat = files.boxes(content, name="photo.xml")
    assert (dog.label, dog.shape) == ("dog", Polygon(((10, 20), (60, 25), (40, 70))))
    assert cat == Annotation.box("cat", 100, 20, 80, 40)
    assert reader_of(Source(files.folder / "photo.xml", identity())).name == "Pascal VOC XML"


def test_labelme_sizes_scale_the_outlines(files):
    size = "<imagesize><nrows>800</nrows><ncols>1000</ncols></imagesize>"
    content = annotation(thing("cat", f"<segm><box>{CORNERS}</box></segm>"), about=size)
    assert files.boxes(content, name="photo.xml") == [Annotation.box("cat", 50, 10, 40, 20)]

import pytest

from qmap_studio.core.errors import AnnotationError

BOX = '<box label="dog" xtl="1" ytl="2" xbr="3" ybr="4"/>'


def cvat(inside, name="photo.jpg"):
    return f'<annotations>\n<image id="0" name="{name}" width="500" height="400">\n{inside}\n</image></annotations>'


@pytest.mark.parametrize(
    "content",
    [
        cvat("<x/>" * 400_000),
        cvat(BOX, name="x" * 17 * 2**20),
        cvat("x" * 2**21),
        f"<annotations><!--{'x' * 2**25}--></annotations>",
    ],
)
def test_elements_that_are_too_large_are_refused(files, content):
    with pytest.raises(AnnotationError, match="too large"):
        files.read(content)


def test_large_files_of_usual_elements_are_read(files):
    pictures = "".join(f'<image id="{n}" name="{n}.jpg">{BOX * 20}\n</image>\n' for n in range(5000))
    assert len(files.boxes(f"<annotations>{pictures}</annotations>", image="4711.jpg")) == 20


def test_entities_of_the_file_are_not_expanded(files):
    entities = '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]>'
    with pytest.raises(AnnotationError, match="no valid XML"):
        files.read(f'<?xml version="1.0"?>{entities}{cvat("&c;")}', name="a.xml")

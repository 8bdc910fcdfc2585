"""Projects: whole, written on and on, damaged, hostile."""

import base64
import contextlib
import json
import struct
import zipfile
import zlib
from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from documents import apply_boxes
from hypothesis import given, settings
from hypothesis import strategies as st

from qmap_studio.core.errors import ProjectError, QualityMapShapeError
from qmap_studio.core.pictures import Picture
from qmap_studio.core.rect import Rect
from qmap_studio.document import Annotation, Brush, Document
from qmap_studio.document.layers.adjust import AdjustLayer
from qmap_studio.document.layers.adjustments import Blur, Grow, Invert, Levels, Limits, Shift, Strength
from qmap_studio.document.layers.composition import Composition
from qmap_studio.document.layers.gradient import LinearGradient, RadialGradient
from qmap_studio.document.layers.layer import Rule
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.layers.raster import BrushLayer
from qmap_studio.document.project import ProjectWriter, Source, project_bytes, read_project, reading, write_project
from qmap_studio.document.shapes import Ellipse, Frame, Mask, Polygon, Rectangle
from tests.unit.document.documents import stroke
from tests.unit.document.test_any_edits import HEIGHT, WIDTH, edits, place

PICTURE = Picture(np.zeros((HEIGHT, WIDTH, 3), np.uint8))


def a_document():
    return Document(PICTURE, source=Source("/photos/a.jpg", "ab" * 32, 2))


def everything():
    """A document with layers and shapes of every kind."""
    document = a_document()
    stroke(document, 60, 60)
    document.add_layer(LinearGradient((0, 0), (300, 20), 0.1, 0.9, opacity=0.4), "Gradient")
    document.add_layer(RadialGradient((0, 0), (300, 20), 0.1, 0.9, rule=Rule.MAXIMUM), "Gradient")
    disc = np.hypot(*(np.mgrid[:31, :41] - 15)) <= 15
    shapes = [Rectangle(10, 20, 60, 50), Ellipse(100, 90, 40, 30, 30), Polygon(((5, 5), (90, 20), (40, 80)), 12)]
    masks = [Mask(40, 20, disc), Mask(40, 20, disc).in_frame(Frame(90, 15, 55, 40, 20))]
    document.add_shapes([PlacedShape(s, 0.8, 9, "cat", name="Tom", is_inside=True) for s in (*shapes, *masks)], "Boxes")
    document.fill_rectangle(Rect(200, 100, 50, 50), 0.5, bound=2)
    document.bound_everywhere(3)
    document.replace(np.random.default_rng(0).integers(0, 65536, (HEIGHT, WIDTH)).astype(np.uint16), "Import")
    top = document.layers[-1]
    changed = replace(top, opacity=0.5, visible=False, locked=True, is_inside=True, adjustments=(Blur(9), Invert()))
    document.replace_layer(top, changed, "Change")
    kinds = (Invert(), Strength(2, 0.3), Shift(-0.1), Limits(0.1, 0.9), Levels(0.1, 0.9, 2), Blur(5), Grow(-3))
    document.add_layer(AdjustLayer.of(*kinds), "Adjust")
    document.selection = Rect(3, 4, 5, 6)
    return document


def opened(path, document):
    found = read_project(path)
    return Document.of_project(found.project, document.picture), found


def are_alike(document, other):
    """Whether two documents hold the same, whatever the keys."""
    assert [type(layer) for layer in document.layers] == [type(layer) for layer in other.layers]
    for layer, again in zip(document.layers, other.layers, strict=True):
        assert (layer.name, layer.locked, layer.is_inside) == (again.name, again.locked, again.is_inside)
        assert (layer.opacity, layer.rule, layer.visible) == (again.opacity, again.rule, again.visible)
        assert layer.adjustments == again.adjustments
    np.testing.assert_array_equal(document.quality_map.values, other.quality_map.values)
    np.testing.assert_array_equal(
        Composition(HEIGHT, WIDTH, tuple(replace(layer, visible=True) for layer in document.layers)).quality.values,
        Composition(HEIGHT, WIDTH, tuple(replace(layer, visible=True) for layer in other.layers)).quality.values,
    )


def test_a_project_gives_back_all_that_it_was_saved_of(tmp_path):
    document, path = everything(), tmp_path / "a.qmapproj"
    write_project(path, document.project(threshold=0.4))
    again, found = opened(path, document)
    assert found.losses == ()
    are_alike(document, again)
    assert (found.project.threshold, again.selection, again.source) == (0.4, Rect(3, 4, 5, 6), document.source)
    assert again.active_layer.name == document.active_layer.name
    np.testing.assert_array_equal(document.bounds, again.bounds)
    shapes = next(layer for layer in again.layers if layer.kind == "shapes" and len(layer.shapes) == 5).shapes
    assert {(p.quality, p.feather_px, p.label, p.name, p.is_inside) for p in shapes} == {(0.8, 9.0, "cat", "Tom", True)}
    assert not again.is_modified


@given(st.lists(st.tuples(edits, place), min_size=1, max_size=10))
@settings(max_examples=40)
def test_any_map_is_the_same_after_it_was_saved_and_opened(tmp_path_factory, steps):
    document, path = a_document(), tmp_path_factory.mktemp("projects") / "a.qmapproj"
    for edit, towards in steps:
        edit(document)
        with contextlib.suppress(ValueError):  # no stroke has begun
            document.continue_stroke(*towards)
    write_project(path, document.project())
    shown = document.quality_map.values.copy()
    again, found = opened(path, document)
    assert found.losses == ()
    np.testing.assert_array_equal(again.quality_map.values, shown)


def test_a_stroke_under_way_is_saved_as_far_as_it_is_drawn(tmp_path):
    document, path = a_document(), tmp_path / "a.qmapproj"
    stroke(document, 50, 50)
    document.begin_stroke(Brush(80, flow=0.5), 60, 60)
    document.continue_stroke(200, 90)
    project, shown = document.project(), document.quality_map.values.copy()
    document.continue_stroke(400, 200)
    write_project(path, project)
    np.testing.assert_array_equal(opened(path, document)[0].quality_map.values, shown)


def test_versions_share_what_has_not_changed_and_the_last_whole_one_counts(tmp_path):
    document, path = everything(), tmp_path / "recovery"
    states, ends = [], []
    with path.open("wb") as file, zipfile.ZipFile(file, "w") as archive:
        writer = ProjectWriter(archive)
        for x in (100, 300, 500):
            stroke(document, x, 200)
            writer.write_version(document.project())
            states.append(document.quality_map.values.copy())
            ends.append(file.tell())
    assert ends[1] - ends[0] < 0.2 * ends[0]
    content = path.read_bytes()
    for state, end, later in zip(states, ends, [*ends[1:], len(content)], strict=True):
        for cut in (end, (end + later) // 2 if later < len(content) else end):
            path.write_bytes(content[:cut])
            again, found = opened(path, document)
            np.testing.assert_array_equal(again.quality_map.values, state)
            assert found.losses == ("recovery is damaged.",)


def test_a_damaged_project_opens_as_far_as_it_can_and_says_what_is_lost(tmp_path):
    document, path = everything(), tmp_path / "a.qmapproj"
    write_project(path, document.project())
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        tile = next(info for info in archive.infolist() if info.filename.startswith("tiles/"))
        shapes = next(info for info in archive.infolist() if info.filename.startswith("shapes/"))
    for info, sentence in ((tile, "tile of"), (shapes, "Shapes of the layer")):
        at = info.header_offset + 60
        path.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
        again, found = opened(path, document)
        assert any(sentence in loss and "“" in loss for loss in found.losses)
        assert len(again.layers) == len(document.layers)
    path.write_bytes(content[: len(content) * 2 // 3])  # the end is missing, and the directory with it
    again, found = opened(path, document)
    assert found.losses[0] == "a.qmapproj is damaged."
    assert len(again.layers) == len(document.layers)


def test_a_project_cut_within_its_picture_is_not_mixed_with_one_that_the_picture_holds(tmp_path):
    document, path = everything(), tmp_path / "a.qmapproj"
    other = a_document()
    other.replace(np.random.default_rng(1).integers(0, 65536, (HEIGHT, WIDTH)).astype(np.uint16), "Import")
    write_project(path, replace(document.project(), picture=b"head" + project_bytes(other.project()) + bytes(99)))
    with zipfile.ZipFile(path) as archive:
        end = archive.getinfo("picture").header_offset + archive.getinfo("picture").file_size
    path.write_bytes(path.read_bytes()[:end])
    again, found = opened(path, document)
    assert found.losses == ("a.qmapproj is damaged.", "The picture that it holds is lost.")
    are_alike(document, again)


def test_a_garbled_directory_loses_nothing(tmp_path):
    document, path = everything(), tmp_path / "a.qmapproj"
    write_project(path, document.project())
    content = path.read_bytes()
    directory = content.rindex(b"tiles/")
    path.write_bytes(content[:directory] + b"other" + content[directory + 5 :])
    again, found = opened(path, document)
    assert found.losses == ()
    are_alike(document, again)


def rewritten(path, change, part="manifest"):
    """A project whose manifests, or shapes, were changed."""
    content = BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for info in old.infolist():
            data = old.read(info.filename)
            if info.filename.startswith(part):
                entry = json.loads(data)
                change(entry)
                data = json.dumps(entry).encode()
            new.writestr(info.filename, data)
    path.write_bytes(content.getvalue())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda manifest: manifest.update(version=99, program="9.9"), "newer version of the program"),
        (lambda manifest: manifest.update(version="x"), "too damaged"),
        (lambda manifest: manifest.update(format="other"), "too damaged"),
        (lambda manifest: manifest.update(width=-5), "the size of its map"),
        (lambda manifest: manifest.update(width=10**6, height=10**6), "1000000 x 1000000"),
        (lambda manifest: manifest.update(layers=7), "its layers"),
        (lambda manifest: manifest.pop("picture"), "what picture"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path, change, sentence):
    document, path = everything(), tmp_path / "a.qmapproj"
    write_project(path, document.project())
    rewritten(path, change)
    with pytest.raises(ProjectError, match=sentence):
        read_project(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_what_is_no_project_says_so(tmp_path, content):
    (tmp_path / "a.qmapproj").write_bytes(content)
    with pytest.raises(ProjectError, match="no project of this program"):
        read_project(tmp_path / "a.qmapproj")


@pytest.mark.parametrize(
    "change",
    [
        {"opacity": 7},
        {"opacity": None},
        {"opacity": 1e400},
        {"rule": "overlay"},
        {"kind": "smart object"},
        {"name": 5},
        {"adjustments": [{"kind": "blur", "radius_px": 10**9}]},
        {"adjustments": [{"kind": "blur"}, 5]},
        {"start": [0, 0, 0]},
        {"start": "here"},
        {"end": [0, 0], "start": [0, 0]},
        {"quality_from": True},
    ],
)
def test_a_layer_that_cannot_be_read_is_lost_and_the_others_are_not(tmp_path, change):
    document, path = a_document(), tmp_path / "a.qmapproj"
    stroke(document, 60, 60)
    document.add_layer(LinearGradient((0, 0), (300, 20), 0.1, 0.9, name="Sky"), "Gradient")
    write_project(path, document.project())
    rewritten(path, lambda manifest: manifest["layers"][2].update(change))
    again, found = opened(path, document)
    assert [layer.name for layer in again.layers] == ["Base quality", "Brush 1"]
    assert "cannot be read and is lost" in found.losses[-1]


def test_a_small_file_may_not_ask_for_masks_beyond_memory(tmp_path, monkeypatch):
    document, path = a_document(), tmp_path / "a.qmapproj"
    document.add_shapes([PlacedShape(Mask(0, 0, np.ones((2, 2), bool)), 0.5)], "Boxes")
    write_project(path, document.project())
    content, side = BytesIO(), 2_000
    pixels = base64.b64encode(zlib.compress(bytes(side * side // 8))).decode()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for info in old.infolist():
            data = old.read(info.filename)
            if info.filename.startswith("shapes/"):
                (shape,) = json.loads(data)
                shape["shape"] |= {"width": side, "height": side, "pixels": pixels}
                data = json.dumps(3 * [shape])
            new.writestr(info.filename, data)
    path.write_bytes(content.getvalue())
    monkeypatch.setattr(reading, "MOST_BYTES", 2 * side * side)
    with pytest.raises(ProjectError, match="memory"):
        read_project(path)


def test_a_compressed_entry_is_not_unpacked(tmp_path):
    document, path = a_document(), tmp_path / "a.qmapproj"
    write_project(path, replace(document.project(), picture=b"p"))
    content = BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for info in old.infolist():
            is_picture = info.filename == "picture"
            data = bytes(1 << 20) if is_picture else old.read(info.filename)
            new.writestr(info.filename, data, zipfile.ZIP_DEFLATED if is_picture else zipfile.ZIP_STORED)
    path.write_bytes(content.getvalue())
    found = read_project(path)
    assert found.project.picture is None
    assert found.losses[-1] == "The picture that it holds is lost."


def test_a_file_of_headers_that_all_claim_the_rest_of_it_is_given_up_soon(tmp_path):
    count, path = 200_000, tmp_path / "a.qmapproj"
    sizes = (30 * (count - n) for n in range(1, count))
    path.write_bytes(b"".join(struct.pack("<4s5H3I2H", b"PK\3\4", 0, 0, 0, 0, 0, 1, n, n, 0, 0) for n in sizes))
    with pytest.raises(ProjectError, match="no project of this program"):
        read_project(path)


@pytest.mark.parametrize("change", [{"feather_px": 1e9}, {"shape": {"x": 1e200}}, {"label": 5}])
def test_a_shape_that_no_picture_has_room_for_is_lost_and_the_others_are_not(tmp_path, change):
    document, path = a_document(), tmp_path / "a.qmapproj"
    document.add_shapes([PlacedShape(Rectangle(5 * n, 5, 9, 9), 0.5) for n in range(3)], "Boxes")
    write_project(path, document.project())

    def spoil(shapes):
        geometry = shapes[1]["shape"] | change.get("shape", {})
        shapes[1] |= change | {"shape": geometry}

    rewritten(path, spoil, "shapes")
    again, found = opened(path, document)
    assert [placed.shape.x for placed in again.layers[1].shapes] == [0, 10]
    assert found.losses == ("Shapes of the layer “Shapes 1” are lost.",)


def test_a_layer_may_not_ask_for_more_tiles_than_there_are_places(tmp_path):
    document, path = a_document(), tmp_path / "a.qmapproj"
    stroke(document, 60, 60)
    write_project(path, document.project())
    rewritten(path, lambda manifest: manifest["layers"][1].update(tiles=[[99, 99, 1]]))
    assert len(opened(path, document)[0].layers) == 1


def leaves(value, way=()):
    """The ways to all values in a manifest that hold no others."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from leaves(each, (*way, key))
    else:
        yield way


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}), st.just([1, 2])
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_manifest_is_one_error_or_a_document(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("projects") / "a.qmapproj"
    path.write_bytes(whole_project())

    def change(manifest):
        way = data.draw(st.sampled_from(sorted(leaves(manifest), key=str)))
        for _ in range(data.draw(st.integers(0, 1))):
            way = way[:-1] or way
        *above, last = way
        for key in above:
            manifest = manifest[key]
        manifest[last] = data.draw(anything)

    rewritten(path, change, data.draw(st.sampled_from(["manifest", "shapes"])))
    with contextlib.suppress(ProjectError, QualityMapShapeError):
        Document.of_project(read_project(path).project, PICTURE)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_damage_is_one_error_or_a_document(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("projects") / "a.qmapproj"
    content = bytearray(whole_project())
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    start = data.draw(st.sampled_from([0, 0, 1, 100]))
    path.write_bytes(content[start : data.draw(st.integers(0, len(content)))])
    with contextlib.suppress(ProjectError, QualityMapShapeError):
        Document.of_project(read_project(path).project, PICTURE)


@cache
def whole_project():
    document = everything()
    layer = next(layer for layer in document.layers if isinstance(layer, BrushLayer))
    document.change_layers((document.layers[0], layer, *document.layers_of(layer.aspect)[2:5]), "Fewer")
    apply_boxes(document, [Annotation.box("a", 5, 5, 50, 50)], 0.9)
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        ProjectWriter(archive).write_version(document.project())
    return content.getvalue()

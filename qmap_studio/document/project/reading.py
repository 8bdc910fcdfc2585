"""Reading projects, damaged ones as far as they go."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmap_studio.core.cells import MAX_LEVEL
from qmap_studio.core.errors import ProjectError
from qmap_studio.core.language import ngettext, tr
from qmap_studio.core.rate import DEFAULT_QUALITY
from qmap_studio.core.rect import Rect
from qmap_studio.document.blend import Plane
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.layers.raster import RasterLayer
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.layers.uniform import UniformLayer
from qmap_studio.document.packing import unpack_plane
from qmap_studio.document.project.archive import LARGEST_PICTURE_BYTES, Archive, of_bytes, opened
from qmap_studio.document.project.entries import EntryError
from qmap_studio.document.project.layer_entries import kind_of, layer_of, shapes_of
from qmap_studio.document.project.project import Project, Source
from qmap_studio.document.project.writing import FORMAT, PICTURE, VERSION
from qmap_studio.document.tiles import MapTile, TileIndex, tile_rect

MOST_LAYERS, MOST_SHAPES, MOST_PIXELS, MOST_BYTES = 1000, 2_000_000, 200_000_000, 1 << 33


@dataclass(frozen=True)
class ProjectRead:
    """A project, and in sentences what was lost of it."""

    project: Project
    losses: tuple[str, ...]


def read_project(path: Path) -> ProjectRead:
    """Reads a project's file, a damaged one as far as it goes.

    Raises:
        ProjectError: it is no project, of a newer program, or too damaged to tell anything.
        FileAccessError: it cannot be read.
    """
    with opened(path) as archive:
        return _Reading(archive, path.name).read()


def read_project_bytes(content: bytes, name: str) -> ProjectRead:
    """Reads a project that another file carries, as `read_project`.

    Args:
        name: of the other file, for what is told.
    """
    return _Reading(of_bytes(content), name).read()


def names_in(path: Path) -> tuple[str, str]:
    """Where the picture of a project lay, and the project itself if this is a copy of it; errors as `read_project`."""
    with opened(path) as archive:
        manifest = _manifest(path.name, archive)
        picture = manifest.get("picture")
        return _text(picture, "path") if isinstance(picture, dict) else "", _text(manifest, "saved_as")


def picture_in(path: Path) -> bytes | None:
    """The file of the picture that a project holds; None if it holds none, or it is lost.

    Raises:
        FileAccessError: the project cannot be read.
    """
    with opened(path) as archive:
        return archive.read(PICTURE, LARGEST_PICTURE_BYTES)


def _manifest(name: str, archive: Archive) -> dict[str, Any]:
    """The manifest that counts."""
    numbers = (entry.removeprefix("manifest-").removesuffix(".json") for entry in archive.names)
    newest = sorted({int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 10}, reverse=True)
    for number in newest:
        content = archive.read(f"manifest-{number}.json")
        try:
            manifest = json.loads(content) if content is not None else None
        except (ValueError, RecursionError):
            continue
        if isinstance(manifest, dict) and manifest.get("format") == FORMAT:
            _check_version(name, manifest)
            return manifest
    if newest:
        raise ProjectError(tr("{name} is too damaged to be opened.").format(name=name))
    raise ProjectError(tr("{name} is no project of this program, or too damaged to be one.").format(name=name))


def _check_version(name: str, manifest: dict[str, Any]) -> None:
    version = manifest.get("version")
    if not isinstance(version, int) or version < 1:
        raise ProjectError(tr("{name} is too damaged to be opened.").format(name=name))
    if version > VERSION:
        text = tr("{name} was saved by a newer version of the program ({program}): update it to open the project.")
        raise ProjectError(text.format(name=name, program=str(manifest.get("program"))[:20]))


class _Reading:
    """One project as it is read."""

    def __init__(self, archive: Archive, name: str) -> None:
        self._archive, self._manifest, self._name = archive, _manifest(name, archive), name
        self._losses = [tr("{name} is damaged.").format(name=name)] if archive.is_damaged else []
        self._shapes_left = MOST_SHAPES
        self._bytes_left = MOST_BYTES
        self._known: dict[tuple[int, tuple[int, int]], MapTile | None] = {}

    def read(self) -> ProjectRead:
        manifest = self._manifest
        self._height, self._width = (self._side(side) for side in ("height", "width"))
        if self._height * self._width > MOST_PIXELS:
            raise self._error(tr("a map of {width} x {height} pixels").format(width=self._width, height=self._height))
        picture = manifest.get("picture")
        if not isinstance(picture, dict):
            raise self._error(tr("what picture it is of"))
        source = Source(_text(picture, "path"), _text(picture, "sha256"), _whole_number(picture.get("page"), 0))
        embedded = None
        if picture.get("is_embedded"):
            embedded = self._archive.read(PICTURE, LARGEST_PICTURE_BYTES)
            if embedded is None:
                self._losses.append(tr("The picture that it holds is lost."))
        layers, active = self._layers()
        project = Project(
            source=source,
            height=self._height,
            width=self._width,
            layers=layers,
            active=active,
            threshold=_share(manifest.get("threshold")),
            selection=self._selection(),
            picture=embedded,
            relative=_text(picture, "relative"),
            saved_as=_text(manifest, "saved_as"),
        )
        return ProjectRead(project, tuple(self._losses))

    def _layers(self) -> tuple[tuple[Layer, ...], int | None]:
        """The layers that can be read, and the key of the active one."""
        entries = self._manifest.get("layers")
        if not isinstance(entries, list) or len(entries) > MOST_LAYERS:
            raise self._error(tr("its layers"))
        layers: list[Layer] = []
        active = None
        for number, entry in enumerate(entries):
            try:
                layer = self._layer(entry)
            except EntryError:
                text = tr("The layer {layer} cannot be read and is lost.")
                self._losses.append(text.format(layer=_name_of(entry, number)))
                continue
            layers.append(layer)
            if number == self._manifest.get("active"):
                active = layer.key
        if not layers or not isinstance(layers[0], UniformLayer):
            self._losses.append(tr("The base quality is lost; it is {quality} now.").format(quality=DEFAULT_QUALITY))
            layers.insert(0, UniformLayer(DEFAULT_QUALITY, name=tr("Base quality")))
        return tuple(layers), active

    def _layer(self, entry: Any) -> Layer:
        kind = kind_of(entry)
        if issubclass(kind, RasterLayer):
            return layer_of(entry, tiles=self._tiles(entry))
        if issubclass(kind, ShapeLayer):
            return layer_of(entry, shapes=self._shapes(entry))
        return layer_of(entry)

    def _tiles(self, entry: dict[str, Any]) -> dict[TileIndex, MapTile]:
        places, tiles, lost = entry.get("tiles"), {}, 0
        if not isinstance(places, list):
            raise EntryError("there are no tiles")
        for place in places:
            if not isinstance(place, list) or not all(type(n) is int for n in place):
                raise EntryError("a tile has no place")
            match place:
                case [column, row, number]:
                    tile = self._tile((column, row), number)
                case [column, row, level, coverage] if 0 <= level <= MAX_LEVEL and 0 <= coverage <= MAX_LEVEL:
                    tile = MapTile(level, coverage)
                case _:
                    raise EntryError("a tile has no place")
            if column < 0 or row < 0 or tile_rect((column, row), self._height, self._width).empty:
                raise EntryError("a tile lies off the picture")
            if tile is None:
                lost += 1
            else:
                tiles[column, row] = tile
        if lost:
            text = ngettext(
                "{count} tile of {total} of the layer {layer} is lost.",
                "{count} tiles of {total} of the layer {layer} are lost.",
                lost,
            )
            self._losses.append(text.format(count=lost, total=len(places), layer=_name_of(entry, 0)))
        return tiles

    def _tile(self, index: TileIndex, number: int) -> MapTile | None:
        """The tile of an entry, which several layers may share; None if it is lost."""
        rect = tile_rect(index, self._height, self._width)
        key = number, (rect.height, rect.width)
        if key not in self._known:
            content = self._archive.read(f"tiles/{number}") if not rect.empty else None
            tile = self._known[key] = _tile_of(content, key[1]) if content is not None else None
            self._take(tile.size_bytes if tile is not None else 0)
        return self._known[key]

    def _shapes(self, entry: dict[str, Any]) -> tuple[PlacedShape, ...]:
        numbers, shapes, lost, lost_chunks = entry.get("shapes"), [], 0, 0
        if not isinstance(numbers, list):
            raise EntryError("there are no shapes")
        for number in numbers:
            content = self._archive.read(f"shapes/{number}.json") if type(number) is int else None
            try:
                found = shapes_of(json.loads(content), self._take) if content is not None else None
            except (ValueError, RecursionError):
                found = None
            if found is None:
                lost_chunks += 1
                continue
            shapes += [placed for placed in found if placed is not None]
            lost += found.count(None)
            if len(shapes) > self._shapes_left:
                raise EntryError("there are too many shapes")
        self._shapes_left -= len(shapes)
        if shapes and any(placed.aspect is not shapes[0].aspect for placed in shapes):
            raise EntryError("shapes of qualities and of bounds in one layer")
        if lost or lost_chunks:
            self._losses.append(tr("Shapes of the layer {layer} are lost.").format(layer=_name_of(entry, 0)))
        return tuple(shapes)

    def _take(self, size_bytes: int) -> None:
        """Allows for so much memory."""
        self._bytes_left -= size_bytes
        if self._bytes_left < 0:
            raise self._error(tr("more layers than memory is for"))

    def _selection(self) -> Rect | None:
        entry = self._manifest.get("selection")
        if not isinstance(entry, list) or len(entry) != 4 or not all(type(n) is int for n in entry):
            return None
        rect = Rect(*entry).clipped(self._width, self._height)
        return None if rect.empty else rect

    def _side(self, name: str) -> int:
        side = _whole_number(self._manifest.get(name), 0)
        if not side:
            raise self._error(tr("the size of its map"))
        return side

    def _error(self, what: str) -> ProjectError:
        text = tr("{name} cannot be opened: {what} cannot be read from it.")
        return ProjectError(text.format(name=self._name, what=what))


def _tile_of(content: bytes, shape: tuple[int, int]) -> MapTile | None:
    try:
        planes = []
        for _ in range(2):
            size = int.from_bytes(content[:4], "big")
            planes.append(_plane(content[4 : 4 + size], shape))
            content = content[4 + size :]
        return MapTile(*planes)
    except ValueError:
        return None


def _plane(content: bytes, shape: tuple[int, int]) -> Plane:
    return int.from_bytes(content, "big") if len(content) == 2 else unpack_plane(content, shape)


def _text(entry: dict[str, Any], name: str) -> str:
    text = entry.get(name)
    return text if isinstance(text, str) else ""


def _whole_number(entry: object, otherwise: int) -> int:
    return entry if type(entry) is int and entry >= 0 else otherwise


def _share(entry: object) -> float | None:
    is_number = isinstance(entry, int | float) and not isinstance(entry, bool)
    return float(entry) if is_number and 0 <= entry <= 1 else None  # type: ignore[operator,arg-type]


def _name_of(entry: object, number: int) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"“{name[:60]}”" if isinstance(name, str) and name else str(number + 1)

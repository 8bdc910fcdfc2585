"""Writing projects."""

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from qmap_studio import __version__
from qmap_studio.core.files import atomic_writer
from qmap_studio.document.blend import Plane
from qmap_studio.document.layers.layer import Layer
from qmap_studio.document.layers.placed_shape import PlacedShape
from qmap_studio.document.layers.raster import RasterLayer
from qmap_studio.document.layers.shape import ShapeLayer
from qmap_studio.document.packing import pack_plane
from qmap_studio.document.project.layer_entries import chunks_of, layer_entry, shape_entry
from qmap_studio.document.project.project import Project
from qmap_studio.document.tiles import MapTile

FORMAT, VERSION = "qmap-studio project", 1
PICTURE, PREVIEW = "picture", "preview.png"

Checkpoint = Callable[[float], None]
"""Called with the share that is done; may raise to give up."""


def manifest_name(number: int) -> str:
    """The entry that describes all others; the one of the highest number counts."""
    return f"manifest-{number}.json"


def write_project(
    path: Path, project: Project, preview: bytes | None = None, checkpoint: Checkpoint = lambda _share: None
) -> None:
    """Writes a project's file whole or not at all.

    Args:
        preview: a small picture of it, PNG.
    Raises:
        FileAccessError: it cannot be written.
    """
    with atomic_writer(path) as file:
        write_into(file, project, preview, checkpoint)


def project_bytes(project: Project) -> bytes:
    """A project's file, to be carried by another."""
    content = BytesIO()
    write_into(content, project, None, lambda _share: None)
    return content.getvalue()


def write_into(file: BinaryIO, project: Project, preview: bytes | None, checkpoint: Checkpoint) -> None:
    """Writes the whole file: its manifest before and behind the layers, so that one outlives the other.

    The picture comes last: it may be large, may itself hold a project, and of two entries of one name the first counts.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        writer = ProjectWriter(archive)
        if preview is not None:
            archive.writestr(PREVIEW, preview)
        manifest = writer.plan(project)
        writer.write_manifest(manifest)
        writer.write_planned(checkpoint)
        writer.write_manifest(manifest)
        if project.picture is not None:
            writer.write_picture(project.picture)


class ProjectWriter:
    """Writes versions of a project one after the other into one archive; what is in it already is not written again.

    Args:
        archive: open for writing.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._numbers: dict[Any, tuple[Any, int]] = {}  # what is written, by what it is, with what keeps that alive
        self._planned: list[tuple[str, Callable[[], bytes]]] = []
        self._manifests = self._last = 0
        self._holds_picture = False

    def write_picture(self, content: bytes) -> None:
        """Writes the file of the picture that all versions are of."""
        self._archive.writestr(PICTURE, content)
        self._holds_picture = True

    def write_version(self, project: Project, checkpoint: Checkpoint = lambda _share: None) -> None:
        """Writes what is new in a version, and then the manifest that makes it count."""
        manifest = self.plan(project)
        self.write_planned(checkpoint)
        self.write_manifest(manifest)

    def plan(self, project: Project) -> dict[str, Any]:
        """The manifest of a version, whose new parts `write_planned` then writes."""
        source, layers = project.source, project.layers
        return {
            "format": FORMAT,
            "version": VERSION,
            "program": __version__,
            "picture": {
                "path": source.path,
                "relative": project.relative,
                "sha256": source.digest,
                "page": source.page,
                "is_embedded": self._holds_picture or project.picture is not None,
            },
            "width": project.width,
            "height": project.height,
            "layers": [self._layer(layer) for layer in layers],
            "active": next((n for n, layer in enumerate(layers) if layer.key == project.active), None),
            "threshold": project.threshold,
            "selection": project.selection,
            "saved_as": project.saved_as,
        }

    def write_planned(self, checkpoint: Checkpoint) -> None:
        """Writes all that was planned."""
        for done, (name, content) in enumerate(self._planned):
            checkpoint(done / len(self._planned))
            self._archive.writestr(name, content())
        self._planned.clear()

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Makes a version the one that counts."""
        self._manifests += 1
        content = json.dumps(manifest, ensure_ascii=False, allow_nan=False)
        self._archive.writestr(manifest_name(self._manifests), content)

    def _layer(self, layer: Layer) -> dict[str, Any]:
        entry = layer_entry(layer)
        if isinstance(layer, RasterLayer):
            entry["tiles"] = [[*index, *self._tile(tile)] for index, tile in sorted(layer.tiles.items())]
        if isinstance(layer, ShapeLayer):
            entry["shapes"] = [self._chunk(chunk) for chunk in chunks_of(layer.shapes)]
        return entry

    def _tile(self, tile: MapTile) -> list[int]:
        """The number of its entry, or its level and its coverage where they are the same all over it."""
        levels, coverage = tile.levels, tile.coverage
        if isinstance(levels, int) and isinstance(coverage, int):
            return [levels, coverage]
        return [self._number(id(tile), tile, "tiles/{}", lambda: tile_bytes(levels, coverage))]

    def _chunk(self, chunk: tuple[PlacedShape, ...]) -> int:
        def content() -> bytes:
            return json.dumps([shape_entry(placed) for placed in chunk], ensure_ascii=False, allow_nan=False).encode()

        return self._number(tuple(map(id, chunk)), chunk, "shapes/{}.json", content)

    def _number(self, key: object, kept: object, name: str, content: Callable[[], bytes]) -> int:
        """The number of an entry, which is planned if it is not written yet."""
        if key not in self._numbers:
            self._last += 1
            self._numbers[key] = kept, self._last
            self._planned.append((name.format(self._last), content))
        return self._numbers[key][1]


def tile_bytes(levels: Plane, coverage: Plane) -> bytes:
    """A tile's entry: levels, then coverage; each is its length and its bytes, or two bytes for one number."""
    parts = (_plane_bytes(plane) for plane in (levels, coverage))
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _plane_bytes(plane: Plane) -> bytes:
    return plane.to_bytes(2, "big") if isinstance(plane, int) else pack_plane(plane)

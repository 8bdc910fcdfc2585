"""Whatever layout random files are written in, they are read in it or refused, and never read in another."""

import numpy as np
import pytest

from qmap_studio.core.errors import AnnotationError
from qmap_studio.document.annotations.formats.yolo_layouts import find_layout

FILES = 150


def polygon(random, points):
    """An outline that does not cross itself."""
    turns = (np.arange(points) + random.uniform(0, 0.8, points)) * 2 * np.pi / points
    radii = random.uniform(0.03, 0.3) * random.uniform(0.5, 1, points)
    outline = random.uniform(0.2, 0.8, (1, 2)) + radii[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)
    return np.roll(outline.clip(0, 1), random.integers(points), axis=0).ravel()


def oriented_box(random, _points):
    across, down = random.uniform(-0.15, 0.15, (2, 2))
    corners = np.stack([across + down, across - down, -across - down, down - across])
    return (random.uniform(0.3, 0.7, 2) + corners).ravel()


def pose(random, points, numbers):
    """Keypoints within their box; third numbers are scores."""
    size = random.uniform(0.05, 0.6, 2)
    centre = random.uniform(size / 2, 1 - size / 2)
    keypoints = np.round(random.uniform(0, 1, (points, 3)), 3)
    keypoints[:, :2] = random.uniform(centre - size / 2, centre + size / 2, (points, 2))
    return np.concatenate([centre, size, keypoints[:, :numbers].ravel()])


def pose_xy(random, points):
    return pose(random, points, 2)


def pose_xyv(random, points):
    return pose(random, points, 3)


def end_of(random, tail, line):
    """A confidence, the number of a track, or both."""
    confidence, track = random.uniform(), line + 1.0
    return {"": (), "confidence": (confidence,), "track": (track,), "both": (confidence, track)}[tail]


@pytest.mark.parametrize("tail", ["", "confidence", "track", "both"])
@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize(
    ("make", "points"),
    [(polygon, 3), (polygon, 4), (polygon, 9), (polygon, 30), (oriented_box, 4)]
    + [(make, points) for make in (pose_xy, pose_xyv) for points in (1, 2, 5, 17)],
)
def test_no_layout_is_taken_for_another(make, points, lines, tail):
    random = np.random.default_rng(points + lines)
    for _ in range(FILES):
        shapes = [make(random, points) for _ in range(lines)]
        rows = [(*shape, *end_of(random, tail, line)) for line, shape in enumerate(shapes)]
        try:
            layout = find_layout(rows, None, "labels.txt")
        except AnnotationError:
            continue
        written = [shape[:4] if make in (pose_xy, pose_xyv) else shape for shape in shapes]
        assert [list(layout.shape_of(row)) for row in rows] == [list(shape) for shape in written]

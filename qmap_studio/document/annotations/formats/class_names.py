"""What a YOLO data set says of itself: the names of its classes, and whether it holds poses."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmap_studio.document.annotations.text_file import NoTextError, TextFile

_LISTS = ("obj.names", "classes.txt", "class_names.txt")
_DESCRIPTIONS = ("data.yaml", "data.yml", "dataset.yaml")
_MAX_BYTES = 2**18


@dataclass(frozen=True)
class DataSet:
    """A YOLO data set.

    Attributes:
        names: of the classes, from number 0 on; empty if none are found, which is common and no error.
        keypoints: `kpt_shape` of its data.yaml: how many points a pose has, and how many numbers a point has (2 or 3).
        is_described: whether a data.yaml was found; without `kpt_shape` in it, the data set holds no poses.
    """

    names: tuple[str, ...] = ()
    keypoints: tuple[int, int] | None = None
    is_described: bool = False


def find_data_set(path: Path) -> DataSet:
    """Of a YOLO file: what is nearest to it, beside it or in one of the three folders above."""
    names: list[str] = []
    description: dict[str, Any] = {}
    for folder in path.absolute().parents[:4]:
        descriptions = (_read_description(folder / name) for name in _DESCRIPTIONS)
        described: dict[str, Any] = next(filter(None, descriptions), {})
        lists = (_read_list(folder / name) for name in _LISTS)
        names = names or next(filter(None, lists), []) or _names(described.get("names"))
        description = description or described
    return DataSet(tuple(names), _keypoints(description.get("kpt_shape")), bool(description))


def read_names(path: Path) -> tuple[str, ...]:
    """Of classes, one a line; none if the file is not there or cannot be read."""
    return tuple(_read_list(path))


def _read(path: Path) -> str:
    """The file's text; none if it cannot be read, for boxes are worth more than their names."""
    try:
        file = TextFile(path)
        return file.text() if file.size_bytes <= _MAX_BYTES else ""
    except (OSError, NoTextError):
        return ""


def _read_list(path: Path) -> list[str]:
    # A blank line holds the place of a class; only those at the end do not.
    return [line.strip() for line in _read(path).rstrip().splitlines()]


def _read_description(path: Path) -> dict[str, Any]:
    """A data.yaml whose scalars are all text: a class may be called `no`, `null` or `1e3`."""
    text = _read(path)
    if not text:
        return {}
    import yaml

    try:
        content = yaml.load(text, yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) and content.keys() & {"names", "nc", "kpt_shape"} else {}


def _names(content: Any) -> list[str]:
    """`names: [person, ...]` or `names: {0: person, ...}`."""
    if isinstance(content, list):
        content = {str(index): name for index, name in enumerate(content)}
    if not isinstance(content, dict):
        return []
    names = {int(number): name for number, name in content.items() if isinstance(name, str) and _is_count(number)}
    return [names.get(index, f"class {index}") for index in range(max(names, default=-1) + 1)]


def _keypoints(content: Any) -> tuple[int, int] | None:
    """`kpt_shape: [17, 3]`."""
    if not (isinstance(content, list) and len(content) == 2):
        return None
    points, numbers = (int(part) if isinstance(part, str) and _is_count(part) else 0 for part in content)
    return (points, numbers) if points > 0 and numbers in (2, 3) else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5

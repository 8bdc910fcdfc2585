"""Names of classes that YOLO files give by number."""

from pathlib import Path


def find_class_names(path: Path) -> list[str]:
    """The names nearest to a YOLO file: beside it, else in the folder above, else in the one above that.

    Returns:
        A name for each class number from 0; empty if none are found, which is common and no error.
    """
    for folder in path.absolute().parents[:3]:
        for name in ("obj.names", "classes.txt", "data.yaml"):
            names = _read_names(folder / name)
            if names:
                return names
    return []


def _read_names(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return []  # the boxes are worth more than their names
    if path.suffix == ".yaml":
        return _names_in_yaml(lines)
    # A blank line holds the place of a class; only those at the end do not.
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.strip() for line in lines]


def _names_in_yaml(lines: list[str]) -> list[str]:
    """The `names` of a data.yaml, in the three ways in which tools write them.

    names: [person, "traffic light"]         names:              names:
                                             - person              0: person
    """
    start = next((number for number, line in enumerate(lines) if line.startswith("names:")), None)
    if start is None:
        return []
    head = _without_comment(lines[start].removeprefix("names:"))
    if head:
        text = head
        for line in lines[start + 1 :]:
            if text.endswith("]"):
                break
            text += " " + _without_comment(line)
        return [_unquoted(name) for name in text.strip("[] ").split(",") if name.strip()]
    names: dict[int, str] = {}
    for line in lines[start + 1 :]:
        entry = _without_comment(line)
        number, colon, name = entry.partition(":")
        if entry.startswith("-"):
            names[len(names)] = _unquoted(entry[1:])
        elif colon and line[:1].isspace() and number.strip().isdecimal():
            names[int(number)] = _unquoted(name)
        elif entry:
            break
    return [names.get(index, f"class {index}") for index in range(min(max(names, default=-1), 9999) + 1)]


def _without_comment(text: str) -> str:
    return text.partition(" #")[0].strip()


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'")

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
    """The `names` of a data.yaml, in the ways in which tools write them.

    names: [person, "traffic light"]         names:              names:
    names: {0: person, 1: traffic light}     - person              0: person
    """
    names: dict[int, str] = {}
    for entry in _yaml_entries(lines):
        number, colon, name = entry.partition(":")
        if colon and number.isdecimal() and len(number) < 5:
            names[int(number)] = _unquoted(name)
        else:
            names[len(names)] = _unquoted(entry)
    return [names.get(index, f"class {index}") for index in range(max(names, default=-1) + 1)]


def _yaml_entries(lines: list[str]) -> list[str]:
    """What stands in the list or mapping `names`, one entry each: "person" or "0: person"."""
    start = next((number for number, line in enumerate(lines) if line.startswith("names:")), None)
    if start is None:
        return []
    text = _without_comment(lines[start].removeprefix("names:"))
    entries: list[str] = []
    for line in lines[start + 1 :]:
        if text.endswith(("]", "}")):
            break
        entry = _without_comment(line)
        if text:
            text += " " + entry  # brackets that go on over several lines
        elif entry.startswith("-"):
            entries.append(entry[1:].strip())
        elif entry and line[0].isspace():
            entries.append(entry)
        elif entry:
            break
    return entries or [entry.strip() for entry in text.strip("[]{} ").split(",") if entry.strip()]


def _without_comment(text: str) -> str:
    return text.partition(" #")[0].strip()


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'")

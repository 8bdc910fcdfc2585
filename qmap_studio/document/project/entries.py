"""Values as what JSON can hold, and back: every number that comes from a file is checked by what it is to be."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

LONGEST_TEXT = 10_000
LARGEST_NUMBER = 10_000_000
"""Of either sign: beyond any picture, and small enough to be squared in any arithmetic."""

T = TypeVar("T")


class EntryError(ValueError):
    """A part of a file is not what it is to be."""


def entry_of(value: Any, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a dataclass whose values are numbers, texts, choices, and tuples of such."""
    names = (field.name for field in fields(value) if field.name not in leave_out)
    return {name: _plain(getattr(value, name)) for name in names}


def value_of(kind: type[T], entry: object, **given: Any) -> T:
    """The dataclass of an entry; what it does not hold is as it is by default.

    Args:
        given: fields that are not in the entry.
    Raises:
        EntryError: something is missing, of another type or out of range.
    """
    if not isinstance(entry, Mapping):
        raise EntryError(f"{kind.__name__} is not an object")
    arguments = dict(given)
    for name, hint, is_needed in _fields_of(kind):  # type: ignore[arg-type]
        if name in given:
            continue
        if name in entry:
            arguments[name] = _checked(hint, entry[name], f"{kind.__name__}.{name}")
        elif is_needed:
            raise EntryError(f"{kind.__name__} has no {name}")
    try:
        return kind(**arguments)
    except (ValueError, TypeError, OverflowError) as error:
        raise EntryError(str(error)) from error


@cache
def _fields_of(kind: type[Any]) -> tuple[tuple[str, Any, bool], ...]:
    """Names and types of a dataclass's fields, and whether they must be given."""
    assert is_dataclass(kind), "only dataclasses are kept in files"
    hints = get_type_hints(kind)
    return tuple(
        (field.name, hints[field.name], field.default is MISSING and field.default_factory is MISSING)
        for field in fields(kind)
        if field.init
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _checked(hint: Any, entry: Any, where: str) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        if entry is None and NoneType in parts:
            return None
        return _checked(next(part for part in parts if part is not NoneType), entry, where)
    if origin is tuple:
        if not isinstance(entry, list):
            raise EntryError(f"{where} is no list")
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_checked(parts[0], each, where) for each in entry)
        if len(parts) != len(entry):
            raise EntryError(f"{where} has {len(entry)} numbers, not {len(parts)}")
        return tuple(_checked(part, each, where) for part, each in zip(parts, entry, strict=True))
    if hint in (int, float) and isinstance(entry, int | hint) and not isinstance(entry, bool):
        if not abs(entry) <= LARGEST_NUMBER:
            raise EntryError(f"{where} is too large")
        return hint(entry)
    if hint is bool and isinstance(entry, bool):
        return entry
    if hint is str and isinstance(entry, str) and len(entry) <= LONGEST_TEXT:
        return entry
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(entry)
        except ValueError as error:
            raise EntryError(f"{where} is {entry!r}") from error
    raise EntryError(f"{where} is {str(entry)[:40]!r}")

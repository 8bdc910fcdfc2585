"""Rules as TOML files, which a person can read and write.

    score = 0.5            # annotations of a lower score are left out
    padding = "10 %"       # of a shape's shorter side, or "8 px"
    feather = "16 px"
    shape = "polygon"      # as drawn; "box" or "ellipse"
    overlap = "highest"    # or "order": classes that stand higher in the list lie over those below
    rest = 0.1             # quality everywhere else; without it the map stays as it is there
    others = "off"         # classes that are not listed: a quality, "off", "lossless" or "within 2"
    heat = [0.1, 0.9]      # qualities where a heat map is 0 and where it is 1

    [classes]
    "traffic sign" = 0.95
    face = 0.2
    plate = "lossless"
    sky = "off"

A class that is off keeps its quality for when it is on again: `sky = "off, 0.3"`.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, NoReturn

from qmap_studio.core.bounds import LARGEST_BOUND, WITHOUT_LOSS
from qmap_studio.core.errors import RulesError
from qmap_studio.core.files import atomic_write
from qmap_studio.core.language import tr
from qmap_studio.document.annotations.rules import (
    LARGEST_FEATHER_PX,
    MOST_PADDING,
    ClassRule,
    Length,
    Outline,
    Overlap,
    Rules,
)
from qmap_studio.document.annotations.values import is_number

SUFFIX = ".toml"
_MOST_BYTES = 2**20
_KEYS = ("score", "padding", "feather", "shape", "overlap", "rest", "others", "heat", "classes")
_LENGTH = re.compile(r"(-?[\d.]+)\s*(px|%)?")
_OFF, _LOSSLESS = "off", "lossless"
_WITHIN = re.compile(r"within (\d)")


def read_rules(path: Path) -> Rules:
    """Reads a file of rules.

    Raises:
        RulesError: it cannot be read, is no TOML, or says what has no meaning; the message names the key.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RulesError(tr("{path} is too large for a file of rules.").format(path=path))
        return rules_of(path.read_text("utf-8-sig"), path.name)
    except OSError as error:
        text = tr("Cannot read the rules {path}: {reason}.")
        raise RulesError(text.format(path=path, reason=error.strerror or error)) from error
    except UnicodeDecodeError as error:
        raise _no_toml(path.name, error) from error


def rules_of(text: str, name: str) -> Rules:
    """What the text of a file of this name says; RulesError as of `read_rules`."""
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _no_toml(name, error) from error
    return _Content(content, name).rules()


def write_rules(path: Path, rules: Rules) -> None:
    """Writes rules whole or not at all.

    Raises:
        FileAccessError: the file cannot be written.
    """
    atomic_write(path, rules_text(rules).encode())


def rules_text(rules: Rules) -> str:
    """The TOML that `write_rules` writes."""
    import tomli_w

    content: dict[str, Any] = {
        "score": rules.score,
        "padding": _length_text(rules.padding),
        "feather": _length_text(rules.feather),
        "shape": rules.outline.value,
        "overlap": rules.overlap.value,
        "others": class_value(rules.others),
        "heat": [_rounded(value) for value in rules.heat],
    }
    if rules.rest is not None:
        content["rest"] = _rounded(rules.rest)
    content["classes"] = {name: class_value(rule) for name, rule in rules.classes}
    return tomli_w.dumps(content)


def class_rule(value: Any) -> ClassRule | None:
    """What a class gets by what stands in a file, or what a person types; None if it has no meaning."""
    if isinstance(value, str):
        value = _as_number(value.strip().casefold())
    if is_number(value):
        return ClassRule(float(value)) if 0 <= value <= 1 else None
    word, _, rest = str(value).partition(",")
    if word == _OFF and _OFF not in rest:
        kept = class_rule(rest) if rest else ClassRule()
        return kept and ClassRule(kept.quality, kept.bound, is_on=False)
    if rest:
        return None
    within = _WITHIN.fullmatch(word)
    if within and int(within[1]) <= LARGEST_BOUND:
        return ClassRule(bound=int(within[1]))
    return ClassRule(bound=WITHOUT_LOSS) if word == _LOSSLESS else None


def class_value(rule: ClassRule) -> float | str:
    """What stands for a rule in a file."""
    value: float | str = _rounded(rule.quality)
    if rule.bound is not None:
        value = _LOSSLESS if rule.bound == WITHOUT_LOSS else f"within {rule.bound}"
    return value if rule.is_on else f"{_OFF}, {value}"


def _no_toml(name: str, error: Exception) -> RulesError:
    return RulesError(tr("{name} is no TOML: {reason}.").format(name=name, reason=error))


class _Content:
    """What a file says; every message names its key."""

    def __init__(self, content: dict[str, Any], name: str) -> None:
        self._content, self._name = content, name
        for key in content:
            if key not in _KEYS:
                self._refuse(key, tr("there is no such key; expected {keys}").format(keys=", ".join(_KEYS)))

    def rules(self) -> Rules:
        default = Rules()
        return Rules(
            classes=self._classes(),
            others=self._class("others", self._content.get("others", default.others.quality)),
            score=self._share("score", default.score),
            padding=self._length("padding", default.padding, -MOST_PADDING, MOST_PADDING),
            feather=self._length("feather", default.feather, 0, LARGEST_FEATHER_PX),
            outline=self._choice("shape", Outline, default.outline),
            overlap=self._choice("overlap", Overlap, default.overlap),
            rest=self._share("rest", None),
            heat=self._heat(default.heat),
        )

    def _classes(self) -> tuple[tuple[str, ClassRule], ...]:
        classes = self._content.get("classes", {})
        if not isinstance(classes, dict):
            self._refuse("classes", tr("expected a table of names and qualities"))
        return tuple((name, self._class(name, value)) for name, value in classes.items())

    def _class(self, key: str, value: Any) -> ClassRule:
        rule = class_rule(value)
        if rule is None:
            text = tr('expected a quality from 0 to 1, "off", "lossless" or "within N", N up to {most}')
            self._refuse(key, text.format(most=LARGEST_BOUND))
        return rule

    def _share(self, key: str, default: Any) -> Any:
        value = self._content.get(key, default)
        if value is default:
            return default
        if not (is_number(value) and 0 <= value <= 1):
            self._refuse(key, tr("expected a number from 0 to 1"))
        return float(value)

    def _heat(self, default: tuple[float, float]) -> tuple[float, float]:
        value = self._content.get("heat", list(default))
        if not (isinstance(value, list) and len(value) == 2 and all(is_number(v) and 0 <= v <= 1 for v in value)):
            self._refuse("heat", tr("expected two numbers from 0 to 1"))
        return float(value[0]), float(value[1])

    def _length(self, key: str, default: Length, low: float, high: float) -> Length:
        value = self._content.get(key)
        if value is None:
            return default
        found = _LENGTH.fullmatch(str(value).strip()) if isinstance(value, str | int | float) else None
        number = _as_number(found[1]) if found else None
        if found is None or not is_number(number) or not low <= number <= high:
            text = tr('expected {low:g} to {high:g} "px" or "%", such as "8 px" or "10 %"')
            self._refuse(key, text.format(low=low, high=high))
        return Length(float(number), found[2] == "%")

    def _choice(self, key: str, kind: Any, default: Any) -> Any:
        value = self._content.get(key, default.value)
        if value not in [member.value for member in kind]:
            words = ", ".join(f'"{member.value}"' for member in kind)
            self._refuse(key, tr("expected one of {words}").format(words=words))
        return kind(value)

    def _refuse(self, key: str, reason: str) -> NoReturn:
        raise RulesError(tr("{name}: {key}: {reason}.").format(name=self._name, key=key, reason=reason))


def _as_number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _length_text(length: Length) -> str:
    return f"{length.value:g} {'%' if length.is_percent else 'px'}"


def _rounded(quality: float) -> float:
    return round(quality, 4)

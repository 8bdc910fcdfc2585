"""What the beginning of a text shows of its format: keys of JSON, the outermost element of XML, columns of a table."""

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"\s*(:?)|[{}\[\]]')
_ROOT = re.compile(r"<\s*([A-Za-z][\w.-]*)")
_DEEPEST = 6


def traits_of(head: str) -> frozenset[str]:
    """Words such as "2:label", a key `label` within two brackets of JSON; "<annotation", the outermost element of XML;
    ",label", a column of a table; "lines", several JSON values one after the other.

    >>> sorted(traits_of('[{"image": "a.png", "boxes": [{"x": 1}]}]'))
    ['2:boxes', '2:image', '4:x']
    """
    match head.lstrip()[:1]:
        case "{" | "[":
            return frozenset(_json_traits(head))
        case "<":
            names = [match.group(1) for match in _ROOT.finditer(head)]
            return frozenset(f"<{name.lower()}" for name in names[:1])
    first_line = head.lstrip().partition("\n")[0]
    return frozenset(f",{column.strip().strip(chr(34))}" for column in first_line.split(","))


def _json_traits(head: str) -> set[str]:
    traits: set[str] = set()
    depth = 0
    for token in _TOKEN.finditer(head):
        text = token.group()
        if text in "{[":
            if not depth and traits:
                traits.add("lines")  # the outermost value has ended, and another one begins
            depth += 1
        elif text in "}]":
            depth -= 1
        elif token.group(1) and depth <= _DEEPEST:
            traits.add(f"{depth}:{text[:-1].strip()[1:-1]}")
    return traits


def has_any(traits: frozenset[str], *ways: str) -> bool:
    """Whether all words of one of several ways are among the traits.

    >>> has_any(traits_of('{"shapes": [], "imagePath": ""}'), "1:x", "1:shapes 1:imagePath")
    True
    """
    return any(traits.issuperset(way.split()) for way in ways)

"""Formats of annotations that are known but not read: their names, and what to export instead."""

import re
from dataclasses import dataclass

from qmap_studio.core.language import N_

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"\s*(:?)|[{}\[\]]')
_ROOT = re.compile(r"<\s*([A-Za-z][\w.-]*)")


FOREIGN_SUFFIXES = (".xml", ".csv", ".jsonl", ".ndjson")
"""Of files that are annotations, if of a format that is not read."""


@dataclass(frozen=True)
class ForeignFormat:
    """A format that is told by traits of its files.

    Attributes:
        name: for people.
        advice: a sentence on how to get a format that is read.
        ways: the beginning of such a file has all traits of one of these. "2:label" is a key `label` within two
            brackets of JSON, "<annotation" the outermost element of XML, ",label" a column of a table.
    """

    name: str
    advice: str
    ways: tuple[frozenset[str], ...]


def _row(name: str, advice: str, *ways: str) -> ForeignFormat:
    return ForeignFormat(name, advice, tuple(frozenset(way.split()) for way in ways))


_EXPORT = N_("Export it from there as COCO or YOLO.")
_EXPORT_COCO = N_("Export it from there as COCO.")
_CONVERT = N_("Convert it to COCO JSON or YOLO text.")

_FORMATS = (
    _row(
        "Label Studio JSON",  # no text: a format's name
        _EXPORT,
        "1:data 1:annotations",
        "2:data 2:annotations",
        "2:data 2:completions",
        "2:data 2:predictions",
        "4:rectanglelabels",
        "4:polygonlabels",
    ),
    _row(
        "CreateML JSON",  # no text: a format's name
        _CONVERT,
        "2:image 2:annotations",
    ),
    _row(
        "LabelMe JSON",  # no text: a format's name
        _CONVERT,
        "1:shapes 1:imagePath",
        "1:imagePath 1:imageData",
    ),
    _row(
        "VGG Image Annotator JSON",  # no text: a format's name
        _EXPORT_COCO,
        "1:_via_img_metadata",
        "2:filename 2:regions",
    ),
    _row("VGG Image Annotator CSV", _EXPORT_COCO, ",region_shape_attributes"),  # no text: a format's name
    _row("Supervisely JSON", _EXPORT, "1:objects 1:size"),  # no text: a format's name
    _row("CVAT XML", _EXPORT, "<annotations"),  # no text: a format's name
    _row("Pascal VOC XML", _CONVERT, "<annotation"),  # no text: a format's name
    _row("JSON lines", N_("Export one COCO JSON or YOLO text."), "lines"),  # no text: a format's name
)


def foreign_format(head: str) -> ForeignFormat | None:
    """What a file is by the beginning of its text, if that is a known format that is not read."""
    found = _traits(head)
    if found & {"1:images", "2:image_id"} and "lines" not in found:
        return None
    return next((row for row in _FORMATS if any(way <= found for way in row.ways)), None)


def _traits(head: str) -> set[str]:
    match head.lstrip()[:1]:
        case "{" | "[":
            return _json_traits(head)
        case "<":
            names = (match.group(1) for match in _ROOT.finditer(head))
            return {f"<{name.lower()}" for name in list(names)[:1]}
    first_line = head.lstrip().partition("\n")[0]
    return {f",{column.strip()}" for column in first_line.split(",")}


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
        elif token.group(1) and depth <= 4:
            traits.add(f"{depth}:{text[:-1].strip()[1:-1]}")
    return traits

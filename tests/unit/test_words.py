"""What docstrings, comments and pages name is there."""

import ast
import builtins
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = sorted(path for folder in ("qmap_studio", "tests") for path in (ROOT / folder).rglob("*.py"))
PAGES = [
    ROOT / "README.md",
    *(path for folder in ("qmap_studio", "resources") for path in (ROOT / folder).rglob("*.md")),
]
FILE = re.compile(r"[\w./-]*\w\.(?:py|md)\b")
LINK = re.compile(r"\]\(([^):#]+)\)")
QUOTED = re.compile(r"`([A-Za-z_][\w.]*)(?:\(\))?`")
CAPITALS = re.compile(r"\b[A-Z]+\.py$")
"""A name to be filled in, such as NAME.py."""
FILES_OF_OTHERS = {"LICENSE.md", "Photos/Readme.md", "REPORT.md"}


@cache
def trees() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in CODE]


@cache
def names() -> frozenset[str]:
    """Every word of the code that is not prose: names, files, and what strings hold, such as keys."""
    found = {*dir(builtins), *(part for path in CODE for part in path.relative_to(ROOT).with_suffix("").parts)}
    for tree in trees():
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                found.update(re.findall(r"\w+", node.value))
            for field in ("name", "id", "attr", "arg", "asname", "module"):
                if isinstance(name := getattr(node, field, None), str):
                    found.update(name.split("."))
    return frozenset(found)


def prose_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a page, or of the comments and docstrings of a module, with their numbers."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield from enumerate(text.splitlines(), start=1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(trees()[CODE.index(path)]):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from enumerate(node.value.value.splitlines(), start=node.lineno)


def is_file(name: str) -> bool:
    """Whether some file's path ends so."""
    return any(f"/{path.relative_to(ROOT).as_posix()}".endswith(f"/{name.lstrip('./')}") for path in (*CODE, *PAGES))


def missing(path: Path) -> Iterator[str]:
    for number, line in prose_of(path):
        where = f"{path.relative_to(ROOT)}:{number}"
        for name in FILE.findall(line):
            if not CAPITALS.search(name) and name not in FILES_OF_OTHERS and not is_file(name):
                yield f"{where}: no file {name}"
        for name in QUOTED.findall(line):
            is_name = "_" in name.strip("_") or re.search(r"[a-z][A-Z]", name)
            if is_name and not FILE.fullmatch(name) and not names().issuperset(filter(None, name.split("."))):
                yield f"{where}: no name {name}"
        for target in LINK.findall(line) if path.suffix == ".md" else ():
            if not (path.parent / target).exists():
                yield f"{where}: a link to {target}, which is not there"


def test_what_is_named_is_there() -> None:
    assert [line for path in (*CODE, *PAGES) for line in missing(path)] == []

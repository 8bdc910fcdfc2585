"""The examples in docstrings do what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def modules_with_examples() -> list[str]:
    """Found by their text, so that nothing is imported that has none."""
    paths = [*(ROOT / "qmap_studio").rglob("*.py"), ROOT / "tests" / "unmarked.py"]
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in paths
        if ">>> " in path.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples(name: str) -> None:
    if name.startswith("qmap_studio.ui"):
        pytest.importorskip("PySide6")
    # A number's last digits and the spaces in an array are no part of what an example says.
    failed, tried = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert tried
    assert not failed

"""Everything that commands say can be translated: in a language of «quotation marks» nothing is said without them."""

import argparse
import gettext
from collections.abc import Iterator

import numpy as np
import pytest

from qmap_studio.cli.main import COMMANDS, _parser, main
from qmap_studio.codec.common.map_coding import encode_steps
from qmap_studio.core import language
from qmap_studio.core.pictures import Metadata
from tests.unit.cli.test_info import sfc


class Quoted(gettext.NullTranslations):
    """A language that says everything in quotation marks."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"«{msgid1 if n == 1 else msgid2}»"


@pytest.fixture(autouse=True)
def quoted() -> Iterator[None]:
    language.use_translations(Quoted())
    yield
    language.use_language(None)


def parsers_of(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and those of its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from parsers_of(command)


def test_the_help_of_every_command() -> None:
    parsers = list(parsers_of(_parser()))
    assert len(parsers) > len(COMMANDS)
    for parser in parsers:
        actions = [
            action for action in parser._actions if action.option_strings not in (["-h", "--help"], ["--version"])
        ]
        commands = [each for action in actions for each in getattr(action, "_choices_actions", ())]
        for text in [parser.description, *(action.help for action in (*actions, *commands))]:
            assert text is None or (text.startswith("«") and text.endswith("»")), text


def test_what_a_file_holds(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = np.array([[0, 8, -32], [4, 0, 0]])
    path = sfc(tmp_path, map_stream=encode_steps(steps), metadata=Metadata(b"II*\0"))
    assert main(["info", str(path)]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert all(line.startswith("  «") and line.endswith("»") and line.count("«") >= 2 for line in lines), lines


def test_a_failure(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(tmp_path / "none.sfc")]) == 1
    assert capsys.readouterr().err == f"qmap-studio: «{tmp_path / 'none.sfc'} does not exist.»\n"

"""What may stand in a model's file. A model is a program: before torch reads one, everything that could do more than
compute is looked for in it, and refused.

Python's pickle runs any code; torch.export unpickles parts of an archive and evaluates its shape expressions; both
formats know operators that write files.
"""

import io
import json
import pickle
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import torch

from qmap_studio.core.errors import TaskModelError
from qmap_studio.core.language import N_, tr

Kind = Literal["export", "script"]

LARGEST_BYTES = 4 << 30
_SAVE = N_("Save it with torch.export.save, or as TorchScript with torch.jit.save.")
_TARGET = re.compile(
    r"torch\.ops\.aten\.(?!from_file|save)\w+\.\w+|torch\.sym_\w+|math\.(ceil|floor|trunc)|_operator\."
    r"(getitem|add|sub|mul|floordiv|truediv|mod|neg|pow|eq|ne|lt|le|gt|ge|and_|or_|not_)"
)
_SCRIPT_BEYOND_COMPUTING = re.compile(r"\btorch\.(save|from_file)\b|\bops\.(?!prim\.)\w+|\btorch\.classes\.\w+")
_EXPRESSION = re.compile(
    r"(?:[-+*/%<>=!,&|~()\[\].\s]|\b\d+\b|'\w+'|\b(?:[suz]\d+|L|size|stride|storage_offset"
    r"|Symbol|Integer|positive|integer|True|False|and|or|not|Add|Mul|Pow|Max|Min|max|min|abs|Eq|Ne|And|Or|Not"
    r"|Mod|PythonMod|FloorDiv|CeilDiv|CleanDiv|IntTrueDiv|CeilToInt|FloorToInt|TruncToInt|ToFloat)\b)*"
)
"""Arithmetic over sizes: numbers, operators and known names, nothing that leads to other objects."""


def check_model_file(path: Path) -> Kind:
    """Which kind of model a file holds, once it is known to do nothing but compute.

    Raises:
        TaskModelError: it cannot be read, is of another kind, or holds what only trusted files may.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len({name.lower() for name in names}) < len(names):  # readers differ in which of two they take
                raise TaskModelError(tr("The model {name} is damaged.").format(name=path.name))
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_BYTES:
                raise TaskModelError(
                    tr("{name} holds more than {most} GB; that is no model to use.").format(
                        name=path.name, most=LARGEST_BYTES >> 30
                    )
                )
            inner = {name.partition("/")[2] for name in names}
            if "models/model.json" in inner:
                _check_export(archive, path)
                return "export"
            if "constants.pkl" in inner:
                _check_script(archive, path)
                return "script"
    except FileNotFoundError as error:
        raise TaskModelError(tr("{path} does not exist.").format(path=path)) from error
    except OSError as error:
        raise TaskModelError(
            tr("Cannot read {path}: {reason}.").format(path=path, reason=error.strerror or error)
        ) from error
    except zipfile.BadZipFile as error:
        raise TaskModelError(
            tr("{name} is no model: a TorchScript or torch.export file was expected.").format(name=path.name)
        ) from error
    except (ValueError, KeyError, TypeError, RuntimeError, EOFError, zlib.error) as error:
        raise TaskModelError(tr("The model {name} is damaged.").format(name=path.name)) from error
    if "data.pkl" in inner:
        raise TaskModelError(
            tr("{name} is a checkpoint, which may run any code when it is read. {advice}").format(
                name=path.name, advice=tr(_SAVE)
            )
        )
    if "serialized_exported_program.json" in names:
        raise TaskModelError(
            tr("{name} was written by an older torch.export. {advice}").format(name=path.name, advice=tr(_SAVE))
        )
    raise TaskModelError(
        tr("{name} is no model: a TorchScript or torch.export file was expected.").format(name=path.name)
    )


def _check_export(archive: zipfile.ZipFile, path: Path) -> None:
    for name in archive.namelist():
        inner = name.partition("/")[2]
        if inner.startswith("data/aotinductor"):
            raise TaskModelError(tr("{name} holds compiled code. {advice}").format(name=path.name, advice=tr(_SAVE)))
        if inner.endswith(".pt"):
            _check_tensors(archive.read(name), path)
        elif inner.endswith("_config.json"):
            for entry in json.loads(archive.read(name))["config"].values():
                if entry["use_pickle"] or not re.fullmatch(r"(weight|tensor)_\d+", entry["path_name"]):
                    raise TaskModelError(
                        tr("{name} holds pickled objects, which may run any code. {advice}").format(
                            name=path.name, advice=tr(_SAVE)
                        )
                    )
        elif inner.startswith("models/"):
            _check_program(json.loads(archive.read(name)), path)


def _check_tensors(data: bytes, path: Path) -> None:
    if data:
        try:
            torch.load(io.BytesIO(data), weights_only=True)
        except pickle.UnpicklingError as error:
            raise TaskModelError(
                tr("{name} holds pickled objects, which may run any code. {advice}").format(
                    name=path.name, advice=tr(_SAVE)
                )
            ) from error


def _check_program(program: Any, path: Path) -> None:
    for key, value in _entries(program):
        # Elsewhere, a target is the name of a weight.
        targets = [node["target"] for node in value] if key == "nodes" else []
        targets += [value] if key in ("as_operator", "as_custom_obj") else []
        for target in targets:
            if not (isinstance(target, str) and _TARGET.fullmatch(target)):
                raise TaskModelError(
                    tr("{name} uses {target!r:.80}, which is not known to do nothing but compute.").format(
                        name=path.name, target=target
                    )
                )
        expressions = [value] if key == "expr_str" else value if key == "guards_code" else []
        if not all(map(_EXPRESSION.fullmatch, expressions)):
            raise TaskModelError(
                tr("{name} has sizes that cannot be read safely. Export it for one size.").format(name=path.name)
            )


def _entries(tree: Any) -> Iterator[tuple[str, Any]]:
    """All keys of nested objects, with what they hold."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from node.items()
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _check_script(archive: zipfile.ZipFile, path: Path) -> None:
    for name in archive.namelist():
        if name.endswith(".py") and (found := _SCRIPT_BEYOND_COMPUTING.search(archive.read(name).decode())):
            raise TaskModelError(
                tr("{name} uses {target}, which is not known to do nothing but compute.").format(
                    name=path.name, target=found[0]
                )
            )

"""Finds texts for people that no translation reaches, by reading the code.

What counts as such a text: a string that is handed to what shows it (`setToolTip`, `QLabel`, `print`, `help=`, an error
of ours), and anywhere else one that reads like a sentence or a label: words that begin with a capital or end with a
full stop. Docstrings, names, formats and the messages to programmers (ValueError and the like) are none.
A string that looks like a text and is none says so in a comment on its line: `# no text: a line of a file's format`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from qmap_studio.core import errors
from qmap_studio.core.errors import QMapStudioError

MARKS = {"tr", "N_", "ngettext"}
NOW = {"tr", "ngettext"}
"""Those that translate at once: where a module is imported, that would be before the language is chosen."""

SHOWS = re.compile(
    "part|JobDone|Notice|text|multiline_text|set_[xy]label|suptitle|print|showMessage|drawText|question|warning|information|critical|about|add(Action|Items?|Menu|Tab|Row|Section|Button)"
    "|insertItem|getOpenFileNames?|getSaveFileName|getExistingDirectory"
    "|set((Icon|Label|Placeholder|SpecialValue|Informative|Detailed|Tab|Item)?Text|ToolTip|StatusTip|WhatsThis|Prefix|Suffix)"
    "|set((Window)?Title|Accessible(Name|Description)|NameFilters?|HeaderLabels)"
    "|Q(Action|Label|PushButton|ToolButton|Menu|CheckBox|RadioButton|GroupBox|DockWidget|MessageBox|ProgressDialog)"
    "|Q(List|Tree|Table)WidgetItem|QStandardItem|ArgumentTypeError|ArgumentError"
    "|heading|muted|(Picture)?Pane|Caption|ColourScale|ValueSlider|PendingJob|Panel|_?ask_(open|save|keep|stop)"
)
"""Functions whose arguments a person sees."""

ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, QMapStudioError)}
SHOWN_KEYWORDS = {"help", "description", "epilog", "title", "text", "tip", "hint", "label", "message",
                  "placeholderText", "specialValueText"}  # fmt: skip

FOR_PROGRAMMERS = {"ValueError", "TypeError", "AssertionError", "RuntimeError", "NotImplementedError", "KeyError"}
SENTENCE = re.compile(r"^\W*[A-Z].*\w\s+\S*\w|\w\s+\w.*[.?!…:]\s*$", re.DOTALL)
LABEL = re.compile(r"^&?[A-Z][^\W\d_]*…$")
NO_TEXT = "# no text:"


@dataclass(frozen=True)
class Unmarked:
    """A text that nobody can translate, and what is wrong with it."""

    line: int
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.line}: {self.text!r} {self.why}"


def unmarked_texts(source: str) -> list[Unmarked]:
    """All texts of a file that no translation reaches, in order.

    >>> [str(found) for found in unmarked_texts('label.setText("Open")')]
    ["1: 'Open' is shown, but not marked"]
    >>> unmarked_texts('def show(label): label.setText(tr("Open"))')
    []
    """
    lines = source.splitlines()
    found = _Reader().read(ast.parse(source))
    return sorted(
        (each for each in found if NO_TEXT not in lines[each.line - 1]), key=lambda each: (each.line, each.text)
    )


class _Reader:
    """Walks a tree and remembers where it is."""

    def __init__(self) -> None:
        self._found: dict[int, Unmarked] = {}
        self._depth = 0  # of functions: 0 is what runs when the module is imported

    def read(self, tree: ast.Module) -> list[Unmarked]:
        self._visit(tree, shown=False)
        return list(self._found.values())

    def _visit(self, node: ast.AST, shown: bool) -> None:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):  # a docstring, of whatever
                return
            case ast.Call():
                self._visit_call(node)
            case ast.JoinedStr() | ast.Constant(value=str()):
                self._visit_text(node, shown)
            case ast.Attribute(attr="__doc__") | ast.Name(id="__doc__") if shown:
                self._find(node, ast.unparse(node), "is shown, but a docstring cannot be marked")
            case ast.Assert(test=test):
                self._visit(test, shown=False)
            case ast.AnnAssign(value=value, target=target):  # an annotation may be a string
                for part in filter(None, (target, value)):
                    self._visit(part, shown=False)
            case ast.arg():
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                self._visit_function(node)
            # Both branches are shown where the whole is; so is each of a sum or a tuple.
            case ast.IfExp(test=test, body=body, orelse=other):
                self._visit(test, shown=False)
                self._visit(body, shown)
                self._visit(other, shown)
            case ast.BinOp(op=ast.Add()) | ast.BoolOp() | ast.Tuple() | ast.List():
                self._visit_parts(node, shown)
            case ast.BinOp(op=ast.Mod(), left=left, right=right):
                self._visit(left, shown)
                self._visit(right, shown=False)
            case _:
                self._visit_parts(node, shown=False)

    def _visit_parts(self, node: ast.AST, shown: bool) -> None:
        for part in ast.iter_child_nodes(node):
            self._visit(part, shown)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        outside = [*node.args.defaults, *filter(None, node.args.kw_defaults), *getattr(node, "decorator_list", ())]
        for part in outside:
            self._visit(part, shown=False)
        self._depth += 1
        for part in node.body if isinstance(node.body, list) else [node.body]:
            self._visit(part, shown=False)
        self._depth -= 1

    def _visit_call(self, node: ast.Call) -> None:
        name = _name_of(node.func)
        if name in MARKS:
            self._visit_mark(node, name)
            return
        if name in FOR_PROGRAMMERS:
            return
        if name == "format" and isinstance(node.func, ast.Attribute):
            self._visit(node.func.value, shown=False)
        else:
            self._visit(node.func, shown=False)
        shows = name in ERRORS or SHOWS.fullmatch(name) is not None
        for argument in node.args:
            self._visit(argument, shown=shows)
        for keyword in node.keywords:
            self._visit(keyword.value, shown=keyword.arg in SHOWN_KEYWORDS)

    def _visit_mark(self, node: ast.Call, name: str) -> None:
        if name in NOW and self._depth == 0:
            self._find(node, ast.unparse(node), "is translated on import, before the language is chosen: use N_")
        for argument in node.args:
            if isinstance(argument, ast.JoinedStr):
                self._find(argument, _words(argument), "is filled in before it is translated: use format")
            elif not isinstance(argument, ast.Constant):
                self._visit(argument, shown=False)

    def _visit_text(self, node: ast.JoinedStr | ast.Constant, shown: bool) -> None:
        text = _words(node)
        if shown and re.search(r"[^\W\d_]{2}", text):
            self._find(node, text, "is shown, but not marked")
        elif SENTENCE.search(text) or LABEL.search(text):
            self._find(node, text, "reads like a text, but is not marked")
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    self._visit(part.value, shown)

    def _find(self, node: ast.AST, text: str, why: str) -> None:
        assert isinstance(node, ast.expr)
        self._found[id(node)] = Unmarked(node.lineno, text, why)


def _name_of(function: ast.expr) -> str:
    """The last name of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _words(node: ast.JoinedStr | ast.Constant) -> str:
    """A string's own words; what is filled in is left out."""
    parts: Iterator[ast.expr] = iter(node.values if isinstance(node, ast.JoinedStr) else [node])
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)

"""Sentences that could not be translated whole: glued, computed, or read before the language is known."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

from stampwell.languages.extracting import KEYWORDS, PACKAGE, python_files, template_files
from stampwell.languages.terms import bare_words

LITERALS = {name: 3 if name.startswith("np") else 2 if name[0] in "np" and name[1] in "gp" else 1 for name in KEYWORDS}
WORD = re.compile(r"[^\W\d_]{2,}")
TRANSLATED, VALUE, BREAK = "\ue000", "\ue001", "\ue002"
SENTENCE_TAGS = {"b", "strong", "em", "i", "small", "bdi", "mark"}
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "data-text"}
SILENT_BLOCKS = ("_class", "_attributes", "_id")  # blocks of a template that stand inside a tag
NAMED = re.compile(r""" as \w+$""")  # {% translate "…" as label %} shows nothing where it stands
COMPUTED_TAG = re.compile(rf"<(/?){BREAK}[\w{BREAK}]*")
TEXTLESS_TAGS = {"script", "style", "code", "kbd", "samp", "template"}


def find_wording_problems() -> list[tuple[str, str]]:
    """(where, what) for every sentence in code and templates that breaks the rule of whole sentences."""
    problems: list[tuple[str, str]] = []
    for file in sorted(python_files()):
        problems += [(_place(file, line), what) for line, what in find_python_problems(file.read_text())]
    for file in sorted(template_files()):
        problems += [(_place(file), what) for what in find_template_problems(file.read_text())]
    return problems


def find_python_problems(source: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(source)
    eager = _eager_names(tree)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _called_name(node)) in KEYWORDS:
            around = list(_ancestors(node, parents))
            for what in _call_problems(node, name, around, eager):
                yield node.lineno, what


def find_template_problems(source: str) -> Iterator[str]:
    reader = _Sentences()
    reader.feed(_flatten(source))
    reader.close()
    yield from reader.find_problems()


def _call_problems(node: ast.Call, name: str, around: list[ast.AST], eager: set[str]) -> Iterator[str]:
    texts = node.args[: LITERALS[name]]
    if not all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts):
        yield "the argument of gettext is not a plain string"
    inner: ast.AST = node
    for outer in around:
        if isinstance(outer, ast.JoinedStr):
            yield "a translated text inside an f-string"
        if isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Add):
            yield "a translated text glued with +"
        if isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Mod) and inner is outer.right:
            yield "a translated word put into another text"
        if isinstance(outer, ast.Call) and inner in outer.args + outer.keywords and _glues(outer):
            yield "translated texts glued by join or format"
        inner = outer
    if name in eager and not any(isinstance(outer, ast.FunctionDef | ast.Lambda) for outer in around):
        yield "gettext while the module is loaded: use gettext_lazy"


def _glues(call: ast.Call) -> bool:
    """ "…".join(…) and "…".format(…) of a literal; a variable's method may be anything."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in {"join", "format"}
        and isinstance(call.func.value, ast.Constant)
    )


def _ancestors(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while (node := parents.get(node)) is not None:  # type: ignore[assignment]
        yield node


def _called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def _eager_names(tree: ast.Module) -> set[str]:
    """The names under which this module calls a gettext that translates at once."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in {"gettext", "ngettext", "pgettext", "npgettext"}
    }


def _flatten(source: str) -> str:
    """The template as HTML, with one mark for each translation and each value."""
    out: list[str] = []
    inside = ""
    for token in Lexer(source).tokenize():
        tag = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents else ""
        if inside:
            inside = "" if tag == "end" + inside else inside
        elif tag in {"blocktranslate", "blocktrans", "comment", "verbatim"}:
            inside = tag
            out.append(TRANSLATED if tag.startswith("blocktrans") else "")
        elif tag == "block" and token.contents.split()[1].endswith(SILENT_BLOCKS):
            inside = tag
        elif token.token_type == TokenType.TEXT:
            out.append(token.contents.replace("\n\n", BREAK))  # a blank line ends a sentence, in a mail too
        elif token.token_type == TokenType.VAR:
            out.append(TRANSLATED if re.match(r"_\(", token.contents) else VALUE)
        elif tag:
            out.append(TRANSLATED if tag in {"translate", "trans"} and not NAMED.search(token.contents) else BREAK)
    return COMPUTED_TAG.sub(r"<\1div", "".join(out))


class _Sentences(HTMLParser):
    """Collects what stands together in one sentence, and the attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.sentences = [""]
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in TEXTLESS_TAGS
        self.sentences += [text or "" for name, text in attrs if name in SPOKEN_ATTRIBUTES]
        if tag not in SENTENCE_TAGS:
            self.sentences.append("")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in TEXTLESS_TAGS
        if tag not in SENTENCE_TAGS:
            self.sentences.append("")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.sentences[-1] += data

    def find_problems(self) -> Iterator[str]:
        for sentence in self.sentences:
            for part in sentence.split(BREAK):
                if part.count(TRANSLATED) > 1:
                    yield f"translated texts glued: {_show(part)}"
                if WORD.search(bare_words(part)):
                    yield f"text that is not translated: {_show(part)}"


def _show(part: str) -> str:
    return " ".join(part.replace(TRANSLATED, "[…]").replace(VALUE, "{…}").split())[:80]


def _place(file: Path, line: int | None = None) -> str:
    name = str(file.relative_to(PACKAGE.parent))
    return f"{name}:{line}" if line else name

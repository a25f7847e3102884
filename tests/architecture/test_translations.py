"""Every sentence people read is Chinese at its source and has its English in the room's own file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType
from tests.architecture.source import PACKAGE, ROOT, all_product_files, drawer_of, expect_none, place, tree
from tools import messages

from kewei.config.rooms import ROOMS

TEMPLATES = sorted(file for file in PACKAGE.rglob("*.html") if "templates" in file.parts)
SCRIPTS = sorted(file for file in PACKAGE.rglob("static/**/*.js") if "vendor" not in file.parts)
MARKED = {
    "_",
    "N_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
TRANSLATES = re.compile(r"^(translate|trans|blocktranslate|blocktrans|language)\b")
# The button that switches to Chinese is in Chinese for everybody, and says so.
IN_ITS_OWN_NAME = re.compile(r"""<\w+[^>]*\blang="zh[^>]*>[^<]*""")
IN_A_CALL = re.compile(r"""_\((["']).*?\1\)""")


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_has_its_english(room):
    expect_none(messages.faults(PACKAGE / room))


def test_no_template_holds_chinese_outside_a_translate_tag():
    found = [
        f"{file.relative_to(ROOT)}:{line} {text}" for file in TEMPLATES for line, text in untranslated_chinese(file)
    ]
    expect_none(found)


def untranslated_chinese(template: Path) -> Iterator[tuple[int, str]]:
    """Chinese in a template that no translation will ever replace, with its line."""
    inside: str | None = None
    for token in Lexer(template.read_text(encoding="utf-8")).tokenize():
        word = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
        if token.token_type == TokenType.BLOCK:
            if inside and word == f"end{inside}":
                inside = None
            elif word in {"blocktranslate", "blocktrans", "comment"}:
                inside = word
        if not inside and messages.CHINESE.search(told(token)):
            yield token.lineno, token.contents.strip()


def told(token: Token) -> str:
    """What of a token reaches the reader as it stands."""
    if token.token_type == TokenType.COMMENT:
        return ""
    if token.token_type == TokenType.BLOCK and TRANSLATES.match(token.contents):
        return ""
    return IN_ITS_OWN_NAME.sub("", IN_A_CALL.sub("", token.contents))


def test_no_page_code_holds_chinese_that_is_not_marked():
    """A page's Python says nothing in Chinese that gettext does not see; docstrings are for us."""
    found = [
        f"{place(file, node)} {node.value!r}"
        for file in all_product_files()
        if drawer_of(file) in {"web", "forms", "shell"}
        for node in unmarked_chinese(tree(file))
    ]
    expect_none(found)


def unmarked_chinese(module: ast.Module) -> Iterator[ast.Constant]:
    """Text constants with Chinese that are neither docstrings nor arguments of a marking call."""
    seen: set[ast.AST] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                seen.add(first.value)
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MARKED:
                seen.update(node.args)
    for node in ast.walk(module):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if node not in seen and messages.CHINESE.search(text):
            yield node


def test_no_script_of_ours_holds_chinese():
    """Scripts read their words from the page, where they are translated."""
    holding = [str(file.relative_to(ROOT)) for file in SCRIPTS if has_chinese_outside_comments(file)]
    expect_none(holding)


def has_chinese_outside_comments(script: Path) -> bool:
    code = re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)", "", script.read_text(encoding="utf-8"), flags=re.DOTALL)
    return bool(messages.CHINESE.search(code))

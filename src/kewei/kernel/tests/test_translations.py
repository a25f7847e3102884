"""Everything the kernel says, it says in English too, with the same blanks to fill."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kewei.kernel.refusals import all_refusals, fields_of

KERNEL = Path(__file__).resolve().parent.parent


def marked() -> list[str]:
    """Every text inside N_() in the kernel's own modules."""
    found = []
    for path in sorted(KERNEL.rglob("*.py")):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                found.append(ast.literal_eval(node.args[0]))
    return sorted(set(found))


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    with (KERNEL / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale="en") if message.id}


def test_every_sentence_has_its_english(english):
    assert [text for text in marked() if not english.get(text)] == []
    assert sorted(set(english) - set(marked())) == []


@pytest.mark.parametrize("text", marked())
def test_the_english_fills_the_same_blanks(english, text):
    assert sorted(fields_of(english[text])) == sorted(fields_of(text))


def test_every_refusal_of_the_kernel_speaks_english(english):
    own = {code: kind for code, kind in all_refusals().items() if kind.__module__.startswith("kewei.kernel.")}
    own = {code: kind for code, kind in own.items() if ".tests." not in kind.__module__}
    assert len(own) > 30
    for kind in own.values():
        given = dict.fromkeys(fields_of(kind.says) + fields_of(kind.next_step or ""), "x")
        sentence = kind(**given).sentence(lambda text: english[text] if text != "x" else text)
        assert sentence.replace("“", "").replace("”", "").replace("�", "").isascii()

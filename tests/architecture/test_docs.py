"""Docs that fail the build: every fact, permission, refusal, setting, command, column and API path has its line."""

from __future__ import annotations

import re

from tests.architecture.source import PACKAGE, ROOT, expect_none, product_files
from tools import reference

from kewei.config.rooms import ROOMS


def test_the_reference_is_what_the_code_says():
    expect_none(reference.stale_pages(), "run `make reference` and commit docs/reference")


def test_every_variable_of_the_environment_is_described():
    code = [*PACKAGE.rglob("*.py"), *(ROOT / "tools").glob("*.py"), ROOT / "conftest.py", ROOT / "Makefile"]
    read = {
        name
        for file in code
        if file != ROOT / "tools" / "reference.py"
        for name in re.findall(r"\bKEWEI_[A-Z]+(?:_[A-Z]+)*\b", file.read_text(encoding="utf-8"))
    }
    assert read <= set(reference.SETTINGS)
    assert set(reference.SETTINGS) <= read | {"KEWEI_TEST_DATABASE_URL"}


def test_every_room_is_on_the_page_of_rooms():
    page = (ROOT / "docs" / "rooms.md").read_text(encoding="utf-8")
    expect_none([room for room in ROOMS if f"`{room}`" not in page])


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    expect_none(broken)


def test_every_public_function_that_decides_asks_or_does_is_described():
    """Docstrings of rules, queries and actions say units, shapes and refusals; a missing one says nothing."""
    import ast

    from tests.architecture.source import drawer_of, place, tree

    silent = [
        f"{place(file, node)} {node.name}"
        for room in ROOMS
        for file in product_files(room)
        if drawer_of(file) in {"rules", "queries", "actions"} or room == "kernel"
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    expect_none(silent)


def test_every_fact_is_told():
    """A fact that nothing records is a promise to readers of the journal that is not kept."""
    untold = []
    for room in ROOMS:
        facts = PACKAGE / room / "facts.py"
        if not facts.exists():
            continue
        names = re.findall(r"^([A-Z_]+) = \"", facts.read_text(encoding="utf-8"), re.MULTILINE)
        code = "\n".join(file.read_text(encoding="utf-8") for file in product_files(room) if file != facts)
        untold += [f"{room}.facts.{name}" for name in names if not re.search(rf"\b{name}\b", code)]
    expect_none(untold)

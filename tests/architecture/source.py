"""Reading the source as the architecture tests need it: rooms, drawers, parsed files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kewei.config.rooms import ROOMS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "kewei"

DOORS = ("web", "forms", "api", "excel", "cli", "jobs", "reactions")
DRAWERS = (*DOORS, "actions", "queries", "models", "rules", "facts")
# Parts that doors of several rooms are made of; they live low so that all may use them.
PARTS_OF_DOORS = {"people/listing", "people/paging", "people/notices"}
NOT_PRODUCT_CODE = {"tests", "migrations", "__pycache__"}


def product_files(room: str) -> Iterator[Path]:
    """Every Python file of a room but its tests and migrations."""
    for file in sorted((PACKAGE / room).rglob("*.py")):
        if not NOT_PRODUCT_CODE & set(file.relative_to(PACKAGE).parts):
            yield file


def all_product_files() -> list[Path]:
    """Every Python file of every room but tests and migrations."""
    return [file for room in ROOMS for file in product_files(room)]


def room_of(file: Path) -> str:
    """The room a file lies in."""
    return file.relative_to(PACKAGE).parts[0]


def drawer_of(file: Path) -> str:
    """The drawer a file belongs to: `rules.py`, `rules_intake.py` and everything in `rules/` are all `rules`."""
    name = file.relative_to(PACKAGE).parts[1].removesuffix(".py")
    return next((drawer for drawer in DRAWERS if name == drawer or name.startswith(f"{drawer}_")), name)


def is_door(file: Path) -> bool:
    """True for the drawers that meet the outside world; `config` starts and serves the house and is one as a whole."""
    room, drawer = room_of(file), drawer_of(file)
    is_one = drawer in DOORS or drawer.endswith(tuple(f"_{door}" for door in DOORS))
    return room == "config" or is_one or f"{room}/{drawer}" in PARTS_OF_DOORS


def drawer_files(room: str, *drawers: str) -> list[Path]:
    """The files of a room's drawers, be they one file or a folder."""
    return [file for file in product_files(room) if drawer_of(file) in drawers]


@cache
def tree(file: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def place(file: Path, node: ast.AST) -> str:
    """Where a finding is: path and line, as editors open it."""
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def calls(node: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call below a node with its dotted name (`by.must`); calls on computed things have an empty name."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield inner, dotted(inner.func)


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names, an empty text for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else f".{node.attr}"
    return ""


def imports(file: Path) -> Iterator[tuple[ast.AST, str]]:
    """Every module or name a file imports at run time, dotted; imports for type checkers alone are left out."""
    for_types = {
        inner
        for node in ast.walk(tree(file))
        if isinstance(node, ast.If) and dotted(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree(file)):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def used_as_more_than_a_type(file: Path, name: str) -> bool:
    """True if a name is used anywhere but in annotations: called, asked for its rows, passed on."""
    in_annotations = {
        inner
        for node in ast.walk(tree(file))
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
        for inner in ast.walk(annotation)
    }
    return any(
        isinstance(node, ast.Name) and node.id == name and node not in in_annotations for node in ast.walk(tree(file))
    )


def expect_none(found: list[str], rule: str = "") -> None:
    """Fail with every finding on a line of its own, under the rule they break."""
    assert not found, "\n  ".join([rule, *found])

"""Money is whole fen: no float, no Decimal, no division with a rest thrown away, where money is decided or kept."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import PACKAGE, drawer_files, expect_none, place, tree

MONEY_ROOMS = ("products", "sales", "receivables", "credit", "orders", "collecting", "membership", "keyaccounts")
MONEY_DRAWERS = ("rules", "facts", "models", "queries", "actions")
INEXACT = {"float", "Decimal", "decimal", "FloatField", "DecimalField", "Avg", "StdDev", "Variance"}
ALLOWED = tomllib.loads((Path(__file__).parent / "inexact_numbers_allowed.toml").read_text(encoding="utf-8"))


def inexact(file: Path) -> Iterator[tuple[str, ast.AST, str]]:
    """Every inexact number in a file: the function it is in, the node, and what it is."""
    yield from _inexact(tree(file), "")


def _inexact(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.AST, str]]:
    for child in ast.iter_child_nodes(node):
        here = inside
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            here = f"{inside}.{child.name}".lstrip(".")
        if isinstance(child, ast.Constant) and isinstance(child.value, float):
            yield here, child, f"the float {child.value}"
        if isinstance(child, ast.Name) and child.id in INEXACT:
            yield here, child, child.id
        if isinstance(child, ast.Attribute) and child.attr in INEXACT:
            yield here, child, child.attr
        if isinstance(child, ast.BinOp | ast.AugAssign) and isinstance(child.op, ast.Div) and not joins_paths(child):
            yield here, child, "true division"
        yield from _inexact(child, here)


def joins_paths(node: ast.BinOp | ast.AugAssign) -> bool:
    """True for `folder / "name"`: a text on the right is part of a path, never a divisor."""
    right = node.right if isinstance(node, ast.BinOp) else node.value
    return isinstance(right, ast.JoinedStr) or (isinstance(right, ast.Constant) and isinstance(right.value, str))


def findings() -> Iterator[tuple[str, str]]:
    """Every finding in the money drawers, as (file::function, what and where)."""
    for room in MONEY_ROOMS:
        for file in drawer_files(room, *MONEY_DRAWERS):
            for function, node, what in inexact(file):
                yield f"{file.relative_to(PACKAGE)}::{function}", f"{place(file, node)} {what}"


def test_no_inexact_number_where_money_is_decided_or_kept():
    expect_none([text for where, text in findings() if where not in ALLOWED])


def test_every_exception_is_still_needed_and_has_a_reason():
    needed = {where for where, _ in findings()}
    expect_none([where for where in ALLOWED if where not in needed])
    assert all(reason.strip() for reason in ALLOWED.values())

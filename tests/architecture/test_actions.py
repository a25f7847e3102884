"""Every action says who and when, by keyword, and asks whether they may."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.architecture.source import calls, drawer_files, expect_none, place, tree

from kewei.config.rooms import ROOMS

# Public functions of an actions drawer that are not verbs of the business, each with its reason.
NOT_VERBS = {
    "journal": {
        "action": "the frame of every action, a decorator",
        "record": "writes the fact of the action that is running, which has already asked",
        "once": "runs another action, which asks",
    },
    "people": {
        "sign_in": "nobody is signed in yet: the password is the permission",
        "sign_in_with_token": "nobody is signed in yet: the token is the permission",
    },
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(room: str) -> Iterator[tuple[str, Function]]:
    """Every top-level function of a room's actions, with the place it stands at."""
    for file in drawer_files(room, "actions"):
        for node in tree(file).body:
            if isinstance(node, Function):
                yield place(file, node), node


def verbs(room: str) -> Iterator[tuple[str, Function]]:
    """The public ones that are actions; of a drawer that is a folder, the ones it offers in its __init__."""
    offered = offered_by_folder(room)
    for where, function in functions(room):
        in_folder = "/actions/" in where
        if function.name.startswith("_") or (in_folder and function.name not in offered):
            continue
        if function.name not in NOT_VERBS.get(room, {}):
            yield where, function


def offered_by_folder(room: str) -> set[str]:
    """The names that `actions/__init__.py` brings together."""
    files = [file for file in drawer_files(room, "actions") if file.name == "__init__.py"]
    return {
        alias.asname or alias.name
        for file in files
        for node in tree(file).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    } | {node.name for file in files for node in tree(file).body if isinstance(node, Function)}


@pytest.mark.parametrize("room", ROOMS)
def test_actions_take_by_and_now_by_keyword(room):
    wrong = []
    for where, function in verbs(room):
        given = function.args
        by_keyword = {argument.arg for argument in given.kwonlyargs}
        in_order = [*given.posonlyargs, *given.args]
        if in_order or not {"by", "now"} <= by_keyword:
            wrong.append(f"{where} {function.name}")
    expect_none(wrong, "an action takes keyword-only arguments, by and now among them")


@pytest.mark.parametrize("room", ROOMS)
def test_actions_ask_whether_the_person_may(room):
    asking = asking_functions(room)
    silent = [f"{where} {function.name}" for where, function in verbs(room) if function.name not in asking]
    expect_none(silent, "an action calls by.must(verb, thing), itself or through what it calls")


def asking_functions(room: str) -> set[str]:
    """Names of functions that call must, or another room's action, or a function of this drawer that does."""
    called = {f.name: {name for _, name in calls(f)} for _, f in functions(room)}
    asking = {f for f, names in called.items() if any(asks(name) for name in names)}
    while True:
        more = {f for f, names in called.items() if f not in asking and {n.split(".")[-1] for n in names} & asking}
        if not more:
            return asking
        asking |= more


def asks(name: str) -> bool:
    """True for `by.must` and for `terminals_actions.something`, which asks in its own room."""
    return name.split(".")[-1] == "must" or name.split(".")[0].endswith("_actions")


def test_the_exceptions_are_still_there():
    for room, names in NOT_VERBS.items():
        assert set(names) <= {function.name for _, function in functions(room)}

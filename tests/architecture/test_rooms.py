"""The rooms: one list, one stack, one sentence each."""

from __future__ import annotations

import ast
import tomllib

import pytest
from django.apps import apps
from tests.architecture.source import (
    PACKAGE,
    ROOT,
    all_product_files,
    drawer_of,
    expect_none,
    imports,
    place,
    room_of,
    tree,
    used_as_more_than_a_type,
)

from kewei.config.rooms import APPS, ROOMS


def layers() -> list[list[str]]:
    """The stack of the import contract, from the top down; rooms on one line do not know each other."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    stack = next(c for c in contracts if c["name"] == "Rooms form one stack")["layers"]
    return [[room.strip() for room in line.split("|")] for line in stack]


FLOOR = {room: -number for number, line in enumerate(layers()) for room in line}


def test_the_list_the_contract_and_the_folders_are_the_same():
    folders = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert set(ROOMS) == set(FLOOR) == folders
    assert sorted(ROOMS, key=lambda room: FLOOR[room]) == ROOMS, "list the rooms from the ground floor up"


def test_every_room_with_tables_is_installed():
    assert {config.label for config in apps.get_app_configs()} >= set(APPS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_one_sentence_what_it_is_for_and_imports_nothing(room):
    module = tree(PACKAGE / room / "__init__.py")
    said = ast.get_docstring(module) or ""
    assert said, f"{room}/__init__.py says nothing"
    assert "\n" not in said
    assert len(module.body) == 1, f"{room}/__init__.py does more than say what the room is for"


def test_every_key_points_down_the_stack():
    """A key written as a string is invisible to the import contract."""
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("kewei.")
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and (target := field.related_model._meta.app_label) in FLOOR
        and target != model._meta.app_label
        and FLOOR[target] >= FLOOR[model._meta.app_label]
    ]
    expect_none(upward)


def test_only_insight_joins_a_neighbours_tables():
    """Everybody else asks the neighbour's queries.

    A model may name the model its key points to, and anybody may name a neighbour's model as the type of an argument.
    """
    found = []
    for file in all_product_files():
        room = room_of(file)
        if room == "insight" or (room == "config" and drawer_of(file) == "demo"):
            continue  # the demo writes two years of past, which no action would let anybody do
        for node, name in imports(file):
            parts = name.split(".")
            if parts[0] != "kewei" or len(parts) < 3 or parts[2] != "models" or parts[1] == room:
                continue
            if drawer_of(file) != "models" and used_as_more_than_a_type(file, parts[-1]):
                found.append(f"{place(file, node)} imports {name}")
    expect_none(found)

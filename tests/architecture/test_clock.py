"""The clock is read only in doors; everything inside takes the time as an argument."""

from __future__ import annotations

import ast

from tests.architecture.source import all_product_files, calls, dotted, expect_none, is_door, place, tree

READS_THE_CLOCK = {
    "timezone.now",
    "timezone.localdate",
    "timezone.localtime",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "Now",
}
WITHOUT_AN_ARGUMENT = {"timezone.localdate", "timezone.localtime", "time.localtime", "time.gmtime"}


def test_only_doors_read_the_clock():
    found = []
    for file in all_product_files():
        if is_door(file):
            continue
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                found.append(f"{place(file, node.value)} {node.arg}")
            if isinstance(node, ast.keyword) and node.arg == "default" and dotted(node.value) in READS_THE_CLOCK:
                found.append(f"{place(file, node.value)} default={dotted(node.value)}")
        for call, name in calls(tree(file)):
            # localdate(moment) only converts; without an argument it reads the clock.
            converts = name in WITHOUT_AN_ARGUMENT and (call.args or call.keywords)
            if name in READS_THE_CLOCK and not converts:
                found.append(f"{place(file, call)} {name}()")
    expect_none(found)

"""Dataclasses go to JSON and come back the same."""

import json
from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kewei.kernel.plain import as_json, from_json


@dataclass(frozen=True)
class Paper:
    number: str
    ends_on: date | None = None


@dataclass(frozen=True)
class File:
    name: str
    papers: tuple[Paper, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()
    main: Paper | None = None
    left_fen: int | None = None


papers = st.builds(Paper, st.text(), st.none() | st.dates())
files = st.builds(
    File,
    st.text(),
    st.lists(papers, max_size=3).map(tuple),
    st.lists(st.tuples(st.text(), st.integers()), max_size=3).map(tuple),
    st.none() | papers,
    st.none() | st.integers(),
)


@given(files)
def test_what_went_in_comes_out(file):
    assert from_json(File, json.loads(json.dumps(as_json(file)))) == file


def test_a_field_that_came_later_takes_its_default():
    assert from_json(File, {"name": "a"}) == File("a")

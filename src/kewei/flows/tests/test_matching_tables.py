"""The worked tables of docs/algorithms/matching.md, and what must hold of any name."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kewei.flows.cli import matching_cli as cli
from kewei.flows.rules.matching import Index, evaluating, normalise, training
from kewei.flows.rules.matching.features import NAMES, vetoes_of
from kewei.flows.rules.matching.model import OtherEvidence, read, shipped, written
from kewei.flows.rules.matching.parsing import parse, variants
from kewei.flows.rules.matching.parts import columns
from kewei.flows.rules.matching.places import place_code
from kewei.flows.rules.matching.vetoes import HARD, NO_SORT, VETOES

ROOT = Path(__file__).resolve().parents[4]
PAGE = ROOT / "docs" / "algorithms" / "matching.md"
SHARED = ROOT.parent / "shared" / "data"


def table(heading):
    """The rows of the first table under a heading of the page, a dash as ''."""
    under = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in under.splitlines() if line.startswith("|")]
    return [["" if cell.strip() == "–" else cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("row", table("Taken apart"), ids=lambda row: row[0])
def test_a_name_taken_apart(row):
    name, text, head, ordinals, kinds, branch, others = row
    parsed = parse(name)
    assert (parsed.text, parsed.head, parsed.branch) == (text, head, branch)
    assert parsed.ordinals == frozenset(map(int, ordinals.split()))
    assert parsed.kinds == frozenset(kinds.split())
    assert [other for other, _how in parsed.others] == others.split()


def forbidding(one, other, place):
    """The vetoes between two names, each gone by its first form, both in one place."""
    mine, theirs = columns([variants(one)[:1]]), columns([variants(other)[:1]])
    [found] = vetoes_of(mine, theirs, np.array([place]), np.array([place]))
    return {veto for veto, forbids in zip(VETOES, found, strict=True) if forbids}


@pytest.mark.parametrize("row", table("Vetoes"), ids=lambda row: f"{row[0]}/{row[1]}")
def test_what_two_names_may_not_differ_in(row):
    one, other, city, forbidden = row
    place = int(place_code("", city, ""))
    found = forbidding(one, other, place)
    assert [veto for veto in VETOES if veto in found & set(HARD)] == forbidden.split()
    assert forbidding(other, one, place) == found


NAMES_LIKE = st.text(
    alphabet="武汉市第一三人民医院附属大学中医妇幼保健店药房区县分院()（）·/ 醫漢０1Ａa", min_size=1, max_size=20
)


@settings(max_examples=200, deadline=None)
@given(NAMES_LIKE)
def test_normalising_twice_is_normalising_once(name):
    assert normalise(normalise(name)) == normalise(name)


@settings(max_examples=200, deadline=None)
@given(NAMES_LIKE, NAMES_LIKE)
def test_a_veto_is_one_from_either_side_and_none_against_oneself(one, other):
    there, back = forbidding(one, other, 420100) - {NO_SORT}, forbidding(other, one, 420100) - {NO_SORT}
    about_places = {"named_place", "bare"}  # of the typed name alone
    assert there - about_places == back - about_places
    assert forbidding(one, one, 420100) <= about_places | {NO_SORT}


def test_the_shipped_model_reads_back_as_it_was_written_and_says_what_it_learned_from():
    model = shipped()
    again = read(written(model))
    assert (again.version, again.threshold, again.depth) == (model.version, model.threshold, model.depth)
    assert list(model.trained_on) == ["flow_dev/pairs.csv"]
    with pytest.raises(OtherEvidence):
        read(written(model).replace(f'"{NAMES[0]}"', '"something_else"'))


def test_wilsons_interval_of_a_small_share():
    found = evaluating.rate(9, 10)
    assert (round(found.low, 3), round(found.high, 3)) == (0.596, 0.982)
    assert evaluating.rate(0, 0).high == 1.0


def flow_dev(part):
    """The index and labelled pairs of ../shared, two provinces of them where a `part` is asked for; skips where they are not."""
    folder = SHARED / "flow_dev"
    if not (folder / "pairs.csv").exists():
        pytest.skip("../shared/data/flow_dev is not here")
    pairs = cli._pairs(folder / "pairs.csv")
    wanted = {"湖北省", "福建省"} if part else None
    pairs = [one for one in pairs if wanted is None or one.asked.province in wanted]
    masters = cli._masters(folder / "master.csv")
    return Index.of(one for one in masters if wanted is None or one.province in wanted), pairs


def assert_goals(index, pairs, precision, recall):
    found = {one.set: one for one in evaluating.figures(pairs, training.judge_unseen(index, pairs))}
    assert found["natural"].precision.rate >= precision
    assert found["natural"].recall.rate >= recall
    return found


@pytest.mark.slow
def test_two_provinces_each_by_a_model_of_the_other():
    assert_goals(*flow_dev(part=True), precision=0.99, recall=0.8)


@pytest.mark.nightly
def test_all_provinces_reach_the_goals():
    found = assert_goals(*flow_dev(part=False), precision=0.995, recall=0.85)
    assert found["hard"].precision.rate >= 0.995
    assert found["hard"].recall.rate >= 0.55
    assert found["hard"].top_1.rate >= 0.75

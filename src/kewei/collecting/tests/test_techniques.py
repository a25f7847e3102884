"""The library of techniques: lawful, complete against the deck, and choosing by segment, stage, age and reason."""

import pytest

from kewei.collecting.rules.library import NOT_DONE
from kewei.collecting.rules.segments import OTHER, SEGMENTS, segment_of
from kewei.collecting.rules.techniques import TECHNIQUES, Situation, read_techniques, suits
from kewei.kernel.policies import BadPolicy
from kewei.terminals.rules import KINDS

LIBRARY = TECHNIQUES.read(TECHNIQUES.body)


def suiting(*has, segment="pharmacy", stage=1, days=5, reasons=()):
    about = Situation(segment, stage, days, reasons, frozenset(has))
    return {code for code, row in LIBRARY.items() if suits(row, about)}


def test_every_row_of_the_deck_on_techniques_is_here_or_has_its_substitute():
    built = {number for row in LIBRARY.values() for number in row.rows}
    # 1G, and those of the seven principles that are things to do to a debtor.
    assert set(range(87, 106)) - {90, 99} <= built
    assert built >= {59, 61, 66, 67, 68, 72, 74, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 90}
    assert {row.row for row in NOT_DONE.values()} == {73, 76, 92, 95, 99, 100, 101, 104}
    for row in NOT_DONE.values():
        assert row.instead
        assert set(row.instead) <= set(LIBRARY)
        assert any(row.row in LIBRARY[code].rows for code in row.instead) or row.row == 99


def test_every_kind_of_customer_has_a_segment_and_every_segment_something_to_do_at_every_stage():
    assert {segment_of(kind) for kind in KINDS} <= set(SEGMENTS)
    assert segment_of("military") == "public"
    assert segment_of("nothing known") == OTHER
    days = [-3, 2, 8, 20, 40, 70, 100, 200]
    for segment in SEGMENTS:
        for stage in range(8):
            assert suiting("alive", segment=segment, stage=stage, days=days[stage]), (segment, stage)


@pytest.mark.parametrize(
    ("code", "at"),
    [
        ("part_payments", {"reasons": ("F1",), "stage": 3, "days": 20}),
        ("direct_settlement", {"segment": "public", "reasons": ("E5",), "stage": 2, "days": 60}),
        ("acceptance", {"segment": "public", "reasons": ("A7",), "stage": 0, "days": -2}),
        ("remind", {"stage": 0, "days": -7}),
    ],
)
def test_what_suits(code, at):
    assert code in suiting(**at)
    assert code not in suiting(**{**at, "stage": 7, "days": 99_999, "segment": "other", "reasons": ("J1",)})


def test_needs_must_be_met():
    assert "next_run" not in suiting()
    assert "next_run" in suiting("calendar")
    assert "settle_ours_first" in suiting("ours", reasons=("A1",))
    assert "court" in suiting("alive", stage=7, days=200)
    barred = suiting("barred", stage=7, days=1_300)
    assert "reconfirm" in barred
    assert not {"court", "lawyer_letter", "supervising_body"} & barred
    assert "supervising_body" in suiting("sme", "alive", segment="public", stage=6, days=120)
    assert "supervising_body" not in suiting("alive", segment="public", stage=6, days=120)
    assert "supply_on_payment" not in suiting(segment="public", stage=4, days=40)


@pytest.mark.parametrize(
    "change",
    [
        {"role": "medical"},
        {"role": "warehouse"},
        {"verb": "collecting.nothing"},
        {"segments": ["doctor"]},
        {"channel": "street"},
        {"needs": ["luck"]},
        {"script": "{home_address}"},
        {"code": "pester"},
        {"code": "say_it"},
        {"effect_bp": 10_001},
        {"minutes": -1},
        {"stages": [3, 2]},
        {"unheard": 1},
    ],
    ids=str,
)
def test_a_version_may_not_hold_what_is_unlawful_or_unknown(change):
    first, *rest = TECHNIQUES.body["rows"]
    assert len(read_techniques({"rows": [first, *rest]})) == len(LIBRARY)
    with pytest.raises(BadPolicy):
        TECHNIQUES.read({"rows": [first | change, *rest]})

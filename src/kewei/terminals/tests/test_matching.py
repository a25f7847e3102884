"""The worked table of docs/algorithms/duplicates.md, and what never matches."""

from pathlib import Path

import pytest

from kewei.terminals.rules import matching
from kewei.terminals.rules.matching import Card, compare, pairs_within, take_apart

PAGE = Path(__file__).resolve().parents[4] / "docs" / "algorithms" / "duplicates.md"


def worked_table() -> list[list[str]]:
    """Rows of the page's table: name, name, city, reason and how sure, or –."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if len(row) == 5 and row[0] != "One" and not set(row[0]) <= {"-", " "}]


def place(city: str) -> dict[str, str]:
    return {"city": "" if city == "–" else city}


@pytest.mark.parametrize("row", worked_table(), ids=lambda row: f"{row[0]} / {row[1]}")
def test_the_worked_table(row):
    one, other, city, reason, sure = row
    match = compare(Card(1, (one,), **place(city)), Card(2, (other,), **place(city)))
    assert (reason, sure) == ("–", "–") if match is None else (match.reasons[0], str(match.score)) == (reason, sure)


def test_a_key_is_certain_whatever_the_names_say():
    one = Card(1, ("甲医院",), credit_code="12420800420900001X", city="荆门市")
    other = Card(2, ("乙诊所",), credit_code="12420800420900001X", city="武汉市")
    assert compare(one, other).certain
    assert compare(one, Card(3, ("乙诊所",), licences=frozenset({"PDY1"}), city="武汉市")) is None


def test_address_and_phone_make_it_surer_but_never_certain():
    one = Card(1, ("同济医学院附属协和医院",), city="武汉市", address="解放大道1277号", phones=frozenset({"027-1"}))
    other = Card(2, ("协和医院",), city="武汉市", address="解放大道1277号", phones=frozenset({"027-1"}))
    match = compare(one, other)
    assert (match.reasons, match.score, match.certain) == (("contained", "address", "phone"), 91, False)


def test_names_are_taken_apart():
    assert take_apart("益丰大药房(中山路店)")[:6] == ("", "益丰", (), "pharmacy", "pharmacy", "中山路")
    assert (
        take_apart("北京市密云区太师屯镇许庄子村卫生室", "北京市", "北京市", "密云区").level == "密云区太师屯镇许庄子村"
    )
    assert take_apart("中国人民解放军第三O九医院").ordinal == take_apart("解放军309医院").ordinal == (309,)
    assert take_apart("北京大学第一医院", "北京市", "北京市").core == "北京大学"


def test_the_pairs_of_a_city_are_those_comparing_all_would_find():
    names = [
        "荆门市第一人民医院", "荆门市第三人民医院", "荆门市东宝区惠民医院", "惠民医院", "李刚诊所", "荆门李刚诊所", "李强诊所",
        "沙洋县中医院", "沙洋县中医医院", "同济医学院附属仁和医院", "仁和医院", "康泰大药房(人民路店)", "康泰大药房(象山店)",
        "江汉油田总医院职工门诊部", "江汉油田医院职工门诊部",
    ]  # fmt: skip
    cards = [Card(n, (name,), city="荆门市") for n, name in enumerate(names)]
    every = {
        (a.pk, b.pk): match for i, a in enumerate(cards) for b in cards[i + 1 :] if (match := compare(a, b)) is not None
    }
    assert {(a.pk, b.pk): match for a, b, match in pairs_within(cards)} == every
    assert {(2, 3), (4, 5), (7, 8), (9, 10)} <= set(every)
    assert (0, 1) not in every


def test_of_many_only_the_nearest_are_compared_and_the_surest_comes_first():
    cards = [Card(n, (f"荆门市{n}号诊所",), city="荆门市") for n in range(200)]
    cards += [Card(900, ("荆门惠民医院",), city="荆门市"), Card(901, ("荆门市东宝区惠民医院",), city="荆门市")]
    found = matching.candidates(Card(0, ("惠民医院",), city="荆门市"), cards)
    assert [card.pk for card, _ in found] == [900, 901]

"""Matching: the tables of docs/algorithms/matching.md, and what must hold of any name."""

import pytest

from kewei.flows.rules.matching import Alias, Asked, Index, Master, match, normalise, together, training
from kewei.flows.rules.matching.parsing import in_full

MASTERS = [
    Master("W1", "武汉市第一人民医院", "湖北省", "武汉市", credit_code="12420100441354921X"),
    Master("W3", "武汉市第三人民医院", "湖北省", "武汉市", licences=("鄂药械 420100",)),
    Master("WX", "华中科技大学同济医学院附属协和医院", "湖北省", "武汉市"),
    Master("JM", "荆门市第一人民医院", "湖北省", "荆门市"),
    Master("JD", "荆门市东宝区人民医院", "湖北省", "荆门市", "东宝区"),
    Master("JF", "荆门市妇幼保健院", "湖北省", "荆门市"),
]


@pytest.fixture(scope="module")
def index():
    return Index.of(MASTERS)


@pytest.mark.parametrize(
    ("asked", "key", "reason"),
    [
        (Asked("不知何处", credit_code="12420100441354921x"), "W1", "credit_code"),
        (Asked("不知何处", licence="鄂药械 420100"), "W3", "licence"),
        (Asked("武汉市第三人民医院", "湖北省", "武汉市"), "W3", "exact"),
        (Asked("武漢市第三人民醫院 ", "湖北省", "武汉市"), "W3", "exact"),
    ],
)
def test_keys_come_first_then_the_very_name(index, asked, key, reason):
    [found] = match(index, [asked])
    assert (found.verdict, found.key, found.reason) == ("accept", key, reason)


def test_what_people_confirmed_is_known_and_what_they_denied_is_not_accepted(index):
    taught = index.with_aliases(
        [Alias("WX", "汉口协和"), Alias("JM", code="C-17"), Alias("W3", "武汉市第三人民医院", same=False)]
    )
    by_name, by_code, denied = match(
        taught, [Asked("汉口协和"), Asked("随便", code="C-17"), Asked("武汉市第三人民医院", "湖北省", "武汉市")]
    )
    assert (by_name.key, by_name.reason, by_code.key, by_code.reason) == ("WX", "alias", "JM", "code")
    assert denied.verdict != "accept"
    assert match(index, [Asked("汉口协和")])[0].reason != "alias"


def test_another_ordinal_is_never_accepted(index):
    [found] = match(index, [Asked("武汉市第二人民医院", "湖北省", "武汉市")])
    assert found.verdict != "accept"
    assert all(
        any(code == "veto_ordinal" for code, _ in one.reasons) for one in found.candidates if one.key in ("W1", "W3")
    )


def test_a_terminal_that_may_be_a_second_card_of_another_is_for_a_person():
    cards = [
        Master("A", "武汉市江夏区中医院武昌县中医院", "湖北省", "武汉市", "江夏区"),
        Master("B", "武昌县中医院", "湖北省", "武汉市", "江夏区"),
    ]
    twofold = Index.of(cards)
    assert twofold.twins.tolist() == [True, False]
    typed = Asked("江夏区中医院", "湖北省", "武汉市")
    assert match(Index.of(cards[:1]), [typed])[0].candidates[0].key == "A"
    assert match(twofold, [typed])[0].verdict != "accept"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("市一院", "合肥市一院"), ("二院", "合肥市二院"), ("省人民医院", "安徽省人民医院"), ("县医院", "县医院"),
        ("市中区医院", "市中区医院"), ("区中医院", "庐阳区中医院"),
    ],
)  # fmt: skip
def test_what_people_of_the_place_write_is_read_with_the_place_of_their_row(typed, told):
    assert in_full(typed, "安徽省", "合肥市", "庐阳区") == told


def test_the_larger_of_two_as_much_alike_is_shown_first():
    def first(levels):
        cards = [Master(at, name, "湖北省", "荆门市", level=level) for at, (name, level) in enumerate(levels.items())]
        return match(Index.of(cards), [Asked("荆门红十字医院", "湖北省", "荆门市")])[0].candidates[0].key

    assert first({"荆门市第四人民医院": "三级甲等", "荆门市第五人民医院": ""}) == 0
    assert first({"荆门市第四人民医院": "", "荆门市第五人民医院": "3A"}) == 1


def test_cards_that_hold_two_names_teach_and_those_whose_other_name_is_another_cards_do_not():
    twofold = Master("A", "荆门市第四人民医院荆门市传染病医院", "湖北省", "荆门市")
    taught = training.second_names(Index.of([*MASTERS, twofold]))
    assert (len(set(taught.folds.tolist())), int(taught.right.sum())) == (1, 2)
    twin = Master("B", "荆门市传染病医院", "湖北省", "荆门市")
    assert not len(training.second_names(Index.of([*MASTERS, twofold, twin])).made)


def test_normalise_says_one_name_one_way():
    assert normalise("武漢市 第三人民醫院．") == "武汉市第三人民医院"


# Names as they come in: with and without a place, several in one text, none at all, a letter lost, wide letters, other digits.
TYPED = [
    Asked("武汉市第1人民医院", "湖北省", "武汉市"), Asked("武汉第一人民医院药剂科"), Asked("武汉协和医院", "湖北", "武汉"),
    Asked("东宝区人民医院(荆门市东宝区第一医院)", "湖北省", "荆门市"), Asked(""), Asked("\U0001f3e5\ud800"), Asked("人民医院"),
    Asked("荆门妇幼保健", "湖北省"), Asked("荆门市妇幼保健计划生育服务中心", "", "荆门市"), Asked("武汉市第三人民医院光谷院区"),
]  # fmt: skip


def test_a_name_alone_is_decided_as_among_others(index):
    together = match(index, TYPED * 40)
    assert together == [match(index, [one])[0] for one in TYPED] * 40


def test_an_index_made_from_an_earlier_one_is_the_index_made_anew(index):
    later = [
        *MASTERS[2:4],
        Master("N1", "钟祥市人民医院(钟祥市第一医院)", "湖北省", "荆门市", "钟祥市"),
        Master("W3", "武汉市第三人民医院", "湖北省", "武汉市", aliases=("武汉市烧伤医院",)),
    ]
    anew, renewed = Index.of(later), Index.of(later, known=Index.of(later[1:], known=index))
    typed = [*TYPED, Asked("武汉烧伤医院", "湖北省", "武汉市"), Asked("钟祥市第一医院", "湖北省", "荆门市")]
    assert match(renewed, typed) == match(anew, typed)
    assert match(renewed, typed)[-1].candidates[0].key == "N1"


def test_two_processes_say_what_one_says(index, monkeypatch):
    monkeypatch.setattr(together, "ENOUGH", 2)
    assert together.match_together(index, TYPED, 2) == match(index, TYPED)


def test_an_empty_master_knows_nobody():
    assert [one.verdict for one in match(Index.of([]), TYPED)] == ["unknown"] * len(TYPED)

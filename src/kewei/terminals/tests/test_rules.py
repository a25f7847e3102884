"""The words of a card, places, licences, completeness, notes and search, as rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.kernel.columns import NotAChoice, match_headings, read_rows
from kewei.kernel.sheets import read_sheet
from kewei.terminals import excel, rules
from kewei.terminals.rules import papers

REQUIRED = papers.REQUIRED.read(papers.REQUIRED.body)
LADDER = papers.LICENCE_LADDER.read(papers.LICENCE_LADDER.body)
TODAY = date(2026, 11, 23)


# --- words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("公立医院", "public_hospital"), ("医院", "public_hospital"), ("Hospital", "public_hospital"), ("民营医院", "private_hospital"),
        ("社区卫生服务中心", "primary_care"), ("乡镇卫生院", "primary_care"), ("诊所", "clinic"), ("药店", "pharmacy"),
        ("单体药店", "pharmacy"), ("连锁", "chain_hq"), ("连锁门店", "chain_store"), ("经销商", "distributor"),
        ("批发企业/经销商", "distributor"), ("public_hospital", "public_hospital"), ("其它", "other"),
    ],
)  # fmt: skip
def test_kinds_are_read_in_the_words_of_files(typed, kind):
    assert rules.read_kind(f" {typed} ") == kind


@pytest.mark.parametrize("kind", rules.KINDS)
def test_a_kind_is_read_back_from_its_code_and_its_label(kind):
    assert rules.read_kind(kind) == rules.read_kind(rules.KINDS[kind]) == kind


def test_an_unknown_kind_is_refused_with_what_is_allowed():
    with pytest.raises(NotAChoice) as refusal:
        rules.read_kind("飞机场")
    assert "连锁总部" in refusal.value.sentence()


@pytest.mark.parametrize(
    ("typed", "grade"), [("三级甲等", "3A"), ("三甲", "3A"), ("三级甲", "3A"), ("2a", "2A"), ("未定级", "none")]
)
def test_grades_are_read_short_and_long(typed, grade):
    assert rules.read_word(rules.GRADES, typed) == grade


# --- places -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        (("湖北", "荆门", "东宝区"), ("420802", "湖北省", "荆门市", "东宝区")),
        (("", "荆门", ""), ("420800", "湖北省", "荆门市", "")),
        (("", "湖北省荆门市", ""), ("420800", "湖北省", "荆门市", "")),
        (("湖北省", "湖北省荆门市", "荆门市东宝区"), ("420802", "湖北省", "荆门市", "东宝区")),
        (("湖北", "襄樊市", ""), ("420600", "湖北省", "襄阳市", "")),  # renamed in 2010
        (("安徽", "芜湖", "繁昌县"), ("340212", "安徽省", "芜湖市", "繁昌区")),  # a county until 2020
        (("安徽", "巢湖市", ""), ("340181", "安徽省", "合肥市", "巢湖市")),  # a prefecture until 2011
        (("北京", "北京", "崇文区"), ("110100", "北京市", "北京市", "崇文区")),  # merged in 2010
        (("湖北", "恩施", "利川"), ("422802", "湖北省", "恩施土家族苗族自治州", "利川市")),
        (("湖北", "仙桃", ""), ("429004", "湖北省", "仙桃市", "")),  # directly under the province
        (("", "义乌市", ""), ("330782", "浙江省", "金华市", "义乌市")),  # a county-level city in the column of cities
        (("重庆", "", "忠县"), ("500233", "重庆市", "重庆市", "忠县")),
        (("", "上海", "浦东"), ("310115", "上海市", "上海市", "浦东新区")),
        (("湖北", "武汉", "东湖高新区"), ("420100", "湖北省", "武汉市", "东湖高新区")),  # no code of its own
        (("", "", "朝阳区"), ("", "", "", "朝阳区")),  # several: none
        (("火星", "水城", ""), ("", "火星", "水城", "")),  # there is a 水城 in 贵州
        (("湖北", "火星", "东宝区"), ("420000", "湖北省", "火星", "东宝区")),
        (("", "", ""), ("", "", "", "")),
    ],
)
def test_places_as_people_type_them(typed, place):
    assert tuple(rules.divisions().place(*typed)) == place


def test_every_place_of_today_is_found_by_its_own_names_and_stays_what_it_is():
    known = rules.divisions()
    for province in known.provinces():
        for city in known.cities(province.code):
            for district in known.districts(city.code):
                place = known.place_of(district.code)
                assert known.place(place.province, place.city, place.district) == place


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_no_text_breaks_it_and_nothing_known_is_lost(province, city, district):
    place = rules.divisions().place(province, city, district)
    assert len(place.division) in (0, 6)
    assert bool(place.division) or place == ("", *place[1:])


# --- licences -----------------------------------------------------------------------------------------------------------


def paper(days=None, **more) -> rules.LicenceDates:
    return rules.LicenceDates("business", valid_to=None if days is None else TODAY + timedelta(days), **more)


@pytest.mark.parametrize(
    ("days", "state"),
    [(-1, ("expired", None)), (0, ("ending", 7)), (7, ("ending", 7)), (8, ("ending", 30)), (30, ("ending", 30)),
     (31, ("ending", 60)), (90, ("ending", 90)), (180, ("ending", 180)), (181, ("valid", None)), (None, ("undated", None))],
)  # fmt: skip
def test_the_ladder_speaks_180_90_60_30_and_7_days_before(days, state):
    assert rules.licence_state(paper(days), TODAY, LADDER) == state


def test_a_hospital_ends_with_its_verification_and_a_long_term_paper_never():
    assert rules.ends_on(paper(400, verify_by=TODAY + timedelta(5))) == TODAY + timedelta(5)
    assert rules.licence_state(paper(long_term=True), TODAY, LADDER) == ("valid", None)
    assert rules.licence_state(paper(long_term=True, verify_by=TODAY - timedelta(1)), TODAY, LADDER) == (
        "expired",
        None,
    )


def test_required_papers_by_kind():
    held = [rules.LicenceDates("medical", TODAY), rules.LicenceDates("business", TODAY - timedelta(1))]
    assert rules.missing_licences(REQUIRED.of("public_hospital"), held, TODAY) == []
    assert rules.missing_licences(REQUIRED.of("private_hospital"), held, TODAY) == [
        ("business",)
    ]  # expired is as good as none
    assert rules.missing_licences(REQUIRED.of("clinic"), [rules.LicenceDates("clinic_filing")], TODAY) == []
    assert rules.missing_licences(REQUIRED.of("pharmacy"), [], TODAY) == [("business",), ("drug_retail",)]


def test_a_paper_cannot_end_before_it_begins():
    with pytest.raises(rules.LicenceDatesCross):
        rules.check_licence_dates(TODAY, TODAY - timedelta(1), False)
    with pytest.raises(rules.LicenceEndUnclear):
        rules.check_licence_dates(None, TODAY, True)


# --- completeness, notes, search ------------------------------------------------------------------------------------------


def test_completeness_is_nought_for_nothing_and_a_hundred_only_for_everything():
    everything = dict.fromkeys(rules.COMPLETENESS.weights, True)
    assert rules.completeness({}).per_cent == 0
    assert rules.completeness(everything) == rules.Score(100, (), rules.COMPLETENESS.version)
    for item in everything:
        score = rules.completeness(everything | {item: False})
        assert score.per_cent < 100
        assert score.missing == (item,)


def test_words_of_private_life_and_of_prescription_counts_are_noticed():
    assert rules.banned_words("院长生日 3 月，爱好钓鱼；Kickback?") == ["生日", "爱好", "kickback"]
    assert rules.banned_words("药剂科在门诊三楼，每月 25 日付款") == []


def test_secrets_are_masked_once():
    assert rules.mask_identity("42080219900101123x") == "420***********123X"
    assert rules.mask_identity(rules.mask_identity("42080219900101123x")) == "420***********123X"
    assert rules.mask_account("6222 0200 1234 5678") == "****5678"


def test_the_search_line_holds_every_name_with_its_initials_once():
    text = rules.search_text("T0001", "91420800MA0000001X", ["荆门市第一人民医院", "", "荆门一医", "荆门一医"])
    assert text == "|t0001|91420800ma0000001x|荆门市第一人民医院|荆门一医|jmsdyrmyy|jmyy|"
    assert [rules.rank(word, text) for word in ("jmyy", "荆门", "第一")] == [0, 1, 2]


@given(st.lists(st.text(min_size=1, max_size=10), max_size=4))
def test_whatever_a_name_holds_it_is_found_by_itself(names):
    from kewei.kernel.names import fold

    text = rules.search_text("X1", None, names)
    for name in names:
        assert fold(name).replace("|", " ") in text


# --- columns ------------------------------------------------------------------------------------------------------------


def test_the_issues_headings_are_read_in_chinese_and_english():
    chinese = ["客户编码", "名称", "终端类型", "统一社会信用代码", "省", "市", "区县", "地址", "负责人"]
    english = ["customer_code", "name", "kind", "credit_code", "province", "city", "district", "address", "owner"]
    names = ["code", "name", "kind", "credit_code", "province", "city", "district", "address", "owner"]
    assert list(match_headings(chinese, excel.COLUMNS).values()) == names
    assert list(match_headings(english, excel.COLUMNS).values()) == names


def test_only_code_and_name_are_required():
    assert [column.name for column in excel.COLUMNS if column.required] == ["code", "name"]


def test_every_example_can_be_read_back():
    for column in excel.COLUMNS:
        if column.example != "":
            column.read(column.example)


def test_a_row_with_a_wrong_credit_code_and_beds_names_both_cells():
    text = "客户编码,名称,统一社会信用代码,床位\nT1,甲,91420800MA0000001,很多\n"
    sheet = read_sheet(text.encode(), "客户.csv")
    ((row, _, problems),) = read_rows(sheet, excel.COLUMNS, match_headings(sheet.headings, excel.COLUMNS))
    assert [(row, problem.column, problem.why.code) for problem in problems] == [
        (2, "C", "bad_credit_code"), (2, "D", "bad_beds"),
    ]  # fmt: skip

"""The catalogue: adding, changing, finding, importing and taking an import back."""

import pytest
from tests import cast

from kewei.journal.models import Intake
from kewei.kernel.columns import NotAChoice, match_headings, read_rows
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.kernel.sheets import read_sheet
from kewei.products import actions, excel, queries, rules
from kewei.products.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


def intake_of(person) -> Intake:
    return Intake.objects.create(
        noun="products", filename="产品.xlsx", file_digest="0" * 64, taken_by=person, taken_at=cast.MORNING
    )


def take(person, *rows):
    intake = intake_of(person)
    return intake, actions.import_products(rows=rows, intake=intake, by=person, now=cast.MORNING)


def test_a_product_is_found_by_code_name_maker_and_pinyin(staff):
    actions.add_product(
        code="P1", name="阿莫西林胶囊", trade_name="阿莫仙", maker="珠海联邦", by=staff.wu, now=cast.MORNING
    )
    for text in ("p1", "阿莫西林", "amxljn", "联邦", "阿莫 胶囊"):
        assert [hit.code for hit in queries.search(staff.wang, text)] == ["P1"], text
    assert queries.search(staff.wang, "头孢") == []


def test_two_products_cannot_have_one_code(staff):
    actions.add_product(code="P1", name="甲", by=staff.wu, now=cast.MORNING)
    with pytest.raises(rules.ProductCodeTaken):
        actions.add_product(code="P1", name="乙", by=staff.wu, now=cast.MORNING)
    assert [p.name for p in Product.objects.all()] == ["甲"]


def test_a_change_keeps_search_in_step(staff):
    product = actions.add_product(code="P1", name="甲", by=staff.wu, now=cast.MORNING)
    actions.change_product(product=product, name="乙", listed_price_fen=1280, by=staff.wu, now=cast.MORNING)
    assert [hit.name for hit in queries.search(staff.wu, "乙")] == ["乙"]
    assert queries.search(staff.wu, "甲") == []
    with pytest.raises(rules.NothingToChange):
        actions.change_product(product=product, name="乙", by=staff.wu, now=cast.MORNING)


@pytest.mark.parametrize("who", ["sun", "wang", "zhou", "zhao"])
def test_only_quality_accountants_and_directors_keep_the_catalogue(staff, who):
    person = getattr(staff, who)
    with pytest.raises(NotAllowed):
        actions.add_product(code="P1", name="甲", by=person, now=cast.MORNING)
    with pytest.raises(NotAllowed):
        take(person, {"code": "P1", "name": "甲"})
    assert not Product.objects.exists()


def test_an_import_adds_changes_and_is_taken_back(staff):
    kept = actions.add_product(code="P1", name="甲", spec="10片", by=staff.wu, now=cast.MORNING)
    intake, made = take(
        staff.qian,
        {"code": "P1", "name": "甲", "spec": None, "listed_price": 1280, "extra": {"医保": "甲类"}},
        {"code": "P2", "name": "乙", "scope_class": "cold_chain"},
    )
    assert made == {"created": 1, "changed": 1, "unchanged": 0}
    kept.refresh_from_db()
    assert (kept.spec, kept.listed_price_fen, kept.extra) == ("10片", 1280, {"医保": "甲类"})
    assert Product.objects.get(code="P2").cold_chain
    assert take(staff.qian, {"code": "P2", "name": "乙"})[1] == {"created": 0, "changed": 0, "unchanged": 1}
    done = actions.undo_import_products(intake=intake, by=staff.qian, now=cast.MORNING)
    assert done == {"removed": 1, "ended": 0, "restored": 1}
    kept.refresh_from_db()
    assert (kept.listed_price_fen, kept.extra) == (None, {})
    assert list(Product.objects.values_list("code", flat=True)) == ["P1"]


def test_a_code_twice_in_a_file_is_named_with_its_first_row(staff):
    rows = [(2, {"code": "P1", "name": "甲"}), (3, {"code": "P1", "name": "乙"})]
    ((row, column, why),) = queries.import_faults(staff.qian, rows)
    assert (row, column, why.row) == (3, "code", 2)
    with pytest.raises(rules.ProductsHaveFaults):
        take(staff.qian, *(values for _, values in rows))
    assert not Product.objects.exists()


def test_the_columns_read_a_file_in_its_own_words():
    text = "产品编码,通用名,类别,挂网价,冷链,件装量\nP1,甲,冷链,12.8,是,400\n"
    sheet = read_sheet(text.encode(), "产品.csv")
    ((_, values, problems),) = read_rows(sheet, excel.COLUMNS, match_headings(sheet.headings, excel.COLUMNS))
    assert problems == []
    assert (values["scope_class"], values["listed_price"], values["cold_chain"], values["per_case"]) == (
        "cold_chain", 1280, True, 400
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [("麻醉一类精神", "narcotic_1"), ("二类精神", "psychotropic_2"), ("普通", "general"), ("冷链", "cold_chain")],
)
def test_classes_are_read_as_companies_write_them(text, code):
    assert rules.read_scope_class(text) == code


def test_an_unknown_class_is_refused_with_what_is_allowed():
    with pytest.raises(NotAChoice) as refusal:
        rules.read_scope_class("好药")
    assert "疫苗" in refusal.value.sentence()


def test_who_may_not_see_products_finds_none(staff):
    product = actions.add_product(code="P1", name="甲", by=staff.wu, now=cast.MORNING)
    outsider = cast.hire("nobody", "无岗", "representative")
    outsider.posts.update(until=cast.MORNING)
    outsider = type(outsider).objects.get(pk=outsider.pk)
    assert queries.list_products(outsider) == ([], 0)
    with pytest.raises(NotFound):
        queries.product_for(outsider, product.pk)


def test_a_page_of_the_catalogue_takes_two_queries(staff, django_assert_num_queries):
    take(staff.qian, *({"code": f"P{n:03}", "name": f"药{n}"} for n in range(120)))
    staff.wang.held  # noqa: B018 - posts are read once per request
    with django_assert_num_queries(2):
        rows, count = queries.list_products(staff.wang, order="-code", start=50, limit=50)
    assert (count, len(rows), rows[0].code) == (120, 50, "P069")

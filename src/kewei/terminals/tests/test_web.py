"""Pages of terminals, as people use them."""

import pytest
from django.urls import reverse
from tests import cast

from kewei.kernel.ids import make_credit_code
from kewei.terminals import actions, queries
from kewei.terminals.models import Closure, Licence, Link, Terminal

pytestmark = pytest.mark.django_db

CREDIT_CODE = make_credit_code("91420800MA0000001")


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def as_person(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def page(client, where, *args, **query):
    return client.get(reverse(f"terminals:{where}", args=args), query)


def test_the_list_shows_ones_own_and_finds_by_pinyin(staff, as_person):
    text = page(as_person(staff.wang), "list").content.decode()
    assert "荆门市第一人民医院" in text
    assert "成都李刚诊所" not in text
    found = page(as_person(staff.wang), "list", text="yfdyf").content.decode()
    assert "益丰大药房中山路店" in found
    assert "荆门市第一人民医院" not in found


def test_a_list_page_takes_a_fixed_number_of_queries(staff, as_person, django_assert_max_num_queries):
    for n in range(120):
        cast.open_terminal(f"W{n:04}", f"甲{n}", "clinic", staff.wang, staff.hubei, province="湖北省", city="荆门市")
    client = as_person(staff.wang)
    page(client, "list")
    with django_assert_max_num_queries(9):
        answer = page(client, "list", city="荆门市", province="湖北省")
    assert answer.content.decode().count("data-row") == 50


def test_opening_a_card_by_hand(staff, as_person):
    client = as_person(staff.wang)
    given = {
        "name": "荆门市康复医院",
        "kind": "private_hospital",
        "province": "湖北省",
        "city": "荆门市",
        "district": "东宝区",
    }
    answer = client.post(reverse("terminals:new"), given)
    card = Terminal.objects.get(name="荆门市康复医院")
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:terminal", args=[card.pk]))
    assert (card.division, card.owner) == ("420802", staff.wang)


def test_a_twin_is_shown_before_a_second_card_is_opened(staff, as_person):
    client = as_person(staff.wang)
    given = {"name": "荆门市第一人民医院", "kind": "public_hospital"}
    answer = client.post(reverse("terminals:new"), given)
    assert answer.status_code == 422
    assert "可能已经建过档" in answer.content.decode()
    assert Terminal.objects.filter(name="荆门市第一人民医院").count() == 1
    client.post(reverse("terminals:new"), given | {"not_a_twin": "on"})
    assert Terminal.objects.filter(name="荆门市第一人民医院").count() == 2


def test_twins_are_told_while_typing(staff, as_person):
    text = page(as_person(staff.wang), "twins", name="荆门市第一人民医院").content.decode()
    assert "T0001" in text
    other = page(as_person(staff.sun), "twins", name="荆门市第一人民医院").content.decode()
    assert "不在您的权限内" in other
    assert "T0001" not in other


def test_a_wrong_credit_code_is_said_at_its_field(staff, as_person):
    wrong = CREDIT_CODE[:-1] + ("0" if CREDIT_CODE[-1] != "0" else "1")
    answer = as_person(staff.wang).post(
        reverse("terminals:new"), {"name": "甲乙丙", "kind": "clinic", "credit_code": wrong}
    )
    assert answer.status_code == 422
    assert "校验位" in answer.content.decode()
    assert not Terminal.objects.filter(name="甲乙丙").exists()


def test_the_lists_of_places_follow_each_other(staff, as_person):
    text = page(as_person(staff.wang), "places", province="湖北省", city="荆门市").content.decode()
    assert "东宝区" in text
    assert "襄阳市" in text
    moved = page(as_person(staff.wang), "places", province="四川省", city="荆门市").content.decode()
    assert "成都市" in moved
    assert "荆门市" not in moved


def test_editing_changes_and_keeps_the_rest(staff, as_person):
    hospital, client = staff.wangs_hospital, as_person(staff.wang)
    form = page(client, "edit", hospital.pk)
    assert form.status_code == 200
    initial = form.context["form"].initial
    client.post(reverse("terminals:edit", args=[hospital.pk]), initial | {"beds": "800", "note": "院长爱好钓鱼"})
    hospital.refresh_from_db()
    assert (hospital.beds, hospital.city, hospital.kind) == (800, "荆门市", "public_hospital")
    again = page(client, "edit", hospital.pk).content.decode()
    assert "备注里有不宜记录的内容" in again


PARTS = {
    "add_alias": {"name": "荆门一医", "kind": "common"},
    "add_contact": {"name": "张三", "job": "采购员", "work_phone": "0724-1", "duty": "purchasing"},
    "add_licence": {"kind": "medical", "number": "PDY1", "valid_to": "2027-01-01", "scope": ["general", "vaccine"]},
    "add_authorised": {"name": "李四", "kinds": ["buy"], "valid_to": "2027-01-01", "id_number": "420802199001011234"},
    "settlement": {"method": "transfer", "term_days": "60", "term_start": "invoice", "payers": "甲公司\n乙公司"},
}
SHOWN = {
    "add_alias": "荆门一医", "add_contact": "张三", "add_licence": "PDY1", "add_authorised": "420***********1234",
    "settlement": "甲公司",
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_part_is_added_alone_or_in_place(staff, as_person, name, htmx):
    client, url = as_person(staff.wang), reverse(f"terminals:{name}", args=[staff.wangs_hospital.pk])
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.post(url, PARTS[name], headers=headers)
    assert answer.status_code == (200 if htmx else 302)
    assert SHOWN[name] in client.get(url, headers=headers).content.decode()
    assert SHOWN[name] in page(client, "edit", staff.wangs_hospital.pk).content.decode()


@pytest.mark.parametrize("name", PARTS)
def test_an_incomplete_part_is_not_added(staff, as_person, name):
    if name == "settlement":
        return
    client, url = as_person(staff.wang), reverse(f"terminals:{name}", args=[staff.wangs_hospital.pk])
    assert client.post(url, {}).status_code == 422
    card = queries.card(staff.wang, staff.wangs_hospital.pk, cast.MORNING.date())
    assert (card.aliases, card.contacts, card.licences, card.authorised) == ((), (), (), ())


def test_only_quality_verifies(staff, as_person):
    licence = actions.record_licence(
        terminal=staff.wangs_hospital, kind="medical", number="P1", by=staff.wang, now=cast.MORNING
    )
    url = reverse("terminals:verify_licence", args=[licence.pk])
    assert as_person(staff.wang).post(url).status_code == 403
    assert as_person(staff.wu).post(url, {"how": "official_site"}).status_code == 302
    licence = Licence.objects.get(pk=licence.pk)
    assert (licence.verified_by, licence.verified_how) == (staff.wu, "official_site")


def test_ending_a_part_answers_with_the_panel(staff, as_person):
    alias = actions.add_alias(terminal=staff.wangs_hospital, name="荆门一医", by=staff.wang, now=cast.MORNING)
    url = reverse("terminals:end_alias", args=[alias.pk])
    answer = as_person(staff.wang).post(url, headers={"HX-Request": "true"})
    assert "荆门一医" not in answer.content.decode()
    assert as_person(staff.sun).post(url).status_code == 404


def test_assigning_closing_and_reopening(staff, as_person):
    hospital, client = staff.wangs_hospital, as_person(staff.li)
    client.post(reverse("terminals:assign", args=[hospital.pk]), {"role": "credit", "person": staff.zhao.pk})
    assert Link.objects.get(terminal=hospital, role="credit", until=None).person == staff.zhao
    client.post(reverse("terminals:end_link", args=[hospital.pk, "credit"]))
    assert not Link.objects.filter(terminal=hospital, role="credit", until=None).exists()
    client.post(reverse("terminals:close", args=[hospital.pk]), {"reason": "歇业"})
    assert Closure.objects.filter(terminal=hospital, lifted_at=None).exists()
    client.post(reverse("terminals:reopen", args=[hospital.pk]))
    assert not Closure.objects.filter(terminal=hospital, lifted_at=None).exists()


def test_many_terminals_get_an_owner_at_once(staff, as_person):
    client, url = as_person(staff.zheng), reverse("terminals:assign_many")
    ids = [staff.wangs_hospital.pk, staff.wangs_pharmacy.pk, 999_999]
    asked = client.post(url, {"id": ids})
    assert asked.status_code == 200
    client.post(url, {"id": ids, "owner": staff.sun.pk})
    assert set(Terminal.objects.filter(owner=staff.sun).values_list("code", flat=True)) == {"T0001", "T0002", "T0003"}


def test_a_manager_cannot_assign_what_is_elsewhere(staff, as_person):
    as_person(staff.li).post(reverse("terminals:assign_many"), {"id": [staff.suns_clinic.pk], "owner": staff.wang.pk})
    assert Terminal.objects.get(pk=staff.suns_clinic.pk).owner == staff.sun


def test_licences_that_end_are_listed_soonest_first(staff, as_person):
    # With a hyphen, which no token of a form holds: "L1" was found in one.
    for number, kind in (("L-01", "business"), ("L-02", "medical")):
        actions.record_licence(
            terminal=staff.wangs_hospital, kind=kind, number=number, valid_to=cast.MORNING.date(), by=staff.wang,
            now=cast.MORNING,
        )  # fmt: skip
    text = page(as_person(staff.wang), "licences", within="180").content.decode()
    assert text.index("L-01") < text.index("L-02")
    assert "L-01" not in page(as_person(staff.sun), "licences").content.decode()


@pytest.mark.parametrize(
    "name", ["edit", "close", "add_alias", "add_contact", "add_licence", "add_authorised", "settlement"]
)
def test_for_sun_wangs_pages_do_not_exist(staff, as_person, name):
    url = reverse(f"terminals:{name}", args=[staff.wangs_hospital.pk])
    assert as_person(staff.sun).get(url).status_code == 404
    assert (
        as_person(staff.sun).post(url, {"name": "x", "reason": "x", "number": "1", "kind": "medical"}).status_code
        == 404
    )
    assert as_person(staff.zhou).post(url, {"name": "x"}).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders_in_both_languages(staff, as_person, language):
    client = as_person(staff.zheng)
    headers = {"Accept-Language": language}
    for name, args in [
        ("list", []), ("licences", []), ("new", []), ("edit", [staff.wangs_hospital.pk]),
        ("assign", [staff.wangs_hospital.pk]), ("close", [staff.wangs_hospital.pk]),
    ]:  # fmt: skip
        answer = client.get(reverse(f"terminals:{name}", args=args), headers=headers)
        assert answer.status_code == 200, name

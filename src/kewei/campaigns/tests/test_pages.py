"""The pages of campaigns: what is shown to whom, what is done from them, at what cost in queries."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import cast

from kewei.campaigns import actions
from kewei.campaigns.models import Campaign, Cost, Focus, Material
from kewei.campaigns.queries import campaigns, lists
from kewei.campaigns.rules.states import CHECKS
from kewei.campaigns.tests import selling
from kewei.campaigns.tests.selling import FIRST, LAST, NOW
from kewei.kernel.ids import new_key

JANUARY = datetime(2027, 1, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
def here(db, time_machine):
    time_machine.move_to(NOW, tick=False)
    return selling.county()


def get(client, person, name, *args, query=""):
    client.force_login(person)
    return client.get(reverse(f"campaigns:{name}", args=args) + query)


def post(client, person, page, /, *args, **given):
    client.force_login(person)
    return client.post(reverse(f"campaigns:{page}", args=args), {"form_key": new_key(), **given})


def text(answer):
    return answer.content.decode()


def queries(client, person, name, *args):
    client.force_login(person)
    address = reverse(f"campaigns:{name}", args=args)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


FORM = {
    "name": "十二月重点", "first_on": "2026-12-01", "last_on": "2026-12-31", "goal": "多用", "goal_units": "10", "benefit": "none",
    "cap": "5000",
}  # fmt: skip


def test_every_page_opens_for_its_readers_and_for_nobody_else(here, client):
    campaign = selling.running(here)
    focus = Focus.objects.filter(campaign=campaign, arm="treated").first()
    version = actions.make_material(
        name="折页", product=here.product.pk, says="用法", valid_until=LAST, by=here.staff.li, now=NOW
    )
    inside = [
        ("propose",), ("change", campaign.pk), ("candidates", campaign.pk), ("add", campaign.pk), ("take_off", focus.pk),
        ("material_new",),
    ]  # fmt: skip
    pages = [
        ("list",), ("calendar",), ("materials",), ("campaign", campaign.pk), ("focus", campaign.pk), ("result", campaign.pk),
        ("material", version.material_id),
    ]  # fmt: skip
    for name, *args in pages:
        for person in (here.staff.wang, here.staff.li, here.staff.he, here.staff.zheng):
            assert get(client, person, name, *args).status_code == 200, (name, person)
        assert get(client, here.staff.zhou, name, *args).status_code == 403, name
    for name, *args in inside:
        assert get(client, here.staff.li, name, *args).status_code == 200, name
        assert get(client, here.staff.wang, name, *args).status_code == 403, name
    for name in ("campaign", "focus", "result"):
        assert get(client, here.staff.sun, name, campaign.pk).status_code == 404, name


def test_empty_pages_say_what_to_do(here, client):
    assert "还没有重点产品活动" in text(get(client, here.staff.li, "list"))
    assert "没有活动" in text(get(client, here.staff.li, "calendar"))
    assert "还没有宣传材料" in text(get(client, here.staff.li, "materials"))
    draft = selling.proposed(here)
    assert "还没有重点名单" in text(get(client, here.staff.li, "campaign", draft.pk))
    nobody = selling.product("P9", "没人用过")
    unused = actions.propose_campaign(
        product=nobody.pk, given=selling.given(), territory=here.hubei, by=here.staff.li, now=NOW
    )
    assert "没有候选终端" in text(get(client, here.staff.li, "candidates", unused.pk))


def test_a_campaign_by_hand_from_form_to_result(here, client, time_machine):
    li, he = here.staff.li, here.staff.he
    made = post(client, li, "propose", **FORM, product=here.product.pk, territory=here.hubei)
    campaign = Campaign.objects.get()
    assert made.url == reverse("campaigns:candidates", args=[campaign.pk])
    assert (campaign.goal_milli, campaign.cap_fen, campaign.month) == (10_000, 500_000, FIRST)
    page = text(get(client, li, "candidates", campaign.pk))
    assert "潜力 A 级，一年没有进过；同类在用的 10 家每月 39.5" in page
    assert post(client, li, "candidates", campaign.pk, size="20", held="15").status_code == 422
    assert post(client, li, "candidates", campaign.pk, size="20", held="10").status_code == 302
    assert post(client, li, "change", campaign.pk, **(FORM | {"goal": "每家多用十盒"})).status_code == 302
    post(client, li, "hand_in", campaign.pk)
    few = post(client, he, "opinion", campaign.pk, checks=["no_person"], agreed="yes")
    assert few.status_code == 422
    assert "同意之前要逐项核对" in text(few)
    assert post(client, he, "opinion", campaign.pk, checks=list(CHECKS), agreed="yes").status_code == 302
    assert post(client, li, "start", campaign.pk).status_code == 302
    assert post(client, li, "cost", campaign.pk, kind="material", amount="1200.00", on="2026-11-20").status_code == 302
    assert Cost.objects.get().fen == 120_000
    assert post(client, li, "cost", campaign.pk, kind="material", amount="9000.00", on="2026-11-20").status_code == 422
    for one in lists.drawn(campaign.pk):
        selling.sell(one.terminal, here.product, date(2026, 12, 9), 30 if one.arm == "treated" else 4 + one.place % 3)
    time_machine.move_to(JANUARY, tick=False)
    assert post(client, li, "close", campaign.pk).status_code == 302
    closed = text(get(client, li, "campaign", campaign.pk))
    assert "有效：比留出组多" in closed
    assert 'data-chart="lines"' in closed
    assert lines_of(get(client, li, "result", campaign.pk, query="?format=xlsx")) == 20


def lines_of(answer):
    """How many rows a file has below its headings."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()) - 1


def test_a_form_sent_twice_does_it_once(here, client):
    key = new_key()
    for _twice in range(2):
        post(client, here.staff.li, "propose", **FORM, product=here.product.pk, territory=here.hubei, form_key=key)
    assert Campaign.objects.count() == 1


def test_the_list_by_owner_with_what_is_left_alone_only_for_the_manager(here, client):
    campaign = selling.running(here)
    assert "留出组" in text(get(client, here.staff.li, "focus", campaign.pk, query="?arm=held_out"))
    assert lines_of(get(client, here.staff.li, "focus", campaign.pk, query="?format=xlsx")) == 20
    held = Focus.objects.filter(campaign=campaign, arm="held_out").values_list("terminal__name", flat=True)
    page = text(get(client, here.staff.wang, "focus", campaign.pk))
    assert not [name for name in held if f">{name}<" in page]
    assert get(client, here.staff.li, "focus", campaign.pk, query=f"?owner={here.staff.sun.pk}").status_code == 200


def test_terminals_come_and_go_with_a_reason(here, client):
    campaign = selling.running(here)
    li = here.staff.li
    assert get(client, li, "add", campaign.pk, query=f"?terminal={here.staff.wangs_hospital.pk}").status_code == 200
    client.force_login(li)
    address = reverse("campaigns:add", args=[campaign.pk]) + f"?terminal={here.clinics[5].pk}"
    assert client.post(address, {"form_key": new_key(), "why": "店长要"}).status_code == 302
    made = Focus.objects.get(campaign=campaign, arm="added")
    assert "店长要" in made.added_why
    assert post(client, li, "take_off", made.pk, why="又不要了").status_code == 302
    assert "又不要了" in text(get(client, li, "focus", campaign.pk, query="?ended=1"))
    assert client.post(address, {"form_key": new_key(), "why": ""}).status_code == 422


def test_materials_by_version(here, client):
    li, he = here.staff.li, here.staff.he
    made = post(
        client, li, "material_new", name="折页", product=here.product.pk, says="用法用量", valid_until="2027-06-30"
    )
    material = Material.objects.get()
    assert made.url == reverse("campaigns:material", args=[material.pk])
    assert "待审核" in text(get(client, li, "materials", query="?waiting=1"))
    version = material.versions.get()
    assert post(client, he, "judge", version.pk, agreed="no", note="").status_code == 422
    assert post(client, he, "judge", version.pk, agreed="no", note="缺禁忌").status_code == 302
    assert "缺禁忌" in text(get(client, li, "material", material.pk))
    assert post(client, li, "material", material.pk, says="加上禁忌", valid_until="2027-06-30").status_code == 302
    second = material.versions.get(number=2)
    post(client, he, "judge", second.pk, agreed="yes")
    assert get(client, li, "material_paper", second.pk).status_code == 404
    campaign = selling.proposed(here)
    assert post(client, li, "use", campaign.pk, version=version.pk).status_code == 422
    assert post(client, li, "use", campaign.pk, version=second.pk).status_code == 302
    assert [one.version for one in campaigns.materials_of(campaign.pk)] == [second.pk]
    post(client, li, "stop_using", campaign.pk, second.pk)
    assert campaigns.materials_of(campaign.pk) == []


def test_a_material_past_its_days_is_not_shown_as_good(here, client, time_machine):
    li, he = here.staff.li, here.staff.he
    version = actions.make_material(
        name="折页", product=here.product.pk, says="用法", valid_until=FIRST, by=li, now=NOW
    )  # fmt: skip
    actions.judge_version(version=version.pk, agreed=True, by=he, now=NOW)
    campaign = selling.proposed(here)
    actions.use_material(campaign=campaign.pk, version=version.pk, by=li, now=NOW)
    assert ("ok", "可以使用") in shown_states(get(client, li, "campaign", campaign.pk))
    time_machine.move_to(JANUARY, tick=False)
    assert ("quiet", "已过期") in shown_states(get(client, li, "campaign", campaign.pk))


def shown_states(answer):
    return [(tone, words) for _one, tone, words in answer.context["materials"]]


def test_withdrawn_with_a_reason(here, client):
    campaign = selling.running(here)
    assert post(client, here.staff.li, "withdraw", campaign.pk, why="").status_code == 422
    assert post(client, here.staff.li, "withdraw", campaign.pk, why="缺货").status_code == 302
    assert "已撤回" in text(get(client, here.staff.li, "list"))


def test_pages_ask_as_much_for_many_as_for_few(here, client, time_machine):
    small = selling.running(here, size=5, held=1)
    li = here.staff.li
    time_machine.move_to(datetime(2026, 12, 10, 2, 0, tzinfo=UTC), tick=False)
    few = {name: queries(client, li, name, small.pk) for name in ("campaign", "focus", "result", "candidates")}
    listed = {name: queries(client, li, name) for name in ("list", "calendar", "materials")}
    actions.withdraw_campaign(campaign=small.pk, why="换", by=li, now=NOW)
    large = selling.running(here, size=28, held=8)
    for n in range(4):
        actions.make_material(name=f"折页{n}", product=here.product.pk, says="用法", valid_until=LAST, by=li, now=NOW)
        selling.proposed(here, name=f"活动{n}")
    assert {name: queries(client, li, name, large.pk) for name in few} == few
    assert {name: queries(client, li, name) for name in listed} == listed


def test_a_manager_of_the_other_side_sees_nothing(here, client):
    campaign = selling.running(here)
    yang = cast.hire("yang", "杨", "manager", here.staff.sichuan)
    for name in ("campaign", "focus", "result", "candidates", "change", "add"):
        assert get(client, yang, name, campaign.pk).status_code == 404, name
    for name in ("hand_in", "start", "close"):
        assert post(client, yang, name, campaign.pk).status_code == 404, name

"""Pages of winning customers: each opens for who sells, in a constant number of queries, and does what it says."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import cast

from kewei.terminals import actions
from kewei.terminals.models import Merge, NextAction, Prospect, Target, Terminal, TwinPair

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> cast.Cast:
    return cast.assemble()


@pytest.fixture
def wang(client, staff):
    client.force_login(staff.wang)
    return client


def register(staff, n=0, by=None, **more):
    given = {
        "name": f"沙洋县第{n + 1}卫生院", "kind": "primary_care", "city": "荆门", "source": "visit", "next_what": f"送资料{n}",
        "next_on": timezone.localdate() + timedelta(days=n), "by": by or staff.wang, "now": timezone.now(),
    }  # fmt: skip
    return actions.register_prospect(**given | more)


def url(name, *args):
    return reverse(f"terminals:{name}", args=args)


PAGES = ["prospects", "board", "pool", "near", "map", "coverage", "nine_box"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_useful_when_empty_and_closed_to_who_does_not_sell(client, staff, page):
    for name, status in (("wang", 200), ("li", 200), ("zheng", 200), ("zhou", 403), ("zhao", 403), ("qian", 403)):
        client.force_login(getattr(staff, name))
        assert client.get(url(page)).status_code == status, name


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_pages_ask_as_often_for_many_as_for_few(client, staff):
    client.force_login(staff.li)
    made = [register(staff, n) for n in range(3)]
    for terminal in made[:2]:
        actions.give_back_prospect(terminal=terminal, why="no_time", by=staff.wang, now=timezone.now())
    addresses = [url(page) for page in PAGES] + [url("board") + "?by=due", url("map") + "?province=湖北省"]
    few = {address: queries_of(client, address) for address in addresses}
    for n in range(3, 12):
        register(staff, n, **({"lat_e6": 31_000_000, "lon_e6": 112_000_000} if n > 8 else {}))
    assert {address: queries_of(client, address) for address in addresses} == few


def form_of_a_prospect(**changed):
    return {
        "name": "京山市人民医院", "kind": "public_hospital", "province": "湖北省", "city": "荆门市", "district": "",
        "source": "fair", "contact_name": "刘主任", "contact_job": "药剂科主任", "notice_given_on": "2026-11-20",
        "estimate_fen": "80,000.00", "estimate_basis": "told", "next_what": "约见院长",
        "next_on": timezone.localdate().isoformat(),
    } | changed  # fmt: skip


def test_registered_once_with_everything_then_worked_on(wang, staff):
    answer = wang.post(url("register_prospect"), form_of_a_prospect())
    terminal = Terminal.objects.get(name="京山市人民医院")
    assert answer.url == url("prospect", terminal.pk)
    assert (terminal.prospect.estimate_fen, terminal.contacts.get().name) == (8_000_000, "刘主任")
    page = wang.get(answer.url).content.decode()
    assert all(words in page for words in ("约见院长", "80,000.00", "刘主任", "还缺"))
    wang.post(url("move_prospect", terminal.pk), {"stage": "good"})
    wang.post(url("finish_next", terminal.pk), {"outcome": "同意引进"})
    wang.post(url("plan_next", terminal.pk), {"what": "报药事会", "due_on": timezone.localdate().isoformat()})
    wang.post(url("judge_potential", terminal.pk), {"potential": "A", "note": "床位 800"})
    wang.post(
        url("edit_prospect", terminal.pk),
        {"source": "fair", "paper_check": "valid", "latitude": "31.018", "longitude": "113.119", "stores": ""},
    )
    terminal = Terminal.objects.get(pk=terminal.pk)
    assert (terminal.prospect.stage, terminal.prospect.paper_check, terminal.lat_e6) == ("good", "valid", 31_018_000)
    assert NextAction.objects.get(terminal=terminal, ended_at=None).what == "报药事会"
    page = wang.get(url("near") + "?latitude=31.0&longitude=113.1&kilometres=10").content.decode()
    assert "京山市人民医院" in page
    assert "京山市人民医院" in wang.get(url("board")).content.decode()


def test_what_may_be_here_already_is_shown_first(wang, staff):
    answer = wang.post(url("register_prospect"), form_of_a_prospect(name="荆门第一人民医院"))
    assert answer.status_code == 422
    assert "荆门市第一人民医院" in answer.content.decode()
    answer = wang.post(url("register_prospect"), form_of_a_prospect(name="荆门第一人民医院", not_a_twin="on"))
    assert answer.status_code == 302
    fragment = wang.get(url("twins_of"), {"name": "荆门第一人民医院", "city": "荆门市"}).content.decode()
    assert "荆门市第一人民医院" in fragment


def test_a_refused_move_says_what_is_missing_and_moves_nothing(wang, staff):
    terminal = register(staff)
    answer = wang.post(url("move_prospect", terminal.pk), {"stage": "intent", "from": "board"})
    assert answer.status_code == 422
    assert "至少一位业务联系人" in answer.content.decode()
    assert Prospect.objects.get(pk=terminal.pk).stage == "general"
    answer = wang.post(url("plan_next", terminal.pk), {"what": "x", "due_on": "2020-01-01"})
    assert answer.status_code == 422


def test_given_back_and_claimed_by_a_colleague(client, staff):
    ma = cast.hire("ma", "马", "representative", staff.hubei)
    terminal = register(staff)
    client.force_login(staff.wang)
    client.post(url("give_back", terminal.pk), {"why": "wrong_person"})
    client.force_login(ma)
    assert terminal.name in client.get(url("pool")).content.decode()
    assert client.post(url("claim"), {"id": terminal.pk}).url == url("prospect", terminal.pk)
    assert Terminal.objects.get(pk=terminal.pk).owner == ma


def test_a_manager_sets_targets_and_sees_who_is_short(client, staff):
    client.force_login(staff.li)
    register(staff)
    month = f"{timezone.localdate():%Y-%m}"
    client.post(url("set_target"), {"person": staff.wang.pk, "month": month, "customers": "4"})
    assert Target.objects.get().customers == 4
    assert "不够完成目标" in client.get(url("coverage")).content.decode()
    assert client.post(url("set_target"), {"person": staff.sun.pk, "month": month, "customers": "4"}).status_code == 404
    client.force_login(staff.wang)
    assert (
        client.post(url("set_target"), {"person": staff.wang.pk, "month": month, "customers": "1"}).status_code == 403
    )


def test_the_desk_of_duplicates_merges_tells_apart_and_undoes(client, staff):
    client.force_login(staff.li)
    twin = cast.open_terminal(
        "T0091", "荆门第一人民医院", "public_hospital", staff.wang, staff.hubei, province="湖北省", city="荆门市"
    )
    client.post(url("find_twins"), {"city": "荆门市"})
    page = client.get(url("duplicates")).content.decode()
    assert "T0001" in page
    assert "T0091" in page
    client.post(url("merge", staff.wangs_hospital.pk), {"other": twin.pk, "why": "证照一致"})
    assert "荆门第一人民医院" in client.get(url("duplicates")).content.decode()
    client.post(url("undo_merge", Merge.objects.get().pk))
    client.post(url("twins_apart", TwinPair.objects.get().pk), {"note": "两家"})
    assert TwinPair.objects.get().decided == "apart"
    client.force_login(staff.wang)
    assert client.get(url("duplicates")).status_code == 403


def test_what_is_near_stands_by_distance_and_on_a_drawn_map_and_the_board_counts_by_any_status(wang, staff):
    far = register(staff, 1, lat_e6=31_060_000, lon_e6=112_200_000)
    near = register(staff, 2, lat_e6=31_031_000, lon_e6=112_200_000)
    register(staff, 3, lat_e6=32_500_000, lon_e6=112_200_000)  # beyond what was asked
    page = wang.get(url("near"), {"latitude": "31.03", "longitude": "112.2", "kilometres": "5"})
    listed = [row.pk for row, *_shown in page.context["rows"]]
    assert listed == [near.pk, far.pk]
    text = page.content.decode()
    assert text.index(near.name) < text.index(far.name)
    assert "111 米" in text
    # North of the centre is above it: a picture of 480 by 480 whose edge is 5 km away.
    assert [(x, y) for *_row, x, y in page.context["rows"]] == [(240, 235), (240, 80)]
    assert text.count("<circle") >= 2
    drawn = wang.get(url("map"), {"province": "湖北省"})
    assert ("荆门市", 3, 0) in drawn.context["rows"]
    assert "<svg" in drawn.content.decode()
    for by in ("", "due"):
        assert near.name in wang.get(url("board"), {"by": by}).content.decode(), by


def test_a_terminal_stands_in_its_box_of_nine(wang, staff):
    terminal = register(staff, 1)
    wang.post(url("judge_potential", terminal.pk), {"potential": "A", "note": "床位 800"})
    page = wang.get(url("nine_box"), {"potential": "A", "share": "none"})
    assert [row[0] for row, _share in page.context["listed"]] == [terminal.pk]
    boxes = {link: box.count for _row, line in page.context["rows"] for box, _advice, link in line}
    assert (len(boxes), sum(boxes.values()), boxes["?potential=A&share=none"]) == (9, 1, 1)


def test_english_has_no_chinese_left(client, staff):
    client.force_login(staff.li)
    client.cookies["django_language"] = "en"
    for page in ("board", "coverage", "near"):
        answer = client.get(url(page), headers={"accept-language": "en"}).content.decode()
        assert "Board" in answer


def test_the_day_of_a_target_is_its_month(staff):
    actions.set_target(person=staff.wang, month=date(2026, 11, 23), customers=3, by=staff.li, now=cast.MORNING)
    assert Target.objects.get().month == date(2026, 11, 1)

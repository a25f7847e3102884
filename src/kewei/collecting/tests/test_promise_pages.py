"""The pages of promises, disputes, promises of ours and clocks, as people press them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import cast

from kewei.collecting.models import ClockEvent, Dispute, OurPromise, Promise
from kewei.credit import actions as credit
from kewei.kernel.ids import new_key
from kewei.receivables import actions as receivables
from kewei.receivables.rules.bills import BillGiven

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def world(db, client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    staff, now = cast.assemble(), timezone.now()
    return SimpleNamespace(
        staff=staff, hospital=staff.wangs_hospital, now=now, today=timezone.localdate(now), client=client
    )


def owe(world, number="FP1", days=1_000, fen=100_00):
    due = world.today - timedelta(days=days)
    return receivables.post_invoice(
        terminal=world.hospital, number=number, invoice_date=due - timedelta(days=30), due_date=due, total_fen=fen,
        by=world.staff.qian, now=world.now,
    ).pk  # fmt: skip


def post(world, url, who, status=302, **fields):
    world.client.force_login(who)
    answer = world.client.post(url, {"form_key": new_key(), **fields})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def read(world, url, who):
    world.client.force_login(who)
    answer = world.client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def queries(world, url):
    read(world, url, world.staff.zhao)
    with CaptureQueriesContext(connection) as counted:
        read(world, url, world.staff.zhao)
    return len(counted)


def file():
    return SimpleUploadedFile("计划.pdf", PDF)


def test_pages_are_useful_when_empty(world):
    for url, words in (
        ("/collecting/promises/", "没有待履行的承诺"),
        ("/collecting/promises/new/", "下一步"),
        (f"/collecting/promises/new/?terminal={world.hospital.pk}", "没有未付的发票"),
        ("/collecting/disputes/", "没有未了结的争议"),
        (f"/collecting/disputes/new/?terminal={world.hospital.pk}", "没有未付的发票"),
        ("/collecting/ours/", "没有待兑现的我方承诺"),
        ("/collecting/clocks/", "一年内没有时效届满的债权"),
    ):
        assert words in read(world, url, world.staff.wang)


def test_a_plan_is_written_down_moved_and_struck_out(world):
    wang, day = world.staff.wang, world.today + timedelta(days=7)
    items = [owe(world), owe(world, "FP2", fen=50_00)]
    url = f"/collecting/promises/new/?terminal={world.hospital.pk}"
    assert "FP2" in read(world, url, wang)
    given = {
        "promiser": "李会计",
        "authority": "finance",
        "form": "sealed",
        "method": "transfer",
        "made_on": world.today,
    }
    post(world, url, wang, 422, item=items, due_on=day, **given)
    post(world, url, wang, 422, item=items, **(given | {"form": "oral"}))
    plan = f"{day} 100.00\n{day + timedelta(days=30)} 50.00"
    post(world, url, wang, item=items, plan=plan, paper=file(), **given)
    made = Promise.objects.get()
    assert (made.fen, made.parts.count(), made.items.count()) == (150_00, 2, 2)
    page = read(world, f"/collecting/promises/{made.pk}/", wang)
    assert "有证据" in page
    assert "150.00" in page
    assert world.client.get(f"/collecting/promises/{made.pk}/paper/").status_code == 200
    assert "已承诺" in read(world, url, wang)
    later = day + timedelta(days=60)
    post(world, f"/collecting/promises/{made.pk}/move/", wang, 422, due_on=day, why="盘点")
    post(world, f"/collecting/promises/{made.pk}/move/", wang, due_on=later, why="盘点")
    moved = Promise.objects.get(replaces=made)
    assert (moved.fen, moved.due_on) == (150_00, later)
    post(world, f"/collecting/promises/{moved.pk}/cancel/", wang, why="记错了")
    assert Promise.objects.get(pk=moved.pk).state == "cancelled"
    assert "记错了" in read(world, f"/collecting/promises/{moved.pk}/", wang)
    assert "记错了" not in read(world, "/collecting/promises/?state=all", world.staff.sun)
    world.client.force_login(world.staff.sun)
    assert world.client.get(f"/collecting/promises/{made.pk}/paper/").status_code == 404


def test_a_dispute_is_raised_taken_up_and_answered(world):
    wang, zhao, item = world.staff.wang, world.staff.zhao, owe(world)
    url = f"/collecting/disputes/new/?terminal={world.hospital.pk}"
    given = {"item": item, "reason": "B1", "words": "少两箱", "raised_on": world.today}
    post(world, url, wang, 422, amount="100.01", **given)
    post(world, url, wang, amount="30.00", **given)
    made = Dispute.objects.get()
    page = read(world, f"/collecting/disputes/{made.pk}/", wang)
    assert "70.00" in page
    assert "物流" in page
    post(world, f"/collecting/disputes/{made.pk}/take/", zhao, responsible=world.staff.chu.pk)
    post(world, f"/collecting/disputes/{made.pk}/answer/", zhao, 422, outcome="uphold", amount="30.01", words="是")
    post(world, f"/collecting/disputes/{made.pk}/answer/", zhao, outcome="uphold", amount="10", words="少一箱")
    assert "等待财务" in read(world, f"/collecting/disputes/{made.pk}/", zhao)
    note = receivables.post_red_letter(
        terminal=world.hospital, number="HZ1", on=world.today, total_fen=10_00, original=item, reason="短少",
        by=world.staff.qian, now=world.now,
    )  # fmt: skip
    post(world, f"/collecting/disputes/{made.pk}/credit/", zhao, red_letter=note.pk)
    assert "HZ1" in read(world, f"/collecting/disputes/{made.pk}/", zhao)


def test_what_we_promised_is_kept_in_sight(world):
    wang, li = world.staff.wang, world.staff.li
    post(
        world, "/collecting/ours/new/", wang, terminal=world.hospital.pk, what="rebate", words="三季度返利", amount="2000",
        made_on=world.today, due_on=world.today, promised_by=wang.pk, owner=li.pk,
    )  # fmt: skip
    made = OurPromise.objects.get()
    assert "三季度返利" in read(world, "/collecting/ours/", li)
    post(world, f"/collecting/ours/{made.pk}/end/", li, end="do", outcome="红字发票 HZ9")
    assert "红字发票 HZ9" in read(world, f"/collecting/ours/{made.pk}/", li)


def test_a_clock_shows_its_rule_and_what_set_it(world):
    wang, he, item = world.staff.wang, world.staff.he, owe(world)
    page = read(world, f"/collecting/clocks/items/{item}/", wang)
    assert "民法典第 188、200–203 条" in page
    assert "没有使时效重新起算的事件" in page
    url = f"/collecting/clocks/new/?item={item}"
    on = world.today - timedelta(days=10)
    post(world, url, wang, 422, what="suit:suit", on=on, signer="unknown")
    post(world, url, wang, what="demand:by_hand", on=on, signer="mail_room", words="当面签收")
    page = read(world, f"/collecting/clocks/items/{item}/", wang)
    assert "证据不足，未计" in page
    post(world, url, he, what="suit:suit", on=on, signer="unknown", pending="on", proof=file())
    page = read(world, f"/collecting/clocks/items/{item}/", he)
    assert "程序进行中，时效中断" in page
    demand, suit = ClockEvent.objects.order_by("pk")
    post(world, f"/collecting/clocks/events/{demand.pk}/take-back/", wang, why="日期记错", item=item)
    post(world, f"/collecting/clocks/events/{suit.pk}/end/", he, ended_on=world.today, item=item)
    page = read(world, f"/collecting/clocks/items/{item}/", he)
    assert "日期记错" in page
    assert "重新起算" in page
    assert world.client.get(f"/collecting/clocks/events/{suit.pk}/proof/").status_code == 200


def test_the_page_of_clocks_has_claims_guarantees_and_bills(world):
    zhao, he = world.staff.zhao, world.staff.he
    guarantee = credit.record_security(
        terminal=world.hospital, kind="guarantee_joint", fen=100_00, guarantor="荆门医药集团", since=world.today,
        until=world.today + timedelta(days=20), by=zhao, now=world.now,
    ).pk  # fmt: skip
    receivables.receive_payment(
        terminal=world.hospital, number="SK1", received_on=world.today, fen=10_00, how="none", method="bill",
        bill=BillGiven("commercial", world.today + timedelta(days=20)), by=world.staff.qian, now=world.now,
    )  # fmt: skip
    owe(world)
    page = read(world, "/collecting/clocks/", he)
    for words in ("FP1", "荆门医药集团", "提示付款", "票据法 53", "主张保证责任"):
        assert words in page
    post(world, f"/collecting/clocks/guarantees/{guarantee}/claim/", he, how="demand", on=world.today)
    assert "已在期间内主张" in read(world, f"/collecting/clocks/?terminal={world.hospital.pk}", he)


def test_lists_and_pages_cost_the_same_however_much_there_is(world):
    wang, zhao = world.staff.wang, world.staff.zhao
    pages = ("/collecting/promises/", "/collecting/disputes/", "/collecting/clocks/")

    def fill(first, last):
        for n in range(first, last):
            item = owe(world, f"FP{n}")
            post(
                world, f"/collecting/promises/new/?terminal={world.hospital.pk}", wang, item=item, promiser="李", form="oral",
                authority="unknown", method="transfer", made_on=world.today, due_on=world.today + timedelta(days=n + 1),
            )  # fmt: skip
            post(
                world, f"/collecting/disputes/new/?terminal={world.hospital.pk}", zhao, item=item, reason="B1", words="少",
                raised_on=world.today, amount="1",
            )  # fmt: skip

    fill(0, 2)
    few = [queries(world, url) for url in pages]
    fill(2, 8)
    assert [queries(world, url) for url in pages] == few

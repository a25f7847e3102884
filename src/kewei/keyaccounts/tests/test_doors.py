"""Pages and JSON of key accounts: the paper form typed and read again, moved on, reviewed; empty; a constant cost."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast

from kewei.kernel.ids import new_key
from kewei.keyaccounts.models import Plan, Progress, Review
from kewei.keyaccounts.queries import plans
from kewei.keyaccounts.tests import accounts
from kewei.keyaccounts.tests.accounts import FIRST, LAST, TODAY, sold
from kewei.receivables import actions as receivables


@pytest.fixture
def staff(db, time_machine):
    time_machine.move_to(cast.MORNING, tick=False)
    return cast.assemble()


def door(person):
    client = Client()
    client.force_login(person)
    return client


def page(person, name, *args, query=""):
    return door(person).get(reverse(f"keyaccounts:{name}", args=args) + query)


def post(person, name, *args, **given):
    return door(person).post(reverse(f"keyaccounts:{name}", args=args), {"form_key": new_key(), **given})


def typed(staff):
    """The form as somebody fills it in."""
    return {
        "reasons": ["sales", "showcase"], "reason_words": "县域龙头", "covered": "六个品种", "share_bp": "25.5",
        "share_basis": "药学部估计", "competition": "三家", "price_agreement": "挂网价", "term_days": "90",
        "role-0-department": "pharmacy", "role-0-post": "药学部主任", "role-0-part": "decides", "role-0-attitude": "supports",
        "role-1-department": "finance", "role-1-post": "财务科", "role-1-part": "carries_out", "role-1-attitude": "neutral",
        "role-2-department": "pharmacy", "role-2-post": "", "role-2-part": "decides", "role-2-attitude": "unknown",
        "goal-sales-baseline": "300,000", "goal-sales-target": "400000.00", "goal-sales-milestones": "100000/200000/300000/400000",
        "goal-collection_days-target": "80", "goal-collection_days-baseline": "120",
        "goal-overdue_rate-target": "10%", "goal-overdue_rate-baseline": "30",
        "action-0-kind": "work", "action-0-words": "对下一季用量", "action-0-owner": staff.wang.pk, "action-0-due_on": "2026-12-10",
        "action-0-serves": "sales", "action-0-visit": "on",
        "action-1-kind": "executive", "action-1-words": "年度会谈", "action-1-owner": staff.wang.pk,
        "action-1-due_on": "2027-01-15", "action-1-serves": "sales", "action-1-budget": "2,000.50", "action-1-compliance": "HG-1",
        "risk-0-kind": "concentration", "risk-0-words": "占比高", "risk-0-level": "high", "risk-0-answer": "再开发两家",
    }  # fmt: skip


def test_the_form_is_typed_approved_worked_on_and_reviewed(staff):
    sold(staff.wangs_hospital, date(2026, 8, 1), 120_000_00)
    begun = door(staff.wang).post(
        reverse("keyaccounts:start") + f"?terminal={staff.wangs_hospital.pk}",
        {"form_key": new_key(), "first_on": FIRST, "last_on": LAST, "owner": staff.wang.pk},
    )
    plan = Plan.objects.get()
    assert begun.url == reverse("keyaccounts:write", args=[plan.pk])
    assert page(staff.wang, "write", plan.pk).status_code == 200
    assert post(staff.wang, "write", plan.pk, **typed(staff)).status_code == 302
    content = plans.plan_file(staff.wang, plan.pk, TODAY).content
    assert [(one.kind, one.baseline, one.target, one.milestones) for one in content.goals] == [
        ("sales", 300_000_00, 400_000_00, (100_000_00, 200_000_00, 300_000_00, 400_000_00)),
        ("collection_days", 120, 80, ()),
        ("overdue_rate", 3000, 1000, ()),
    ]
    assert content.situation["share_bp"] == 2550
    assert [(one.words, one.budget_fen, one.visit) for one in content.actions] == [
        ("对下一季用量", 0, True),
        ("年度会谈", 2_000_50, False),
    ]
    assert len(content.roles) == 2
    # The form shows again what was typed, and two empty lines.
    again = page(staff.wang, "write", plan.pk).content.decode()
    assert "25.50" in again
    assert 'name="action-3-words"' in again
    assert 'name="action-4-words"' not in again
    assert post(staff.wang, "hand_in", plan.pk).status_code == 302
    refused = post(staff.wang, "approve", plan.pk)
    assert refused.status_code == 403
    assert post(staff.li, "approve", plan.pk, note="同意").status_code == 302
    shown = page(staff.wang, "plan", plan.pk).content.decode()
    for words in ("药学部主任", "HG-1", "2,000.50", "再开发两家", "120,000.00", "执行中"):
        assert words in shown
    assert post(staff.wang, "progress", plan.pk, 1, state="begun", words="约好了").status_code == 302
    assert Progress.objects.get().state == "begun"
    assert post(staff.wang, "progress", plan.pk, 9, state="begun").status_code == 422
    first = page(staff.wang, "review", plan.pk, 1).content.decode()
    assert "120,000.00" in first
    kept = post(staff.wang, "review", plan.pk, 1, reasons="进院慢", adjust="先做两个品种", share="26")
    assert kept.status_code == 302
    assert Review.objects.get().figures["share_bp"] == 2600
    assert "进院慢" in page(staff.wang, "plan", plan.pk).content.decode()
    # A running quarter is shown, its review is refused.
    assert page(staff.wang, "review", plan.pk, 2).status_code == 200
    assert post(staff.wang, "review", plan.pk, 2, reasons="a", adjust="b").status_code == 422
    pdf = page(staff.wang, "paper", plan.pk)
    assert pdf.content.startswith(b"%PDF-")


def test_what_is_wrong_is_said_beside_the_form(staff):
    plan = accounts.begin(staff)
    wrong = typed(staff) | {"action-1-compliance": ""}
    answer = post(staff.wang, "write", plan.pk, **wrong)
    assert answer.status_code == 422
    assert "合规审批号" in answer.content.decode()
    answer = post(
        staff.wang, "write", plan.pk, **(typed(staff) | {"goal-overdue_rate-target": "x", "action-0-due_on": ""})
    )
    assert answer.status_code == 422
    assert "请填日期" in answer.content.decode()
    private = typed(staff) | {"role-0-needs": "爱好钓鱼"}
    assert post(staff.wang, "write", plan.pk, **private).status_code == 422
    assert post(staff.wang, "write", plan.pk, **private, why_words="原话引用").status_code == 302
    assert post(staff.wang, "hand_in", plan.pk).status_code == 302
    assert post(staff.li, "send_back", plan.pk, note="").status_code == 422
    assert post(staff.li, "send_back", plan.pk, note="目标低").status_code == 302
    assert post(staff.wang, "withdraw", plan.pk).status_code == 302


def test_a_review_page_says_one_overdue_share(staff):
    for number, on, fen in (("1", date(2026, 7, 10), 123_46), ("2", date(2026, 9, 10), 876_54)):
        receivables.post_invoice(
            terminal=staff.wangs_hospital, number=f"2642000000000000000{number}", invoice_date=on,
            due_date=on + timedelta(days=60), total_fen=fen, by=staff.qian, now=cast.MORNING,
        )  # fmt: skip
    # 12.346 % of what is owed on the last day of the quarter: 1,235 basis points, above and in the table of goals.
    shown = page(staff.wang, "review", accounts.live(staff).pk, 1).content.decode()
    assert (shown.count("12.4%"), shown.count("12.3%")) == (2, 0)


def test_lists_useful_when_empty_and_full(staff):
    for name in ("candidates", "plans", "start"):
        answer = page(staff.wang, name)
        assert answer.status_code == 200, name
    assert "还没有可识别的大客户" in page(staff.wang, "candidates").content.decode()
    sold(staff.wangs_hospital, date(2026, 8, 1), 120_000_00)
    plan = accounts.live(staff)
    shown = page(staff.wang, "candidates").content.decode()
    assert "销售额第 1 位，占 100.0%" in shown
    assert "占比过高，须有预案" in shown
    assert "第 1 季" in page(staff.wang, "plans").content.decode()
    assert page(staff.wang, "plans", query="?state=unreviewed").status_code == 200
    assert page(staff.wang, "candidates", query="?by=single&order=-profit&text=荆门").status_code == 200
    assert page(staff.wang, "group", staff.wangs_hospital.pk).status_code == 200
    assert page(staff.li, "plans", query="?export=xlsx").status_code == 200
    assert page(staff.wang, "plan", plan.pk, query="?version=7").status_code == 404
    assert page(staff.sun, "plan", plan.pk).status_code == 404
    assert page(staff.zhou, "plans").status_code == 403


def test_pages_cost_the_same_however_much_there_is(staff):
    def cost(name, *args):
        client = door(staff.wang)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(f"keyaccounts:{name}", args=args)).status_code == 200
        return len(asked)

    sold(staff.wangs_hospital, date(2026, 8, 1), 120_000_00)
    plan = accounts.live(staff)
    before = {name: cost(name) for name in ("candidates", "plans")}
    cost("review", plan.pk, 1)  # whenever something happened the book in memory catches up first
    one = cost("plan", plan.pk), cost("review", plan.pk, 1)
    for n in range(6):
        made = cast.open_terminal(f"Y{n}", f"医院{n}", "public_hospital", staff.wang, staff.hubei)
        sold(made, date(2026, 8, 1), 100_000_00 + n)
        accounts.begin(staff, made)
    assert {name: cost(name) for name in ("candidates", "plans")} == before
    cost("review", plan.pk, 1)
    assert (cost("plan", plan.pk), cost("review", plan.pk, 1)) == one
    assert max(*before.values(), *one) <= 40


def call(person, method, path, body=None):
    client = door(person)
    given = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(client, method)(f"/api/keyaccounts{path}", **given)


def test_the_same_through_the_api(staff):
    sold(staff.wangs_hospital, date(2026, 8, 1), 120_000_00)
    begun = call(
        staff.wang, "post", "/plans",
        {"customer_code": staff.wangs_hospital.code, "first_on": str(FIRST), "last_on": str(LAST)},
    )  # fmt: skip
    assert begun.status_code == 201
    pk = begun.json()["id"]
    body = {
        "reasons": ["sales"],
        "roles": [
            {"department": "pharmacy", "post": "主任", "part": "decides"},
            {"department": "finance", "post": "科长", "part": "carries_out"},
        ],
        "situation": {
            "covered": "六个", "share_bp": 2500, "share_basis": "估计", "competition": "三家", "procurement": "中选",
            "term_days": 90,
        },
        "goals": [
            {"kind": "sales", "baseline": 0, "target": 400_000_00},
            {"kind": "collection_days", "baseline": 120, "target": 80},
            {"kind": "overdue_rate", "baseline": 3000, "target": 1000},
        ],
        "actions": [{"words": "对用量", "owner": staff.wang.pk, "due_on": "2026-12-10", "visit": True}],
        "risks": [{"kind": "concentration", "words": "占比", "answer": "再开发"}],
    }  # fmt: skip
    written = call(staff.wang, "put", f"/plans/{pk}", body)
    assert (written.status_code, written.json()["complete"]) == (200, 100)
    # A field the law forbids does not exist, and free words are refused.
    named = {**body, "roles": [{**body["roles"][0], "name": "何主任", "needs": "生日送花"}]}
    refused = call(staff.wang, "put", f"/plans/{pk}", named)
    assert (refused.status_code, refused.json()["code"]) == (422, "private_words_in_plan")
    assert "何主任" not in json.dumps(call(staff.wang, "get", f"/plans/{pk}").json(), ensure_ascii=False)
    assert call(staff.wang, "post", f"/plans/{pk}/moves", {"move": "hand_in"}).json()["state"] == "handed_in"
    assert call(staff.wang, "post", f"/plans/{pk}/moves", {"move": "approve"}).status_code == 403
    assert call(staff.li, "post", f"/plans/{pk}/moves", {"move": "approve"}).json()["state"] == "live"
    told = call(staff.wang, "post", f"/plans/{pk}/actions/1", {"state": "done"})
    assert told.json()["progress"][0]["state"] == "done"
    seen = call(staff.wang, "get", f"/plans/{pk}/reviews/1").json()
    assert {one["kind"]: one["actual"] for one in seen["lines"]}["sales"] == 120_000_00
    kept = call(staff.wang, "post", f"/plans/{pk}/reviews/1", {"reasons": "a", "adjust": "b"})
    assert kept.status_code == 200
    found = call(staff.wang, "get", "/candidates").json()
    assert [(one["key"], one["plan"], one["reasons"]) for one in found["items"]] == [
        (staff.wangs_hospital.pk, pk, ["sales", "profit"])
    ]
    assert call(staff.wang, "get", f"/groups/{staff.wangs_hospital.pk}").json()["members"][0]["sales_fen"] == 120_000_00
    assert call(staff.wang, "get", "/plans").json()["count"] == 1
    assert call(staff.sun, "get", f"/plans/{pk}").status_code == 404
    assert call(staff.zhou, "get", "/plans").status_code == 403

"""Pages of membership: what they show, what they post, how many questions they ask."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast, trading

from kewei.kernel.ids import new_key
from kewei.membership import actions
from kewei.membership.models import Benefit, Club, Enrolment, Lot, Meeting, Movement, Programme, Service, StockTold
from kewei.membership.rules.programmes import SHIPPED
from kewei.membership.tests import joining
from kewei.membership.tests.joining import GROUND, NOW, TODAY
from kewei.receivables import actions as receivables
from kewei.receivables.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(time_machine):
    time_machine.move_to(NOW, tick=False)
    return cast.assemble()


@pytest.fixture
def member(staff):
    return joining.member(staff)


def client(person) -> Client:
    made = Client()
    made.force_login(person)
    return made


def get(person, name, *args, **query):
    return client(person).get(reverse(f"membership:{name}", args=args), query)


def post(person, page, /, *args, **form):
    data = {"form_key": new_key()} | form
    return client(person).post(reverse(f"membership:{page}", args=args), data)


def said(answer) -> str:
    return answer.content.decode()


PROGRAMME = {
    "code": "LS27", "name": "连锁会员", "purpose": "服务", "ground": GROUND, "since": "2026-01-01", "until": "2027-12-31",
    "budget": "500000", "kinds": ["pharmacy"], "provinces": "湖北省", "base": "sales", "fen_per_point": "100",
    "point_fen": "0.5", "valid_months": "12", "coupon_months": "3", "hold": "90",
    "tiers": "basic 普通会员 0 1\nsilver 银卡会员 200000 1.25", "sources": ["order", "import"],
}  # fmt: skip


def test_a_programme_from_form_to_approval(staff):
    assert "还没有会员计划" in said(get(staff.li, "programmes"))
    answer = post(staff.li, "propose", **PROGRAMME)
    made = Programme.objects.get()
    assert answer.headers["Location"] == reverse("membership:programme", args=[made.pk])
    assert made.versions.get().body["tiers"][1] == {
        "code": "silver", "name": "银卡会员", "least_fen": 200_000_00, "times_bp": 12_500,
    }  # fmt: skip
    again = post(staff.li, "propose", **PROGRAMME)
    assert again.status_code == 422
    assert "已被使用" in said(again)
    wrong = post(staff.li, "propose", **PROGRAMME | {"code": "X", "tiers": "basic 普通会员"})
    assert "不是一级" in said(wrong)
    assert post(staff.he, "decide_programme", made.pk, agree="1").status_code == 302
    page = said(get(staff.wang, "programme", made.pk))
    assert "银卡会员：200,000.00 元起，1.25 倍" in page
    assert "生效中" in page
    assert post(staff.wang, "end_programme", made.pk, why="x").status_code == 403


def test_new_rules_are_proposed_from_the_old_ones(staff, member):
    pk = member.programme_id
    assert "silver 银卡会员 200000 1.2" in said(get(staff.li, "propose_rules", pk))
    rules = {name: PROGRAMME[name] for name in list(PROGRAMME)[8:]}
    answer = post(staff.li, "propose_rules", pk, **rules, since="2026-12-01", source="董事会")
    assert answer.status_code == 302
    version = member.programme.versions.get(number=2)
    assert "登记意见" in said(get(staff.tao, "programme", pk))
    assert post(staff.tao, "decide_rules", version.pk, agree="0", why="太高").status_code == 302
    assert "太高" in said(get(staff.li, "programme", pk))


def test_new_rules_keep_what_the_old_ones_said(staff, member):
    """Sources, a share of a hundredth of a per cent, a start with fen, a name with a space."""
    tiers = [
        {"code": "basic", "name": "普通 会员", "least_fen": 0, "times_bp": 10_000},
        {"code": "silver", "name": "银卡会员", "least_fen": 200_000_55, "times_bp": 12_345},
    ]
    body = SHIPPED | {"sources": ["import"], "hold_bp": 8_875, "point_fen": 7, "tiers": tiers}
    version = actions.propose_rules(
        programme=member.programme_id, body=body, since=date(2026, 12, 1), source="董事会", by=staff.li, now=NOW
    )
    actions.decide_rules(version=version.pk, agree=True, why="", by=staff.tao, now=NOW)
    form = get(staff.li, "propose_rules", member.programme_id).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert (
        post(
            staff.li, "propose_rules", member.programme_id, **sent | {"since": "2027-01-01", "source": "同前"}
        ).status_code
        == 302
    )
    assert member.programme.versions.get(number=3).body == body


def test_an_institution_enters_by_its_page(staff):
    made = joining.programme(staff)
    terminal = joining.pharmacy(staff)
    assert "没有会员" in said(get(staff.li, "members"))
    assert "益丰大药房中山路店" in said(get(staff.li, "enrol", terminal=terminal.pk))
    refused = post(staff.li, "enrol", terminal=staff.wangs_hospital.pk, programme=made.pk)
    assert refused.status_code == 422
    assert "会员只能是持证的机构" in said(refused)
    assert post(staff.li, "enrol", terminal=terminal.pk, programme=made.pk).status_code == 302
    page = said(get(staff.wang, "members"))
    assert "益丰大药房中山路店" in page
    assert "普通会员" in page
    assert get(staff.sun, "member", Enrolment.objects.get().pk).status_code == 404


def test_points_become_a_coupon_and_the_coupon_a_red_letter_note(staff, member):
    assert post(staff.qian, "adjust", member.pk, points="500", why="补记").status_code == 302
    few = post(staff.qian, "issue_coupon", member.pk, points="501")
    assert few.status_code == 422
    assert "可用的只有 500" in said(few)
    assert post(staff.qian, "issue_coupon", member.pk, points="400").status_code == 302
    coupon = Lot.objects.get(unit="fen")
    invoice = receivables.post_invoice(
        terminal=member.terminal, number="26420000000000000009", invoice_date=TODAY, due_date=TODAY, total_fen=9_000_00,
        by=staff.qian, now=NOW,
    )  # fmt: skip
    form = said(get(staff.qian, "use_coupon", coupon.pk))
    assert "26420000000000000009" in form
    assert "现金" in form  # only in the note that says there is none
    given = {"amount": "200", "number": "HZ-1", "on": "2026-11-23", "invoice": invoice.pk}
    cash = post(staff.qian, "use_coupon", coupon.pk, channel="cash", **given)
    assert cash.status_code == 422
    assert "价格优惠只能是发票上的一行或红字发票" in said(cash)
    assert post(staff.qian, "use_coupon", coupon.pk, channel="red_letter", **given).status_code == 302
    assert Item.objects.get(pk=invoice.pk).open_fen == 8_800_00
    page = said(get(staff.qian, "member", member.pk))
    assert "HZ-1" in page
    used = Movement.objects.get(kind="redeem")
    assert post(staff.qian, "reverse", used.pk, why="开错").status_code == 302
    assert Item.objects.get(pk=invoice.pk).open_fen == 9_000_00
    assert post(staff.li, "end_member", member.pk, why="停业").status_code == 302
    assert "已退会" in said(get(staff.li, "member", member.pk))


def test_tiers_and_liability_have_pages(staff, member):
    joining.bought(member.terminal, date(2026, 3, 1), 250_000_00)
    joining.give(staff, member, 100)
    page = said(get(staff.li, "tiers", member.programme_id))
    assert "近 12 个月 250,000.00 元，达到「银卡会员」的 200,000.00 元" in page
    owed = said(get(staff.tao, "liability", member.programme_id))
    assert "账户、会员、到期三处合计相符" in owed
    assert "应付合计 50.00 元" in owed


def test_a_meeting_is_not_offered_to_who_proposed_it_for_his_decision(staff):
    given = {
        "kind": "council",
        "title": "座谈会",
        "purpose": "听取意见",
        "agenda": ["供货"],
        "on": TODAY,
        "cost_cap_fen": 1_000_00,
    }
    made = actions.propose_meeting(by=staff.zheng, now=NOW, **given)
    address = reverse("membership:decide_meeting", args=[made.pk])
    assert address not in said(get(staff.zheng, "meeting", made.pk))
    assert address in said(get(staff.he, "meeting", made.pk))


BENEFIT = {"kind": "service", "words": "近效期盘点", "ground": GROUND, "channel": "in_kind", "evidence": ["purpose"]}


def test_a_benefit_from_form_to_grant(staff, member):
    assert "没有会员权益" in said(get(staff.wang, "benefits"))
    assert post(staff.wang, "want", member.pk, **BENEFIT | {"evidence": []}).status_code == 302
    made = Benefit.objects.get()
    page = said(get(staff.he, "benefit", made.pk))
    assert "缺少证据：业务目的：须合规批准" in page
    bare = post(staff.he, "decide_benefit", made.pk, agree="1", side="compliance")
    assert bare.status_code == 422
    assert "请写明原因" in said(bare)
    assert post(staff.he, "decide_benefit", made.pk, agree="1", side="compliance", why="试点").status_code == 302
    assert "已批准" in said(get(staff.wang, "benefit", made.pk))
    other = post(staff.wang, "want", member.pk, **BENEFIT)
    assert other.status_code == 302
    assert post(staff.wang, "withdraw_benefit", Benefit.objects.latest("pk").pk).status_code == 302


def test_the_table_of_conduct_is_shown_as_it_runs(staff):
    page = said(get(staff.wang, "conduct"))
    assert "已由程序核对：无缺口、无重叠" in page
    assert "除折让返利、价格券以外" in page


def test_a_council_by_its_pages(staff):
    assert "没有座谈会和友会活动" in said(get(staff.li, "meetings"))
    form = {
        "kind": "council", "title": "药房座谈会", "purpose": "听意见", "agenda": "供货\n近效期", "on": "2026-11-23",
        "cap": "3000",
    }  # fmt: skip
    assert post(staff.li, "propose_meeting", **form).status_code == 302
    made = Meeting.objects.get()
    assert post(staff.he, "decide_meeting", made.pk, agree="1").status_code == 302
    came = {"customer": "T0002", "job": "pharmacy", "people": "2"}
    assert post(staff.li, "came", made.pk, **came).status_code == 302
    assert post(staff.li, "came", made.pk, **came | {"customer": "无此客户"}).status_code == 422
    assert post(staff.li, "minutes", made.pk, words="希望近效期可调换").status_code == 302
    assert (
        post(staff.li, "cost", made.pk, kind="room", amount="800", invoice="FP1", payee="会议中心").status_code == 302
    )
    over = post(staff.li, "cost", made.pk, kind="room", amount="2200.01", invoice="FP2", payee="会议中心")
    assert "费用上限 3,000.00 元" in said(over)
    todo = {"what": "拟调换办法", "owner": staff.wang.pk, "due_on": "2026-12-10"}
    assert post(staff.li, "meeting_action", made.pk, **todo).status_code == 302
    assert post(staff.li, "action_done", made.actions.get().pk, words="已发").status_code == 302
    assert post(staff.li, "close_meeting", made.pk).status_code == 302
    page = said(get(staff.li, "meeting", made.pk))
    for words in ("药剂、药师", "希望近效期可调换", "拟调换办法", "已发", "会议中心", "已办结"):
        assert words in page
    late = council = actions.propose_meeting(
        kind="council", title="下次", purpose="x", agenda=["y"], on=TODAY, cost_cap_fen=0, by=staff.li, now=NOW
    )
    assert post(staff.li, "raise_cap", late.pk, cap="500", why="场地").status_code == 302
    council.refresh_from_db()
    assert council.cost_cap_fen == 500_00


def test_a_club_by_its_pages(staff):
    assert "还没有友会" in said(get(staff.li, "clubs"))
    assert post(staff.li, "found_club", name="江城药店友会", purpose="交流").status_code == 302
    made = Club.objects.get()
    assert post(staff.li, "join_club", made.pk, customer="T0002").status_code == 302
    assert "已在友会中" in said(post(staff.li, "join_club", made.pk, customer="T0002"))
    assert "益丰大药房中山路店" in said(get(staff.wang, "club", made.pk))
    assert get(staff.sun, "club", made.pk).status_code == 404
    assert post(staff.li, "leave_club", made.members.get().pk).status_code == 302
    assert post(staff.li, "close_club", made.pk, why="合并").status_code == 302
    assert "已解散" in said(get(staff.li, "club", made.pk))


def test_a_service_by_its_pages(staff):
    assert "没有进行中的服务" in said(get(staff.wang, "services"))
    form = {"terminal": staff.wangs_pharmacy.pk, "kind": "licence_help", "words": "换证材料", "due_on": "2026-12-01"}
    assert post(staff.wang, "ask_service", **form).status_code == 302
    made = Service.objects.get()
    assert "换证材料" in said(get(staff.wang, "services"))
    assert post(staff.wang, "finish_service", made.pk, outcome="新证已取").status_code == 302
    assert "新证已取" in said(get(staff.wang, "service", made.pk))


def test_a_usage_card_and_its_letter(staff):
    pharmacy = staff.wangs_pharmacy
    assert "近 12 个月没有进货" in said(get(staff.wang, "usage", pharmacy.pk))
    product = trading.product("P1", "阿莫西林胶囊", 10_00)
    joining.bought(pharmacy, date(2026, 10, 15), 900_00, product, 90_000)
    joining.bought(pharmacy, date(2026, 9, 15), 900_00, product, 60_000, "flow")
    form = {"product": "P1", "units": "20", "near_units": "5", "near_on": "2027-01-31"}
    assert post(staff.wang, "tell_stock", pharmacy.pk, **form).status_code == 302
    assert StockTold.objects.get().units == 20
    assert post(staff.wang, "tell_stock", pharmacy.pk, **form | {"product": "P9"}).status_code == 422
    page = said(get(staff.wang, "usage", pharmacy.pk))
    assert "经商业 60" in page
    assert "还够 24 天" not in page
    letter = get(staff.wang, "usage_letter", pharmacy.pk)
    assert letter.content.startswith(b"%PDF")
    assert get(staff.sun, "usage_letter", pharmacy.pk).status_code == 404


@pytest.mark.parametrize(
    "name", ["programmes", "members", "benefits", "meetings", "services", "clubs", "tiers", "liability", "member"]
)
def test_a_page_asks_a_constant_number_of_questions(staff, member, name):
    args = {"tiers": [member.programme_id], "liability": [member.programme_id], "member": [member.pk]}.get(name, [])

    def more(number):
        extra = joining.verify(
            cast.open_terminal(f"T9{number}", f"药店{number}", "pharmacy", staff.wang, staff.hubei),
            f"914201{number:02}MA4KWY7Q3", "business", "drug_retail",
        )  # fmt: skip
        other = actions.enrol(programme=member.programme_id, terminal=extra, by=staff.li, now=NOW)
        for one in (other, member):
            joining.give(staff, one, 10 + number)
            actions.want_benefit(
                enrolment=one.pk, kind="service", words="盘点", ground=GROUND, evidence=("purpose",), by=staff.wang,
                now=NOW,
            )  # fmt: skip
        actions.propose_meeting(
            kind="council",
            title=f"会{number}",
            purpose="x",
            agenda=["y"],
            on=TODAY,
            cost_cap_fen=0,
            by=staff.li,
            now=NOW,
        )
        actions.ask_service(terminal=extra, kind="other", words="x", due_on=TODAY, by=staff.wang, now=NOW)
        actions.found_club(name=f"友会{number}", purpose="x", by=staff.li, now=NOW)

    counted = []
    for number in (1, 2, 3):
        more(number)
        with CaptureQueriesContext(connection) as asked:
            assert get(staff.li, name, *args).status_code == 200
        counted.append(len(asked))
    assert counted[1] == counted[2], counted


def test_the_page_of_what_is_owed_compares_coupons_too(staff, member):
    joining.give(staff, member, 1_000)
    coupon = actions.issue_coupon(enrolment=member.pk, points=500, by=staff.qian, now=NOW)
    assert "三处合计相符" in said(get(staff.li, "liability", member.programme_id))
    Lot.objects.filter(pk=coupon.pk).update(left=coupon.left - 1)
    assert "合计不符" in said(get(staff.li, "liability", member.programme_id))

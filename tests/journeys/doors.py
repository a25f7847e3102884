"""Every address of the house, how to fill it with Wang's things, and what of Wang's an answer must not hold."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fnmatch import fnmatch
from typing import Any

from django.urls import URLPattern, get_resolver
from django.utils.timezone import localdate
from tests import cast

from kewei.campaigns import actions as campaigns
from kewei.campaigns.models import Focus
from kewei.campaigns.rules.states import CHECKS, Given
from kewei.collecting import actions as collecting
from kewei.collecting.actions.offsets import Offered
from kewei.collecting.actions.promises import Said
from kewei.collecting.rules.promises import Part
from kewei.credit import actions as credit
from kewei.credit.models import Account, SurveyReview
from kewei.credit.rules.limits import LIMIT
from kewei.desk.intake import kept
from kewei.field import actions as field_actions
from kewei.flows import actions as flows
from kewei.flows.models import Asking, Goods, NameAlias
from kewei.flows.rules.files import KindUnclear
from kewei.flows.tests import selling
from kewei.insight import jobs as insight
from kewei.journal.actions import propose_policy
from kewei.journal.models import Attachment, Fact, Intake, SetAside
from kewei.kernel.money import yuan
from kewei.kernel.yuan_text import yuan_plain
from kewei.keyaccounts import actions as keyaccounts
from kewei.keyaccounts.rules.plans import ActionGiven, RiskGiven, RoleGiven
from kewei.keyaccounts.tests import accounts
from kewei.membership import actions as membership
from kewei.membership.tests import joining
from kewei.orders import actions as orders
from kewei.orders.rules.lines import LineWanted, Shipped
from kewei.people import actions as people_actions
from kewei.people.models import Company, Deputy, Person, Post, SavedView, Territory, Token
from kewei.products.models import Product
from kewei.receivables import actions as receivables
from kewei.receivables.models import Allocation
from kewei.receivables.rules.bills import BillGiven
from kewei.receivables.web import batches
from kewei.sales import actions as sales
from kewei.sales.models import SaleLine
from kewei.terminals import actions as terminals
from kewei.terminals.models import (
    Alias,
    Authorised,
    Contact,
    Licence,
    LicenceImage,
    Link,
    Merge,
    SearchLine,
    Settlement,
    Terminal,
    TwinPair,
)
from kewei.visits import actions as visits
from kewei.visits.models import AdverseHint
from kewei.visits.tests import going

UNSAFE = ("post", "put", "patch", "delete")
INVOICE_FEN, RECEIPT_FEN, SALE_FEN, COST_FEN, OFF_FEN = 773_191_37, 412_806_53, 655_107_29, 7_731_93, 9_137_71


# --- Wang's world -----------------------------------------------------------------------------------------------------


@dataclass
class World:
    """The cast, and one of everything for Wang's hospital; `secrets` are texts no answer to a stranger may hold."""

    staff: cast.Cast
    things: dict[str, Any]
    secrets: set[str] = field(default_factory=set)
    money: set[str] = field(default_factory=set)


def furnish() -> World:
    """Make Wang's world. Names and amounts are such that nothing else in the house looks like them."""
    staff = cast.assemble()
    hospital, wang, now = staff.wangs_hospital, staff.wang, cast.MORNING
    # Names that no help text or placeholder uses.
    rename(hospital, "JM77319", "荆门市柒叁壹玖医院", "12420800420900001X", "荆门市象山大道甲柒柒叁号")
    rename(staff.wangs_pharmacy, "ZS77319", "中山路柒叁壹玖大药房", "91420100MA4KWY7Q3B", "武汉市中山路丁伍伍号")
    added = {"added_by": wang, "added_at": now, "terminal": hospital}
    contact = Contact.objects.create(name="欧阳晓荷", work_phone="0724-7731913", job="药剂科主任", **added)
    alias = Alias.objects.create(name="荆门一医旧称", **added)
    licence = Licence.objects.create(
        terminal=hospital, kind="medical", number="PDY-7731-913", valid_to=date(2026, 12, 1), recorded_at=now
    )
    authorised = Authorised.objects.create(terminal=hospital, name="司马采薇", id_masked="4208****0713", added_at=now)
    settlement = Settlement.objects.create(
        terminal=hospital, bank="中国银行荆门象山支行", account_masked="5567****7731", set_by=wang, set_at=now
    )
    invoice = receivables.post_invoice(
        terminal=hospital, number="26420000007731913001", invoice_date=date(2026, 5, 1), due_date=date(2026, 7, 30),
        total_fen=INVOICE_FEN, by=staff.qian, now=now,
    )  # fmt: skip
    receipt = receivables.receive_payment(
        terminal=hospital, number="SK-7731-913", received_on=date(2026, 9, 1), fen=RECEIPT_FEN, how="oldest",
        payer_name="荆门市财政集中支付", by=staff.qian, now=now,
    )  # fmt: skip
    sale = SaleLine.objects.create(
        terminal=hospital,
        product_text="注射用荆芥柒",
        day=date(2026, 5, 1),
        quantity_milli=7000,
        fen=SALE_FEN,
        source="import",
    )
    token, _secret = people_actions.make_token(
        person=wang, name="王的令牌柒", scopes=["terminals.see"], by=wang, now=now
    )
    deputy = people_actions.appoint_deputy(
        taker=staff.tao, since=localdate(now), until=localdate(now), reason="荆门代理事由柒", by=wang, now=now
    )
    device, _secret = field_actions.enrol_device(name="荆门手机柒", by=wang, now=now)
    view = SavedView.objects.create(person=wang, listing="terminals.list", name="王的视图柒", query="q=x", made_at=now)
    intake = Intake.objects.create(
        noun="invoices", filename="荆门柒月.xlsx", file_digest="d" * 64, taken_by=wang, taken_at=now
    )
    upload = kept.keep("customers", "荆门柒上传.csv", ["客户编码,名称\nJM77319,荆门市柒叁壹玖医院\n".encode()], wang)
    batch = batches.begin(wang, [hospital.pk], date(2026, 1, 1), date(2026, 11, 20), "xlsx")
    while not batch.ready:
        batch = batches.go_on(wang, batch)
    fact = Fact.objects.filter(terminal=hospital.pk).order_by("seq").first()
    aside = SetAside.objects.create(follower="test.none", fact=fact, error="荆门错误", tries=3, at=now)
    product = Product.objects.create(code="P77319", name="阿莫西林", added_at=now)  # everybody's: the catalogue
    sales.tell_loss(terminal=hospital, reason="other", note="荆门流失柒", by=wang, now=now)
    sales.prepare_months(by=staff.system, now=now)
    insight.reckon_habits(now=now)
    trust = trusted(staff, product)
    written = demanded(staff, invoice) | promised(staff, invoice) | pressed(staff) | planned(staff) | won(staff)
    written |= visited(staff, product) | told_by_distributors(staff) | worked_on(staff, product)
    written |= planned_for(staff)
    written |= belonging(staff)
    things = {
        **trust.things,
        **written,
        "terminal": hospital.pk, "contact": contact.pk, "alias": alias.pk, "licence": licence.pk,
        "authorised": authorised.pk, "settlement": settlement.pk, "invoice": invoice.pk, "receipt": receipt.pk,
        "entry": invoice.pk, "posting": invoice.posting_id, "sale": sale.pk,
        "allocation": Allocation.objects.get(credit=receipt.pk).pk,
        "product": product.pk, "upload": upload.token, "batch": batch.token, "token": token.pk, "view": view.pk,
        "deputy": deputy.pk, "device": device.pk, "icon": 192,
        "intake": intake.pk, "fact": fact.seq, "aside": aside.pk,
        "person": wang.pk, "post": Post.objects.get(person=wang).pk, "territory": staff.hubei.pk,
        "link": Link.objects.filter(terminal=hospital).first().pk, "code": hospital.code, "number": invoice.number,
        "sheet": "credit.sheet.new",
    }  # fmt: skip
    money = {
        "荆门任务柒",
        "荆门流失柒",
        "荆门异议柒",
        "荆门顺路柒",
        "荆门摘要柒",
        "荆门下一步柒",
        "荆门皮疹柒",
        "荆门门头柒",
        "荆门点评柒",
        "荆门费用柒",
        "荆门财务柒",
        "荆门退出柒",
        "荆门目标柒",
        "荆门理由柒",
        yuan(COST_FEN),
        invoice.number,
        receipt.number,
        "荆门市财政集中支付",
    } | set().union(
        *({yuan(fen), yuan_plain(fen), str(fen)} for fen in (INVOICE_FEN, RECEIPT_FEN, INVOICE_FEN - RECEIPT_FEN))
    )
    money |= {"荆门药学岗柒", "荆门大客户柒", "荆门互动柒", "荆门集中柒", "荆门预案柒", "荆门复盘柒", "荆门改进柒"}
    money |= {"荆门权益柒", "荆门座谈柒", "荆门纪要柒", "荆门会后柒", "荆门友会柒", "荆门服务柒"}
    money |= {"荆门竞品柒", "荆门障碍柒", "荆门行动柒", "荆门潜力柒", "荆门合并柒"}  # nor is winning an MR's
    money |= trust.secrets | {"荆门刘会计柒", "荆门联系备注柒", "请求荆门柒付清货款"}
    secrets = {
        hospital.name, staff.wangs_pharmacy.name, hospital.credit_code, hospital.address, hospital.note,
        staff.wangs_pharmacy.address, contact.name, contact.work_phone, alias.name, licence.number, authorised.name,
        authorised.id_masked, settlement.bank, settlement.account_masked, sale.product_text, yuan(SALE_FEN),
        str(SALE_FEN), upload.name, token.name, view.name, intake.filename, aside.error, hospital.code,
        staff.wangs_pharmacy.code, "荆门否决理由柒", "荆门证照柒", deputy.reason, device.name,
        "荆门承诺人柒", "荆门承诺备注柒", "荆门争议柒", "荆门返利柒", "荆门时效柒", "荆门保证柒", "荆门抵债柒",
        "荆门函件附注柒", "EA77319133", "荆门收发柒", "荆门妥投柒", "荆门证据柒", "7731mark", "荆门经办柒",
        "荆门核销柒", "荆门判决柒", "荆门裁定柒", "荆门流向名柒", "荆门流向品柒", "荆门流向柒.csv",
        "荆门重点柒", "荆门活动目标柒", "荆门加入柒", "荆门费用柒",
    }  # fmt: skip
    return World(staff, things, secrets | money, money)


@dataclass
class Trust:
    """Wang's hospital as somebody who trusts it: surveyed, applied for, ordered and delivered."""

    things: dict[str, Any]
    secrets: set[str]


ORDER_FEN, WANTED_FEN, BILL_FEN, SECURED_FEN = 63_917_43, 918_273_55, 86_417_29, 745_193_61


def trusted(staff: cast.Cast, product: Product) -> Trust:
    """A survey, an application, an order with its delivery, and a price of Wang's hospital."""
    hospital, now = staff.wangs_hospital, cast.MORNING
    survey = credit.start_survey(terminal=hospital, how="site", surveyed_on=date(2026, 11, 20), by=staff.wang, now=now)
    credit.save_survey(survey=survey, opinion="荆门调查意见柒", by=staff.wang, now=now)
    SurveyReview.objects.create(
        survey=survey, accepted=True, valid_until=date(2027, 11, 1), reviewer=staff.zhao, reviewed_at=now
    )
    check = credit.check_list(
        terminal=hospital, line="bill_default", found=False, checked_on=date(2026, 11, 20), note="荆门查询柒", by=staff.wang,
        now=now,
    )  # fmt: skip
    credit.score_many(terminal_ids=[hospital.pk], as_of=date(2026, 11, 23), by=staff.zhao, now=now)
    score = Account.objects.get(terminal=hospital).score
    application = credit.apply_for_credit(
        terminal=hospital, kind="new", wanted_fen=WANTED_FEN, term_days=30, until=date(2027, 6, 1), pledged=True,
        over_reason="荆门申请理由柒", by=staff.wang, now=now,
    )  # fmt: skip
    order = orders.place_order(
        terminal=hospital, lines=[LineWanted(product.pk, 1000, ORDER_FEN)], payment="prepaid", note="荆门订单备注柒",
        customer_ref="KH-7731-913", by=staff.wang, now=now,
    )  # fmt: skip
    line = order.lines.get()
    delivery = orders.deliver(
        order=order,
        lines=[Shipped(line.pk, 1000, "PH77319", date(2028, 1, 1))],
        on=date(2026, 11, 23),
        by=staff.chu,
        now=now,
    )
    price = orders.set_price(
        product=product, price_fen=ORDER_FEN, terminal=hospital, since=date(2026, 1, 1), source="荆门价格柒", by=staff.qian,
        now=now,
    )  # fmt: skip
    bill = receivables.receive_payment(
        terminal=hospital, number="PJ-7731-913", received_on=date(2026, 11, 1), fen=BILL_FEN, method="bill",
        bill=BillGiven("commercial", date(2026, 12, 30), f"6773191300{0:020}", "荆门承兑柒"), by=staff.qian, now=now,
    )  # fmt: skip
    hold = credit.place_hold(terminal=hospital, reason="dispute", note="荆门停赊柒", by=staff.zhao, now=now)
    finding = credit.note_finding(terminal=hospital, kind="registry", note="荆门预警柒", by=staff.zhao, now=now)
    security = credit.record_security(
        terminal=hospital, kind="pledge", fen=SECURED_FEN, guarantor="荆门担保柒", since=date(2026, 11, 1), by=staff.zhao,
        now=now,
    )  # fmt: skip
    veto = terminals.place_veto(terminal=hospital, scope_class="vaccine", reason="荆门否决理由柒", by=staff.wu, now=now)
    page = Attachment.objects.create(
        digest="7" * 64, filename="荆门证照柒.png", mime="image/png", size_bytes=1, added_by=staff.wang, added_at=now
    )
    image = LicenceImage.objects.create(
        licence=hospital.licences.first(), attachment=page, added_by=staff.wang, added_at=now
    )
    policy = propose_policy(
        name=LIMIT.name, body=LIMIT.body, since=date(2026, 12, 1), source="内部", by=staff.zhao, now=now
    )
    things = {
        "veto": veto.pk, "image": image.pk, "policy": policy.pk,
        "bill": bill.pk, "hold": hold.pk, "finding": finding.pk, "security": security.pk,
        "survey": survey.pk, "check": check.pk, "score": score.pk, "application": application.pk, "order": order.pk,
        "run": credit.ask_regrade(by=staff.zhao, now=now),
        "delivery": delivery.pk, "price": price.pk, "verdict": order.verdicts.first().pk,
    }  # fmt: skip
    texts = {
        order.number,
        delivery.number,
        application.number,
        "荆门调查意见柒",
        "荆门申请理由柒",
        "荆门订单备注柒",
        "KH-7731-913",
        "PH77319",
        "PJ-7731-913",
        "6773191300",
        "荆门承兑柒",
        "荆门停赊柒",
        "荆门预警柒",
        "荆门担保柒",
    }
    amounts = (ORDER_FEN, WANTED_FEN, BILL_FEN, SECURED_FEN)
    return Trust(things, texts | {yuan(fen) for fen in amounts} | {str(fen) for fen in amounts})


def demanded(staff: cast.Cast, invoice: Any) -> dict[str, Any]:
    """A letter to Wang's hospital that was sent and signed for, and an archive of it."""
    by = {"by": staff.zhao, "now": cast.MORNING}
    letter = collecting.draft_letter(
        terminal=staff.wangs_hospital, kind="demand", item_ids=[invoice.pk], given={"note": "荆门函件附注柒"}, **by
    )
    collecting.approve_letter(letter=letter, by=staff.he, now=cast.MORNING)
    collecting.note_sent(letter=letter, channel="ems", on=letter.day, waybill="EA77319133", **by)
    proof = Attachment.objects.create(
        digest="8" * 64,
        filename="荆门妥投柒.png",
        mime="image/png",
        size_bytes=1,
        added_by=staff.zhao,
        added_at=cast.MORNING,
    )
    arrival = collecting.note_arrived(
        letter=letter, arrived=True, on=letter.day, signer="荆门收发柒", proof=proof, **by
    )
    bundle = batches.begin_of(staff.wang, [letter.pk], letter.day, "letters")
    paper = collecting.add_evidence(entry=invoice.pk, kind="acceptance", attachment=proof, note="荆门证据柒", **by)
    statement = receivables.make_statement(
        terminal=staff.wangs_hospital, first=date(2026, 10, 1), last=date(2026, 10, 31), closing_fen=invoice.total_fen,
        mark="7731mark", form="pdf", **by,
    )  # fmt: skip
    back = receivables.sign_back(
        statement=statement,
        agrees=True,
        signer="荆门经办柒",
        job="会计",
        seal="finance",
        on=letter.day,
        paper=proof,
        **by,
    )
    kept = {"evidence": paper.pk, "issued": statement.pk, "sign_back": back.pk}
    return {"letter": letter.pk, "arrival": arrival.pk, "bundle": bundle.token, **kept} | pursued(staff, invoice, proof)


def pursued(staff: cast.Cast, invoice: Any, proof: Attachment) -> dict[str, Any]:
    """A case of Wang's hospital with a contact, a reason and somebody who works on it."""
    now = cast.MORNING
    collecting.run_day(day=localdate(now), by=staff.system, now=now)
    spoken = collecting.record_contact(
        terminal=staff.wangs_hospital, items=[invoice.pk], channel="phone", at=now, words="请求荆门柒付清货款",
        outcome="promised", reason="E5", effect="unproved", next_on=localdate(now), standing="finance",
        spoke_with="荆门刘会计柒", note="荆门联系备注柒", paper=proof, by=staff.wang, now=now,
    )  # fmt: skip
    member = collecting.join_case(case=spoken.case_id, person=staff.he, role="legal", by=staff.li, now=now)
    return {"case": spoken.case_id, "spoken": spoken.pk, "member": member.pk}


def promised(staff: cast.Cast, invoice: Any) -> dict[str, Any]:
    """A promise, a dispute and a promise of ours about Wang's invoice, what restarts its clock, and a guarantee for it."""
    hospital, now, day = staff.wangs_hospital, cast.MORNING, date(2026, 11, 23)
    paper = Attachment.objects.create(
        digest="9" * 64, filename="荆门承诺柒.png", mime="image/png", size_bytes=1, added_by=staff.zhao, added_at=now
    )
    promise = collecting.make_promise(
        terminal=hospital, items=[invoice.pk], parts=[Part(date(2026, 12, 10), 71_313_91)],
        said=Said("荆门承诺人柒", "科长", "finance", "written", note="荆门承诺备注柒", paper=paper), made_on=day,
        by=staff.wang, now=now,
    )  # fmt: skip
    dispute = collecting.raise_dispute(
        item=invoice.pk,
        reason="B1",
        fen=9_317_71,
        words="荆门争议柒",
        raised_on=day,
        paper=paper,
        by=staff.wang,
        now=now,
    )
    ours = collecting.note_our_promise(
        terminal=hospital, kind="rebate", words="荆门返利柒", made_on=day, due_on=date(2026, 12, 1), owner=staff.li,
        promised_by=staff.wang, item=invoice.pk, by=staff.wang, now=now,
    )  # fmt: skip
    event = collecting.record_clock_event(
        terminal=hospital, kind="demand", how="by_hand", on=day, items=[invoice.pk], signer="mail_room", proof=paper,
        words="荆门时效柒", by=staff.wang, now=now,
    )  # fmt: skip
    guarantee = credit.record_security(
        terminal=hospital, kind="guarantee_joint", fen=SECURED_FEN, guarantor="荆门保证柒", since=day,
        until=date(2027, 1, 5), by=staff.zhao, now=now,
    )  # fmt: skip
    offset = collecting.propose_offset(
        terminal=hospital, items=[invoice.pk],
        offered=Offered("equipment", "荆门抵债柒", day, 31_771_93, 66_131_79, day, title=paper), by=staff.zhao, now=now,
    )  # fmt: skip
    return {
        "offset": offset.pk,
        "promise": promise.pk, "dispute": dispute.pk, "ours": ours.pk, "event": event.pk, "guarantee": guarantee.pk,
    }  # fmt: skip


def pressed(staff: cast.Cast) -> dict[str, Any]:
    """Wang's hospital on the worklist, with a task, a cost, an escalation and an exit that waits."""
    about = {"terminal": staff.wangs_hospital, "now": cast.MORNING}
    collecting.rank_worklist(day=date(2026, 11, 23), by=staff.system, now=cast.MORNING)
    task = collecting.set_task(technique="say_it", due_on=date(2026, 11, 23), note="荆门任务柒", by=staff.wang, **about)
    cost = collecting.note_expense(
        kind="travel", fen=COST_FEN, minutes=0, on=date(2026, 11, 20), note="荆门费用柒", by=staff.zhao, **about
    )
    collecting.escalate(
        side="customer", rung="finance_head", whom="荆门财务柒", why="荆门升级柒", by=staff.zhao, **about
    )
    given_up = collecting.propose_exit(
        steps=["write_off", "off_ledger"], write_off_fen=OFF_FEN, limitation_checked=True, why="荆门核销柒", by=staff.zhao,
        **about,
    )  # fmt: skip
    collecting.decide_exit(decision=given_up, agree=True, why="", by=staff.feng, now=cast.MORNING)
    proof = Attachment.objects.create(
        digest="5" * 64,
        filename="荆门裁定柒.png",
        mime="image/png",
        size_bytes=1,
        added_by=staff.qian,
        added_at=cast.MORNING,
    )
    off = collecting.post_write_off(
        decision=given_up, evidence=[("judgment", "荆门判决柒")], papers=[proof], by=staff.qian, now=cast.MORNING
    )
    leaving = collecting.propose_exit(
        steps=["stop"], write_off_fen=0, limitation_checked=False, why="荆门退出柒", by=staff.zhao, **about
    )
    learning = collecting.ask_learning(what="curves", by=staff.zheng, now=cast.MORNING)
    return {
        "task": task.pk, "cost": cost.pk, "exit": leaving.pk, "off": off.pk, "off_paper": proof.pk, "learning": learning,
    }  # fmt: skip


def won(staff: cast.Cast) -> dict[str, Any]:
    """Wang's hospital as a prospect with something to do, beside another that may be the same and once was."""
    hospital, other, now = staff.wangs_hospital, staff.wangs_pharmacy, cast.MORNING
    about = {"terminal": hospital, "by": staff.wang, "now": now}
    terminals.make_prospect(source="visit", **about)
    terminals.change_prospect(rivals="荆门竞品柒", obstacles="荆门障碍柒", **about)
    terminals.set_next_action(what="荆门行动柒", due_on=localdate(now), **about)
    terminals.judge_potential(potential="A", note="荆门潜力柒", **about)
    low, high = sorted((hospital.pk, other.pk))
    pair = TwinPair.objects.create(low_id=low, high_id=high, reasons=["alike"], score=80, found_at=now)
    merge = Merge.objects.create(
        kept=hospital, merged=other, why="荆门合并柒", made_by=staff.li, made_at=now, undone_by=staff.li, undone_at=now
    )
    return {"pair": pair.pk, "merge": merge.pk}


def planned(staff: cast.Cast) -> dict[str, Any]:
    """A planned visit to Wang's hospital, a reason for one, days off, and a planning that goes on."""
    about = {"by": staff.wang, "now": cast.MORNING}
    stop = visits.set_stop(
        person=staff.wang,
        terminal=staff.wangs_hospital,
        day=date(2026, 11, 25),
        purposes=["order"],
        aim="荆门目标柒",
        **about,
    )
    wish = visits.wish_by_hand(
        terminal=staff.wangs_hospital, purpose="complaint", says="荆门理由柒", first_on=date(2026, 11, 23),
        last_on=date(2026, 12, 4), **about,
    )  # fmt: skip
    absence = visits.note_absence(
        person=staff.wang, first_on=date(2026, 12, 7), last_on=date(2026, 12, 7), reason="荆门会议柒", **about
    )
    planning = visits.ask_planning(people_ids=[staff.wang.pk], month=date(2026, 12, 1), seconds=1, **about)
    return {"plan": stop.plan_id, "stop": stop.pk, "wish": wish.pk, "absence": absence.pk, "planning": planning}


def visited(staff: cast.Cast, product: Product) -> dict[str, Any]:
    """Wang was at her hospital: a checklist, a report with a signature, a photo, a remark, a hint of an adverse reaction."""
    hospital, now = staff.wangs_hospital, cast.MORNING
    signed = going.sign(staff.wang, hospital, words=going.WORDS | {"objections": "荆门异议柒"})
    visit = going.arrive(staff.wang, hospital, now - timedelta(hours=1), now=now, unplanned_why="荆门顺路柒")
    report = going.tell(
        visit, note="荆门摘要柒", next_step="荆门下一步柒", adverse=True, adverse_note="荆门皮疹柒", signature=going.PIXEL,
        mentions=[{"product": product.pk}], intents=[{"product": product.pk, "units": 7}], at=now,
    )  # fmt: skip
    photo = visits.add_photo(
        visit=visit.pk, filename="a.png", content=going.PIXEL, says="荆门门头柒", cleared=True, by=staff.wang, now=now
    )
    visits.remark(visit=visit.pk, words="荆门点评柒", by=staff.li, now=now)
    hint = AdverseHint.objects.get()
    return {
        "checklist": signed.pk, "visit": visit.pk, "report": report.pk, "visit_photo": photo.pk, "hint": hint.pk,
    }  # fmt: skip


def worked_on(staff: cast.Cast, product: Product) -> dict[str, Any]:
    """Wang's hospital on the list of a running campaign, added by hand, with a material and a cost."""
    by, now, day = staff.li, cast.MORNING, localdate(cast.MORNING)
    shown = campaigns.make_material(
        name="荆门折页柒", product=product.pk, says="荆门折页内容柒", valid_until=day + timedelta(days=300), by=by, now=now,
    )  # fmt: skip
    given = Given(
        "荆门重点柒", day.replace(day=1), day, day + timedelta(days=30), "荆门活动目标柒", 10_000, cap_fen=900_000
    )
    made = campaigns.propose_campaign(product=product.pk, given=given, territory=staff.hubei.pk, by=by, now=now)
    campaigns.use_material(campaign=made.pk, version=shown.pk, by=by, now=now)
    listed = Focus.objects.create(
        campaign=made, terminal=staff.wangs_hospital, owner=staff.wang, arm="treated", place=1, baseline_milli=0,
        target_milli=10_000, added_by=by, added_at=now, added_why="荆门加入柒",
    )  # fmt: skip
    campaigns.judge_version(version=shown.pk, agreed=True, by=staff.he, now=now)
    campaigns.hand_in(campaign=made.pk, by=by, now=now)
    campaigns.give_opinion(campaign=made.pk, agreed=True, checks=list(CHECKS), by=staff.he, now=now)
    campaigns.start_campaign(campaign=made.pk, by=by, now=now)
    campaigns.note_cost(campaign=made.pk, kind="material", fen=77_319, on=day, note="荆门费用柒", by=by, now=now)
    return {"campaign": made.pk, "focus": listed.pk, "material": shown.material_id, "material_version": shown.pk}


def planned_for(staff: cast.Cast) -> dict[str, Any]:
    """Wang's hospital as a key account: a plan in force, an action begun, a quarter reviewed."""
    given = accounts.content(
        staff.wang, reason_words="荆门大客户柒", roles=(
            RoleGiven("pharmacy", "荆门药学岗柒", "decides"), RoleGiven("finance", "财务科", "carries_out"),
        ), actions=(ActionGiven("荆门互动柒", staff.wang.pk, date(2026, 12, 10), visit=True),),
        risks=(RiskGiven("concentration", "荆门集中柒", "middle", "荆门预案柒"),),
    )  # fmt: skip
    plan = accounts.begin(staff)
    keyaccounts.write_plan(plan=plan.pk, content=given, by=staff.wang, now=cast.MORNING)
    keyaccounts.hand_in_plan(plan=plan.pk, by=staff.wang, now=cast.MORNING)
    keyaccounts.approve_plan(plan=plan.pk, by=staff.li, now=cast.MORNING)
    keyaccounts.note_progress(plan=plan.pk, number=1, state="begun", by=staff.wang, now=cast.MORNING)
    keyaccounts.keep_review(
        plan=plan.pk, quarter=1, reasons="荆门复盘柒", adjust="荆门改进柒", by=staff.wang, now=cast.MORNING
    )
    return {"account": plan.pk}


def told_by_distributors(staff: cast.Cast) -> dict[str, Any]:
    """A sell-through file of Wang's pharmacy: one name placed, one that waits, goods nobody has placed."""
    rows = [
        selling.sold(staff.wangs_hospital.name, 7, product="荆门流向品柒"),
        selling.sold("荆门流向名柒", 3, product="荆门流向品柒"),
    ]
    taken = selling.take_in(staff.wangs_pharmacy, selling.csv(*rows), staff.qian, name="荆门流向柒.csv")
    waiting = flows.keep_unread(
        distributor=staff.wangs_pharmacy, filename="荆门版式柒.csv", content=selling.csv(["荆门格柒"], head=["荆门题柒"]),
        why=KindUnclear(headings=["荆门题柒"]), by=staff.qian, now=cast.MORNING,
    )  # fmt: skip
    off_site = flows.tell_off_site(
        pharmacy=staff.wangs_pharmacy, hospital=staff.wangs_hospital, since=selling.OCTOBER, by=staff.qian,
        now=cast.MORNING,
    )  # fmt: skip
    drawn = flows.draw_sample(month=selling.OCTOBER, by=staff.qian, now=cast.MORNING)
    return {
        "flow_file": taken.file, "asking": Asking.objects.get().pk, "name_alias": NameAlias.objects.get().pk,
        "goods": Goods.objects.get().pk, "sampled": drawn.sampled.get().pk, "unread": waiting.pk,
        "off_site": off_site.pk,
    }  # fmt: skip


def belonging(staff: cast.Cast) -> dict[str, Any]:
    """Wang's hospital as a member: points, a coupon, a benefit, a council it came to, a club, a service, its stock."""
    about = {"by": staff.li, "now": cast.MORNING}
    terminal = joining.verify(staff.wangs_hospital, "12420800420900001", "medical")
    programme = joining.programme(staff, code="JH77", name="机构服务计划", kinds=())
    enrolment = membership.enrol(programme=programme.pk, terminal=terminal, **about)
    joining.give(staff, enrolment, 773)
    coupon = membership.issue_coupon(enrolment=enrolment.pk, points=319, by=staff.qian, now=cast.MORNING)
    benefit = membership.want_benefit(
        enrolment=enrolment.pk,
        kind="service",
        words="荆门权益柒",
        ground=joining.GROUND,
        evidence=("purpose",),
        **about,
    )
    council = membership.propose_meeting(
        kind="council", title="荆门座谈柒", purpose="听取意见", agenda=["供货"], on=date(2026, 11, 23), cost_cap_fen=100_00,
        **about,
    )  # fmt: skip
    membership.decide_meeting(meeting=council.pk, agree=True, by=staff.he, now=cast.MORNING)
    membership.note_attendance(meeting=council.pk, terminal=terminal, job="pharmacy", people=2, **about)
    membership.keep_minutes(meeting=council.pk, words="荆门纪要柒", **about)
    todo = membership.set_action(
        meeting=council.pk, what="荆门会后柒", owner=staff.wang, due_on=date(2026, 12, 1), **about
    )
    club = membership.found_club(name="荆门友会柒", purpose="交流", **about)
    joined = membership.join_club(club=club.pk, terminal=terminal, **about)
    service = membership.ask_service(
        terminal=terminal, kind="other", words="荆门服务柒", due_on=date(2026, 12, 1), **about
    )
    return {
        "programme": programme.pk, "programme_code": programme.code, "rules_version": programme.versions.get().pk,
        "enrolment": enrolment.pk, "coupon": coupon.pk, "movement": coupon.movement_id, "benefit": benefit.pk,
        "meeting": council.pk, "meeting_action": todo.pk, "club": club.pk, "club_member": joined.pk,
        "service": service.pk,
    }  # fmt: skip


def rename(terminal: Terminal, code: str, name: str, credit_code: str, address: str) -> None:
    """Give a terminal of the cast a card that can be told from everything else."""
    terminal.code, terminal.name, terminal.credit_code, terminal.address = code, name, credit_code, address
    terminal.note = f"{name}的备注"
    terminal.save()
    SearchLine.objects.filter(terminal=terminal).update(text=f"{name} {code}".lower())


# --- addresses --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """One URL pattern: its route as written, its full name, its parameters and their converters."""

    route: str
    name: str
    parameters: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"/{self.route}"


def addresses() -> list[Address]:
    """Every URL pattern the resolver knows, each route once."""
    found = {a.route: a for a in _walk(get_resolver().url_patterns, "", "")}
    return [found[route] for route in sorted(found)]


def _walk(patterns: list, before: str, space: str) -> Iterator[Address]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            kinds = re.findall(r"<(?:(\w+):)?(\w+)>", route)
            yield Address(route, space + (one.name or ""), tuple((name, kind or "str") for kind, name in kinds))
        else:
            yield from _walk(one.url_patterns, route, f"{space}{one.namespace}:" if one.namespace else space)


# route, parameter -> which of Wang's things fills it. The first line that fits counts; a new address whose parameters
# no line here can fill fails the walk: say which of Wang's things it is about.
FILLERS: list[tuple[str, str, str]] = [
    ("membership/programmes/<pk>*", "pk", "programme"),
    ("membership/rules/<pk>*", "pk", "rules_version"),
    ("*membership/members/<pk>*", "pk", "enrolment"),
    ("*membership/coupons/<pk>*", "pk", "coupon"),
    ("membership/movements/<pk>*", "pk", "movement"),
    ("*membership/benefits/<pk>*", "pk", "benefit"),
    ("membership/meetings/<pk>*", "pk", "meeting"),
    ("membership/meeting-actions/<pk>*", "pk", "meeting_action"),
    ("membership/clubs/<pk>*", "pk", "club"),
    ("membership/club-members/<pk>*", "pk", "club_member"),
    ("membership/services/<pk>*", "pk", "service"),
    ("*membership/programmes/*", "code", "programme_code"),
    ("*membership/usage/*", "customer", "code"),
    ("*campaigns/materials/versions/<pk>*", "pk", "material_version"),
    ("*campaigns/materials/<pk>*", "pk", "material"),
    ("*campaigns/*", "version", "material_version"),
    ("*campaigns/focus/<pk>*", "pk", "focus"),
    ("*campaigns/<pk>*", "pk", "campaign"),
    ("*flows/files/<pk>*", "pk", "flow_file"),
    ("*flows/review/<pk>*", "pk", "asking"),
    ("*flows/aliases/<pk>*", "pk", "name_alias"),
    ("flows/sample/<pk>*", "pk", "sampled"),
    ("*flows/unread/<pk>*", "pk", "unread"),
    ("flows/offsite/<pk>*", "pk", "off_site"),
    ("*flows/off-sites/<pk>*", "pk", "off_site"),
    ("*flows/sampled/<pk>*", "pk", "sampled"),
    ("*flows/goods/<pk>*", "pk", "goods"),
    ("*flows/distributors/<pk>*", "pk", "terminal"),
    ("*keyaccounts/groups/<pk>*", "pk", "terminal"),
    ("*keyaccounts/*<pk>*", "pk", "account"),
    ("*visits/plans/<pk>*", "pk", "plan"),
    ("*visits/planning/<pk>*", "pk", "planning"),
    ("*visits/stops/<pk>*", "pk", "stop"),
    ("*visits/wishes/<pk>*", "pk", "wish"),
    ("*visits/absences/<pk>*", "pk", "absence"),
    ("*visits/people/<pk>*", "pk", "person"),
    ("visits/checklists/<pk>*", "pk", "checklist"),
    ("visits/photos/<pk>*", "pk", "visit_photo"),
    ("visits/reports/<pk>*", "pk", "report"),
    ("visits/adverse/<pk>*", "pk", "hint"),
    ("visits/<pk>*", "pk", "visit"),
    ("insight/lapse/<pk>*", "pk", "terminal"),
    ("field/devices/<pk>*", "pk", "device"),
    ("field/icon-*", "size", "icon"),
    ("import/*", "token", "upload"),
    ("credit/sheets/*", "name", "sheet"),
    ("*collecting/tasks/<pk>*", "pk", "task"),
    ("*collecting/costs/<pk>*", "pk", "cost"),
    ("*collecting/exits/<pk>*", "pk", "exit"),
    ("collecting/letters/bundles/*", "token", "bundle"),
    ("collecting/learn/runs/*", "pk", "learning"),
    ("collecting/letters/proofs/*", "pk", "arrival"),
    ("collecting/evidence/papers/*", "pk", "evidence"),
    ("collecting/evidence/<pk>*", "pk", "invoice"),
    ("*collecting/letters/<pk>*", "pk", "letter"),
    ("*collecting/promises/<pk>*", "pk", "promise"),
    ("*collecting/disputes/<pk>*", "pk", "dispute"),
    ("*collecting/ours/<pk>*", "pk", "ours"),
    ("*collecting/offsets/<pk>*", "pk", "offset"),
    ("*collecting/write-offs/<pk>*", "pk", "off"),
    ("*collecting/write-offs/*", "attachment", "off_paper"),
    ("*collecting/clocks/items/*", "pk", "invoice"),
    ("*collecting/clocks/events/*", "pk", "event"),
    ("*collecting/clocks/guarantees/*", "pk", "guarantee"),
    ("*collecting/cases/<pk>*", "pk", "case"),
    ("*collecting/contacts/<pk>*", "pk", "spoken"),
    ("*collecting/members/<pk>*", "pk", "member"),
    ("receivables/statements/batch/*", "token", "batch"),
    ("*people/tokens/*", "pk", "token"),
    ("*people/territories/*", "pk", "territory"),
    ("*people/posts/*", "pk", "post"),
    ("*people/deputies/*", "pk", "deputy"),
    ("*people/persons/*", "pk", "person"),
    ("people/<pk>*", "pk", "person"),
    ("*journal/facts/*", "seq", "fact"),
    ("journal/set-aside/*", "pk", "aside"),
    ("*terminals/twins/*", "pk", "pair"),
    ("*terminals/merges/*", "pk", "merge"),
    ("*terminals/vetoes/*", "pk", "veto"),
    ("*terminals/licences/images/*", "pk", "image"),
    ("*contacts/<pk>*", "pk", "contact"),
    ("*aliases/<pk>*", "pk", "alias"),
    ("*licences/<pk>*", "pk", "licence"),
    ("*authorised/<pk>*", "pk", "authorised"),
    ("*settlements/<pk>*", "pk", "settlement"),
    ("*terminal*/<pk>*", "pk", "terminal"),
    ("*receipts/<pk>*", "pk", "receipt"),
    ("*postings/<pk>*", "pk", "posting"),
    ("*allocations/<pk>*", "pk", "allocation"),
    ("*entries/<pk>*", "pk", "entry"),
    ("*invoices/<pk>*", "pk", "invoice"),
    ("journal/policies/versions/*", "pk", "policy"),
    ("*orders/prices/*", "pk", "price"),
    ("*orders/deliveries/*", "pk", "delivery"),
    ("*orders/<pk>/verdicts/*", "verdict", "verdict"),
    ("*orders/<pk>*", "pk", "order"),
    ("*credit/standing/*", "customer", "code"),
    ("*receivables/bills/<pk>*", "pk", "bill"),
    ("*credit/holds/<pk>*", "pk", "hold"),
    ("*credit/watch/<pk>*", "pk", "finding"),
    ("*credit/securities/<pk>*", "pk", "security"),
    ("*credit/surveys/checks/<pk>*", "pk", "check"),
    ("*credit/surveys/<pk>*", "pk", "survey"),
    ("*credit/scores/<pk>*", "pk", "score"),
    ("*credit/runs/<pk>*", "pk", "run"),
    ("*credit/applications/<pk>*", "pk", "application"),
    ("receivables/customers/*", "pk", "terminal"),
    ("receivables/statements/issued/*", "pk", "issued"),
    ("receivables/statements/sign-backs/*", "pk", "sign_back"),
    ("receivables/statements/*", "pk", "terminal"),
    ("*receivables/unmatched/*", "pk", "receipt"),
    ("*receivables/documents/*", "pk", "entry"),
    ("*receivables/statements/*", "customer", "code"),
    ("receivables/<pk>*", "pk", "entry"),
    ("*sales/*<pk>*", "pk", "sale"),
    ("*products/<pk>*", "pk", "product"),
    ("*intake*/<pk>*", "pk", "intake"),
    ("*import*/<pk>*", "pk", "intake"),
    ("*", "visit", "visit"),
    ("*", "report", "report"),
    ("*", "hint", "hint"),
    ("*", "terminal", "terminal"),
    ("*", "terminal_id", "terminal"),
    ("*", "contact", "contact"),
    ("*", "alias", "alias"),
    ("*", "licence", "licence"),
    ("*", "entry", "entry"),
    ("*", "invoice", "invoice"),
    ("*", "letter", "letter"),
    ("*", "receipt", "receipt"),
    ("*", "allocation", "allocation"),
    ("*", "posting", "posting"),
    ("*", "intake", "intake"),
    ("*", "person", "person"),
    ("*", "owner", "person"),
]
# Parameters that name no thing of anybody's: every value is tried.
WORDS: list[tuple[str, str, tuple[str, ...]]] = [
    ("insight/quiet/*", "kind", ("cards", "licences", "plans", "potential")),
    ("*keyaccounts/*", "number", (1,)),
    ("*keyaccounts/*", "quarter", (1, 2)),
    ("*visits/plans/*", "day", ("2026-11-25",)),
    ("*insight/tree/*", "part", ("new", "lost", "price")),
    ("*flows/months/*", "month", ("2026-10",)),
    ("visits/plans/*", "step", ("hand-in", "release", "send-back", "drop")),
    # Whoever holds the address of a calendar may read it: only a wrong one is a stranger's.
    ("visits/calendar/*", "secret", ("kewei_nobodys",)),
    (
        "*",
        "noun",
        (
            "customers",
            "licences",
            "white-space",
            "products",
            "invoices",
            "receipts",
            "red-letters",
            "orders",
            "prices",
            "ways",
            "reasons",
            "promises",
            "points",
            "benefits",
            "stock",
        ),
    ),
    ("journal/policies/*", "name", ("credit.limit", "terminals.scope")),
    ("*", "by", ("customer", "owner", "region", "kind")),
    ("collecting/learn/*", "kind", ("curves", "forecast")),
    ("collecting/wordings/*", "kind", ("demand",)),
    ("terminals/*", "role", ("owner", "medical")),
    ("*", "format", ("pdf", "xlsx")),
    ("terminals/authorised/*", "which", ("letter", "seal")),
    ("*", "role", ("owner", "medical")),
]


class Unfillable(AssertionError):
    """An address nobody told the walk how to fill."""


def paths(address: Address, things: dict[str, Any]) -> list[str]:
    """The address with its parameters filled with Wang's things. Raises Unfillable."""
    filled = [address.route]
    for name, kind in address.parameters:
        values = _values(address.route, name, things)
        if values is None:
            raise Unfillable(f"tests/journeys/doors.py does not know how to fill {name} in /{address.route}")
        written = f"<{kind}:{name}>" if f"<{kind}:{name}>" in address.route else f"<{name}>"
        filled = [path.replace(written, str(value)) for path in filled for value in values]
    return ["/" + path for path in filled]


def _values(route: str, name: str, things: dict[str, Any]) -> tuple | None:
    plain = re.sub(r"<\w+:", "<", route)
    for shape, parameter, values in WORDS:
        if parameter == name and fnmatch(plain, shape):
            return values
    for shape, parameter, thing in FILLERS:
        if parameter == name and fnmatch(plain, shape):
            return (things[thing],)
    return None


# --- asking -----------------------------------------------------------------------------------------------------------


def queries(things: dict[str, Any]) -> list[dict[str, Any]]:
    """Query strings a stranger would try on any address. Texts are beginnings: an echo of them gives nothing away."""
    about = {"terminal": things["terminal"], "customer": things["terminal"], "person": things["person"]}
    return [
        {},
        {"format": "xlsx"},
        {"format": "pdf"},
        {"q": "荆门", "text": "荆门", "search": "荆门", "name": "荆门", **about},
        {"q": "2642000000773", "number": "2642000000773", "by": "customer", "as_of": "2026-11-20"},
        {"by": "owner", "owner": things["person"], "territory": things["territory"], "region": "湖北省", "kind": "all"},
    ]


def bodies(things: dict[str, Any]) -> list[dict[str, Any]]:
    """Forms a curious stranger would send to any address: nothing, and everything of Wang's by number."""
    return [
        {},
        {
            **things, "id": things["terminal"], "pk": things["terminal"], "terminal_id": things["terminal"],
            "terminals": things["terminal"], "customer": things["code"], "invoices": things["number"],
            "fen": 100, "amount": "1.00", "total_fen": 100, "reason": "试", "number": "SUN-1", "how": "oldest",
            "on": "2026-11-20", "invoice_date": "2026-11-20", "due_date": "2026-12-20", "received_on": "2026-11-20",
            # The beginning of her code: a refusal may repeat what was typed.
            "name": "孙试", "q": "荆门", "kind": "pharmacy", "code": things["code"][:3], "method": "transfer",
            "first": "2026-01-01", "last": "2026-11-20", "format": "xlsx",
        },
    ]  # fmt: skip


def text_of(answer: Any) -> str:
    """Everything readable in an answer: headers, and the body as `text_in` reads it."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = " ".join(f"{name}: {value}" for name, value in answer.items())
    if raw and "json" in answer.get("Content-Type", ""):
        return told + json.dumps(json.loads(raw), ensure_ascii=False)
    return told + text_in(raw)


def text_in(raw: bytes) -> str:
    """Text, the parts of a workbook or archive (archives in archives too), the text of a PDF."""
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return " ".join(name + text_in(archive.read(name)) for name in archive.namelist())
    if raw.startswith(b"%PDF"):
        from pypdf import PdfReader

        # A line may be broken anywhere in a PDF: spaces and breaks do not count.
        return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages))
    return raw.decode("utf-8", "replace")


def given_away(answer: Any, secrets: set[str]) -> list[str]:
    """Which secrets an answer holds."""
    text = text_of(answer)
    return sorted(secret for secret in secrets if secret in text)


def belongings(world: World) -> dict[str, list]:
    """Every row of Wang's: her terminals and all that hangs on them, people, posts, territories, allocations."""
    from django.apps import apps

    wangs = [world.staff.wangs_hospital.pk, world.staff.wangs_pharmacy.pk]
    rooms = {c.label for c in apps.get_app_configs() if c.name.startswith("kewei.")}
    rows: dict[str, list] = {}
    for model in apps.get_models():
        if model._meta.app_label not in rooms:
            continue
        names = {f.name for f in model._meta.concrete_fields}
        found = model._base_manager.order_by("pk")
        if model is Terminal:
            found = found.filter(pk__in=wangs)
        elif "terminal" in names:
            found = found.filter(terminal__in=wangs)
        elif model in {Person, Token, SavedView}:
            found = found.exclude(pk=world.staff.sun.pk) if model is Person else found.filter(person=world.staff.wang)
        elif model is Deputy:
            found = found.filter(giver=world.staff.wang)
        elif model not in {Post, Territory, Allocation, Intake, SetAside, Company}:
            continue
        rows[model._meta.label] = list(found.values_list(*sorted(names - {"last_login"})))
    return rows

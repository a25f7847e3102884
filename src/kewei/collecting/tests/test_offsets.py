"""A thing taken instead of money: what the law forbids, who agrees, when the debt ends (docs/algorithms/offsets.md)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests import cast

from kewei.collecting import actions
from kewei.collecting.actions.offsets import Offered
from kewei.collecting.models import Offset
from kewei.collecting.queries import letter_paper
from kewei.collecting.rules import offsets as rules
from kewei.collecting.rules.offsets import OFFSETS, Deal, verdicts
from kewei.journal.actions import keep_attachment
from kewei.kernel.ids import new_key
from kewei.kernel.refusals import NotAllowed
from kewei.receivables import actions as receivables
from kewei.receivables.tests.rules.worked import table

POLICY = OFFSETS.read(OFFSETS.body)
DAY = date(2026, 11, 23)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
GOOD = {
    "asset": "equipment", "agreed_on": DAY, "offset_fen": 60_00, "value_fen": 100_00, "valued_on": DAY,
    "items": (("FP1", date(2026, 11, 1), 80_00),), "searched_on": DAY, "has_title": True, "invoiced": True,
}  # fmt: skip
CHANGES = {
    "nothing": {},
    "due today": {"items": (("FP1", DAY, 80_00),)},
    "no due day": {"items": (("FP1", None, 80_00),)},
    "the thing is ours by itself": {"auto_transfer": True},
    "a hospital's medicines": {"asset": "drugs", "customer_kind": "public_hospital", "drug_paper": True},
    "a distributor's, licence lapsed": {"asset": "drugs", "customer_kind": "distributor"},
    "a distributor's, licensed": {"asset": "drugs", "customer_kind": "distributor", "drug_paper": True},
    "more than is owed": {"offset_fen": 80_01, "value_fen": 200_00},
    "no valuation": {"valued_on": None},
    "no proof of title": {"has_title": False},
    "mortgaged": {"encumbered": True},
    "valued 23 May": {"valued_on": date(2026, 5, 23)},
    "valued 22 May": {"valued_on": date(2026, 5, 22)},
    "61 of 100 in equipment": {"offset_fen": 61_00},
    "searched 31 days ago": {"searched_on": DAY - timedelta(days=31)},
    "no invoice": {"invoiced": False},
}


@pytest.mark.parametrize("case", table("offsets.md", "what is different"), ids=lambda case: case["what is different"])
def test_what_the_rules_say(case):
    found = verdicts(Deal(**(GOOD | CHANGES[case["what is different"]])), POLICY)
    assert ", ".join(f"{one.rule} {one.level}" for one in found) == case["said"]


def test_every_case_is_on_the_page():
    assert {case["what is different"] for case in table("offsets.md", "what is different")} == set(CHANGES)
    said = {
        one.split()[0] for case in table("offsets.md", "what is different") for one in case["said"].split(", ") if one
    }
    assert said == set(rules.RULES)


@pytest.mark.django_db
def test_from_proposal_to_disposal(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    staff, now = cast.assemble(), timezone.now()
    today = timezone.localdate(now)
    item = receivables.post_invoice(
        terminal=staff.wangs_pharmacy, number="FP1", invoice_date=today - timedelta(days=90),
        due_date=today - timedelta(days=30), total_fen=100_00, by=staff.qian, now=now,
    ).pk  # fmt: skip

    def send(who, url, status=302, **fields):
        client.force_login(who)
        answer = client.post(f"/collecting/offsets/{url}", {"form_key": new_key(), **fields})
        assert answer.status_code == status, answer.content.decode()[:3000]
        return answer.content.decode()

    def read(who, url=""):
        client.force_login(who)
        answer = client.get(f"/collecting/offsets/{url}")
        assert answer.status_code == 200
        return answer.content.decode()

    assert "没有以物抵债" in read(staff.zhao)
    new = f"new/?terminal={staff.wangs_pharmacy.pk}"
    assert "FP1" in read(staff.zhao, new)
    given = {
        "asset": "drugs", "words": "阿莫西林 10 箱", "agreed_on": today, "amount": "60", "value": "100", "valued_on": today,
        "searched_on": today, "item": item,
    }  # fmt: skip
    assert "药品只能从" in send(staff.zhao, new, 422, title=SimpleUploadedFile("权属.pdf", PDF), **given)
    given |= {"asset": "equipment", "words": "冷柜两台"}
    assert "没有权属证明" in send(staff.zhao, new, 422, **given)
    send(staff.zhao, new, title=SimpleUploadedFile("权属.pdf", PDF), **given)
    made = Offset.objects.get()
    url = f"{made.pk}/"
    assert "对方尚未承诺开具发票" in read(staff.wang, url)
    assert "冷柜两台" in read(staff.wu, url)
    with pytest.raises(NotAllowed):
        actions.opine_on_offset(offset=made, part="legal", approve=True, by=staff.zhao, now=now)
    send(staff.he, f"{url}opinion/", part="legal", verdict="yes")
    # Nobody agrees twice, and quality is asked about medicines only.
    actions_refused = {"part": "finance", "approve": True, "now": now, "offset": made}
    with pytest.raises(NotAllowed):
        actions.opine_on_offset(by=staff.he, **actions_refused)
    with pytest.raises(rules.OffsetOpinionGiven):
        actions.opine_on_offset(by=staff.wu, **(actions_refused | {"part": "quality"}))
    send(staff.tao, f"{url}opinion/", part="finance", verdict="yes", words="同意")
    made.refresh_from_db()
    assert made.state == "approved"
    # What was agreed lies on paper for somebody else's seal: the ledger's amount, the thing, in the proposer's name.
    letter = made.letter
    assert (letter.kind, letter.state, letter.total_fen, letter.drafted_by) == ("offset", "draft", 100_00, staff.zhao)
    said = letter_paper.paper_of(letter)["paragraphs"]
    assert any("冷柜两台" in one and "60.00" in one for one in said)
    assert letter.number in read(staff.he, url)
    assert actions.draft_agreement(offset=made, by=staff.zhao, now=now).letter == letter
    actions.drop_letter(letter=letter, why="改资产名称", by=staff.zhao, now=now)
    assert "起草抵债协议" in read(staff.he, url)
    send(staff.he, f"{url}agreement/")
    made.refresh_from_db()
    assert made.letter.pk > letter.pk
    assert "请会计先" in read(staff.he, url)
    receipt = receivables.receive_payment(
        terminal=staff.wangs_pharmacy, number="DZ1", received_on=today, fen=60_00, how="oldest", method="offset",
        by=staff.qian, now=now,
    ).pk  # fmt: skip
    with pytest.raises(rules.OffsetNeedsReceipt):
        actions.perform_offset(offset=made, on=today, receipt=item, by=staff.he, now=now)
    send(staff.he, f"{url}perform/", on=today, receipt=receipt)
    with pytest.raises(rules.WrongOffsetState):
        actions.cancel_offset(offset=made, why="不要了", by=staff.he, now=now)
    send(staff.he, f"{url}dispose/", on=today, proceeds="55")
    page = read(staff.he, url)
    assert "已处置" in page
    assert "5.00" in page
    client.force_login(staff.sun)
    assert client.get(f"/collecting/offsets/{url}").status_code == 404


@pytest.mark.django_db
def test_the_agreement_of_a_deal_that_is_off_is_dropped_and_two_deals_wait_for_each_other():
    staff, now = cast.assemble(), timezone.now()
    first, second = (agreed(staff, number, now) for number in ("FP1", "FP2"))
    assert first.letter.state == "draft"
    # The second deal is agreed, but the first one's draft is not thrown away for it.
    assert (second.state, second.letter) == ("approved", None)
    with pytest.raises(rules.AgreementWaits):
        actions.draft_agreement(offset=second, by=staff.zhao, now=now)
    actions.cancel_offset(offset=first, why="改为付款", by=staff.he, now=now)
    first.letter.refresh_from_db()
    assert (first.letter.state, first.letter.dropped_why) == ("dropped", "改为付款")
    assert actions.draft_agreement(offset=second, by=staff.zhao, now=now).letter.total_fen == 100_00
    with pytest.raises(rules.WrongOffsetState):
        actions.draft_agreement(offset=first, by=staff.zhao, now=now)


def agreed(staff, number, now):
    """A thing offered for one invoice of Wang's pharmacy, agreed to by legal and finance."""
    today = timezone.localdate(now)
    item = receivables.post_invoice(
        terminal=staff.wangs_pharmacy, number=number, invoice_date=today - timedelta(days=90),
        due_date=today - timedelta(days=30), total_fen=100_00, by=staff.qian, now=now,
    ).pk  # fmt: skip
    title = keep_attachment(filename="权属.pdf", content=PDF, verb="collecting.letter", by=staff.zhao, now=now)
    offered = Offered(
        asset="equipment", words="冷柜两台", agreed_on=today, offset_fen=60_00, value_fen=100_00, valued_on=today,
        searched_on=today, invoiced=True, title=title,
    )  # fmt: skip
    deal = actions.propose_offset(terminal=staff.wangs_pharmacy, items=[item], offered=offered, by=staff.zhao, now=now)
    actions.opine_on_offset(offset=deal, part="legal", approve=True, by=staff.he, now=now)
    deal = actions.opine_on_offset(offset=deal, part="finance", approve=True, by=staff.tao, now=now)
    deal.refresh_from_db()
    return deal

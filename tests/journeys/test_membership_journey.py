"""A pharmacy chain's year in the programme: from its admission to what ended unused, through pages, files and the clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from tests import cast, trading

from kewei.config import checking
from kewei.journal.models import Fact
from kewei.kernel.ids import new_key
from kewei.membership import jobs
from kewei.membership.models import Benefit, Enrolment, Lot, Meeting, Programme, RulesVersion
from kewei.membership.tests import joining
from kewei.membership.tests.test_web import BENEFIT, PROGRAMME
from kewei.receivables import actions as receivables
from kewei.receivables.models import Entry, Item

JANUARY = datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


class Year:
    """The cast's hands on the pages, in a year whose days are told."""

    def __init__(self, staff, clock):
        self.staff, self.clock = staff, clock
        self.now = JANUARY

    def on(self, month, day, year=2026):
        self.now = JANUARY.replace(year=year, month=month, day=day)
        self.clock.move_to(self.now, tick=False)

    def ask(self, who, page, *args):
        answer = self._client(who).get(reverse(f"membership:{page}", args=args))
        assert answer.status_code == 200, (page, answer.status_code)
        return answer.content.decode()

    def do(self, who, page, /, *args, expect=302, **form):
        address = reverse(f"membership:{page}", args=args)
        answer = self._client(who).post(address, {"form_key": new_key()} | form)
        assert answer.status_code == expect, answer.content.decode()
        return answer.content.decode()

    def month_ends(self, month, year=2026):
        """The third of the next month: the clock's jobs."""
        self.on(month % 12 + 1, 3, year + month // 12)
        jobs.expire(now=self.now)
        jobs.monthly(now=self.now)

    def _client(self, who):
        made = Client()
        made.force_login(who)
        return made


@pytest.fixture
def year(db, time_machine):
    time_machine.move_to(JANUARY, tick=False)
    return Year(cast.assemble(), time_machine)


def test_a_pharmacy_chains_year(year):
    staff = year.staff
    chain = staff.wangs_pharmacy
    chain.kind = "chain_hq"
    joining.verify(chain, "91420100MA4KWY7Q3", "business", "drug_chain")
    product = trading.product("P1", "阿莫西林胶囊", 10_00)

    # January: the manager proposes, counsel approves, the chain enters; a hospital does not.
    rules = PROGRAMME | {"kinds": ["chain_hq", "pharmacy"], "valid_months": "9"}
    year.do(staff.li, "propose", **rules)
    programme = Programme.objects.get()
    year.do(staff.li, "decide_programme", programme.pk, agree="1", expect=403)
    year.do(staff.he, "decide_programme", programme.pk, agree="1")
    joining.verify(staff.wangs_hospital, "12420800420900001", "medical")
    year.do(staff.li, "enrol", terminal=staff.wangs_hospital.pk, programme=programme.pk, expect=422)
    year.do(staff.li, "enrol", terminal=chain.pk, programme=programme.pk)
    member = Enrolment.objects.get()

    # The first half year: 60,000.00 yuan a month of us, some more through a distributor that earns nothing.
    for month in range(1, 7):
        joining.bought(chain, date(2026, month, 15), 60_000_00, product, 6_000_000)
        joining.bought(chain, date(2026, month, 16), 10_000_00, product, 1_000_000, "flow")
        year.month_ends(month)
    member.refresh_from_db()
    # Silver from April on: 180,000 by March, 240,000 by April.
    assert member.tier == "silver"
    assert member.points == 4 * 600 + 2 * 750
    assert "达到「银卡会员」" in year.ask(staff.wang, "member", member.pk)

    # July: goods of June come back; the points for them too.
    joining.bought(chain, date(2026, 6, 20), -20_000_00, product, -2_000_000)
    year.on(7, 5)
    jobs.monthly(now=year.now)
    member.refresh_from_db()
    assert member.points == 3_900 - 250

    # August: half of the points become a coupon, the coupon a red-letter note on an invoice.
    year.on(8, 10)
    year.do(staff.qian, "issue_coupon", member.pk, points="1800")
    coupon = Lot.objects.get(unit="fen")
    assert list(Lot.objects.filter(unit="points").order_by("expires_on").values_list("left", flat=True))[:3] == [
        0,
        0,
        0,
    ]
    invoice = receivables.post_invoice(
        terminal=chain, number="26420000000000000008", invoice_date=date(2026, 8, 1), due_date=date(2026, 9, 1),
        total_fen=5_000_00, by=staff.qian, now=year.now,
    )  # fmt: skip
    given = {"amount": "900", "number": "HZ-8", "on": "2026-08-10", "invoice": invoice.pk}
    assert "价格优惠只能是发票上的一行或红字发票" in year.do(
        staff.qian, "use_coupon", coupon.pk, expect=422, channel="cash", **given
    )
    year.do(staff.qian, "use_coupon", coupon.pk, channel="red_letter", **given)
    assert Item.objects.get(pk=invoice.pk).open_fen == 4_100_00
    assert Entry.objects.get(kind="red_letter").total_fen == 900_00

    # September: somebody wants a gift card for the shop's head; a training for everybody passes.
    year.on(9, 10)
    year.do(staff.wang, "want", member.pk, expect=422, **BENEFIT | {"words": "中秋购物卡"})
    year.do(staff.wang, "want", member.pk, expect=422, **BENEFIT | {"recipient": "店长"})
    year.do(staff.wang, "want", member.pk, **BENEFIT | {"kind": "training", "evidence": ["purpose", "agenda"]})
    benefit = Benefit.objects.get()
    year.do(staff.tao, "decide_benefit", benefit.pk, agree="1", side="compliance")
    benefit.refresh_from_db()
    assert benefit.state == "granted"

    # October: a council; what it asks for becomes a new version of the rules.
    year.on(10, 20)
    council = {"kind": "council", "title": "座谈会", "purpose": "听意见", "agenda": "积分\n近效期", "on": "2026-10-20"}
    year.do(staff.li, "propose_meeting", cap="2000", **council)
    meeting = Meeting.objects.get()
    year.do(staff.he, "decide_meeting", meeting.pk, agree="1")
    year.do(staff.li, "came", meeting.pk, customer=chain.code, job="purchasing", people="2")
    year.do(staff.li, "cost", meeting.pk, expect=422, kind="meal", amount="301", invoice="FP1", payee="酒店")
    year.do(staff.li, "cost", meeting.pk, kind="meal", amount="300", invoice="FP1", payee="酒店")
    year.do(staff.li, "minutes", meeting.pk, words="希望积分有效期更长")
    year.do(staff.li, "close_meeting", meeting.pk)
    longer = {name: value for name, value in rules.items() if name not in (
        "code", "name", "purpose", "ground", "since", "until", "budget", "kinds", "provinces",
    )} | {"valid_months": "12", "since": "2026-11-01", "source": "座谈会纪要"}  # fmt: skip
    year.do(staff.li, "propose_rules", programme.pk, **longer)
    year.do(staff.tao, "decide_rules", RulesVersion.objects.get(number=2).pk, agree="1")

    # November: the representative counts the shelf; the letter goes out.
    year.on(11, 12)
    year.do(staff.wang, "tell_stock", chain.pk, product="P1", units="40", near_units="5", near_on="2027-01-31")
    assert "阿莫西林胶囊" in year.ask(staff.wang, "usage", chain.pk)
    letter = year._client(staff.wang).get(reverse("membership:usage_letter", args=[chain.pk]))
    assert letter.content.startswith(b"%PDF")

    # The year after: the chain bought little since June and falls back; March's points end with December, unused.
    for month in range(7, 13):
        year.month_ends(month)
    member.refresh_from_db()
    assert member.points == 600 + 750 + 500  # April, May, June; January to March were used or ended
    for month in range(1, 5):
        year.month_ends(month, 2027)
    member.refresh_from_db()
    assert (member.points, member.tier) == (0, "basic")
    assert "没有应付权益" in year.ask(staff.tao, "liability", programme.pk)

    # What an auditor asks for is there, and adds up.
    names = set(Fact.objects.filter(name__startswith="membership.").values_list("name", flat=True))
    assert {f"membership.{one}" for one in ("tier_moved", "expired", "price_benefit_used", "benefit_decided")} <= names
    assert list(checking.findings()) == []

"""The pages of membership in a real Chromium, at a desk and on a phone: whole, readable, nothing wider than the window."""

from datetime import date

import pytest
from django.urls import reverse
from tests import cast, trading
from tests.architecture.source import expect_none
from tests.browsing import DESK, PHONE, Troubles, faults, overflow, sign_in

from kewei.membership import actions
from kewei.membership.models import Lot
from kewei.membership.tests import joining
from kewei.membership.tests.joining import GROUND, NOW, TODAY

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.django_db(transaction=True)]


def furnished(staff):
    """One of everything; answers the addresses of their pages."""
    member = joining.member(staff)
    about = {"by": staff.li, "now": NOW}
    joining.bought(member.terminal, date(2026, 10, 5), 250_000_00, trading.product("P1", "阿莫西林胶囊", 10_00), 90_000)
    joining.give(staff, member, 900)
    actions.issue_coupon(enrolment=member.pk, points=300, by=staff.qian, now=NOW)
    actions.review_tiers(programme=member.programme_id, by=staff.system, now=NOW)
    benefit = actions.want_benefit(
        enrolment=member.pk, kind="free_goods", words="阴凉柜", ground=GROUND, fen=100_00, **about
    )
    meeting = actions.propose_meeting(
        kind="council", title="药房座谈会", purpose="听意见", agenda=["供货"], on=TODAY, cost_cap_fen=3_000_00, **about
    )
    actions.decide_meeting(meeting=meeting.pk, agree=True, by=staff.he, now=NOW)
    actions.note_attendance(meeting=meeting.pk, terminal=member.terminal, job="pharmacy", people=2, **about)
    actions.set_action(meeting=meeting.pk, what="拟调换办法", owner=staff.wang, due_on=TODAY, **about)
    club = actions.found_club(name="江城药店友会", purpose="交流", **about)
    actions.join_club(club=club.pk, terminal=member.terminal, **about)
    service = actions.ask_service(terminal=member.terminal, kind="training", words="处方审核", due_on=TODAY, **about)
    pages = [
        ("propose",), ("programme", member.programme_id), ("propose_rules", member.programme_id),
        ("tiers", member.programme_id), ("liability", member.programme_id), ("members",), ("enrol",),
        ("member", member.pk), ("want", member.pk), ("use_coupon", Lot.objects.get(unit="fen").pk), ("benefits",),
        ("benefit", benefit.pk), ("conduct",), ("meetings",), ("propose_meeting",), ("meeting", meeting.pk), ("clubs",),
        ("club", club.pk), ("services",), ("ask_service",), ("service", service.pk), ("usage", member.terminal_id),
    ]  # fmt: skip
    return [reverse(f"membership:{name}", args=args) for name, *args in pages]


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_whole(live_server, page, window):
    staff = cast.assemble()
    addresses = furnished(staff)
    sign_in(page, live_server.url, staff.zheng)
    troubles = Troubles().watch(page)
    page.set_viewport_size(window)
    found = []
    for address in addresses:
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        found += faults(page) + overflow(page)
    expect_none(found + troubles.found)

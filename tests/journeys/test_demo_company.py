"""The demo company is whole: everybody of the cast, 300 terminals of all kinds in three cities, a ledger that adds up."""

from collections import Counter
from datetime import date

import pytest

from kewei.campaigns.models import Outcome
from kewei.collecting.models import Case, Contact, Dispute, Escalation, Exit, Letter, Line, Promise, Reason, Task
from kewei.config import checking
from kewei.config.demo.fill import fill
from kewei.credit.models import Application, Hold, Score
from kewei.keyaccounts.models import MonthOfEffort
from kewei.keyaccounts.models import Plan as AccountPlan
from kewei.keyaccounts.models import Review as AccountReview
from kewei.membership.models import Benefit, Enrolment, Meeting, Movement
from kewei.orders.models import Order
from kewei.people import queries as people
from kewei.receivables import queries as receivables
from kewei.terminals.models import PoolReturn, Potential, Prospect, Terminal, TwinPair
from kewei.terminals.rules import KINDS, STAGES

TODAY = date(2026, 11, 23)


@pytest.mark.django_db
def test_the_demo_company_lives_two_years_and_adds_up():
    fill(password="kewei-demo-1", today=TODAY)
    zheng, sun = people.person_by_login("zheng"), people.person_by_login("sun")
    assert Terminal.objects.filter(prospect__isnull=True).count() == 300
    assert set(Terminal.objects.values_list("kind", flat=True)) == set(KINDS)
    assert Terminal.objects.values("city").distinct().count() == 3
    assert list(receivables.findings()) == []
    table = receivables.ageing(zheng, TODAY)
    assert table.totals.owed_fen - table.unapplied_fen == table.control_fen
    assert min(table.totals.bucket_fen[:6]) > 0, "open amounts in every bucket of the first year"
    assert 0 < receivables.ageing(sun, TODAY).totals.owed_fen < table.totals.owed_fen
    trust_is_in_every_state()
    debts_are_in_every_state()
    prospects_are_in_every_stage()
    key_accounts_are_planned()
    members_belong()
    a_campaign_had_its_effect()


def a_campaign_had_its_effect():
    told = Outcome.objects.get().told
    assert (told["verdict"], told["compared"]["low"] > 0, told["noted_fen"] > 0) == ("worked", True, True)


def key_accounts_are_planned():
    assert {"draft", "handed_in", "live"} <= set(AccountPlan.objects.values_list("state", flat=True))
    assert AccountReview.objects.get().lines
    assert MonthOfEffort.objects.exists()


def members_belong():
    assert Enrolment.objects.count() > 10
    assert {"granted", "waiting", "refused"} <= set(Benefit.objects.values_list("state", flat=True))
    assert {"earn", "issue", "redeem"} <= set(Movement.objects.values_list("kind", flat=True))
    assert {"closed", "proposed"} <= set(Meeting.objects.values_list("state", flat=True))


def prospects_are_in_every_stage():
    assert set(Prospect.objects.values_list("stage", flat=True)) == set(STAGES)
    assert Terminal.objects.filter(owner=None, prospect__isnull=False).count() > 200
    assert set(Potential.objects.values_list("potential", flat=True)) == {"A", "B", "C"}
    assert TwinPair.objects.filter(decided="").exists()
    assert PoolReturn.objects.exists()


def trust_is_in_every_state():
    states = Counter(Order.objects.values_list("state", flat=True))
    assert {"waiting", "held", "released", "closed", "cancelled"} <= set(states)
    assert set(Score.objects.values_list("grade", flat=True)) == {"A", "B", "C", "D"}
    assert {"waiting", "granted"} <= set(Application.objects.values_list("state", flat=True))
    assert Hold.objects.filter(lifted_at=None).exists()
    assert list(checking.findings()) == []


def debts_are_in_every_state():
    assert set(Promise.objects.values_list("state", flat=True)) >= {"pending", "kept", "broken"}
    assert set(Dispute.objects.values_list("state", flat=True)) >= {"open", "working", "upheld", "rejected"}
    assert set(Letter.objects.values_list("state", flat=True)) >= {"draft", "ready", "sent", "arrived", "returned"}
    for told in (Contact, Reason, Task, Escalation, Exit, Line):
        assert told.objects.exists(), told
    assert Case.objects.filter(closed_on=None).exists()
    assert Case.objects.exclude(closed_on=None).exists()

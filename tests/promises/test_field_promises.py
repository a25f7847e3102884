"""Promise 1 and 5 of the field app: histories of five phones on a bad line. No visit lost, none doubled, no limit broken."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from tests import cast
from tests.phones import Phone
from tests.promises.conftest import histories

from kewei.collecting.models import Promise
from kewei.collecting.rules.promises import LIVE
from kewei.field.models import Command
from kewei.field.queries import pack_of
from kewei.kernel.refusals import Refused
from kewei.people.models import Person
from kewei.receivables import actions as receivables
from kewei.visits.models import Plan, PlanState, Report, Stop, Visit

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
EVENTS = 60
# A request that hangs longer than this has been given up by both ends.
HANGS = timedelta(seconds=100)
# What a clock may be off without being set right, and what a hanging request adds.
EXACT = timedelta(minutes=2) + HANGS
CLOCKS = [0, 1, -1, 180, -180, 2 * 24 * 60, -2 * 24 * 60]


@pytest.fixture
def world(db):
    staff = cast.assemble()
    invoice = receivables.post_invoice(
        terminal=staff.wangs_hospital, number="26420000000000000001", invoice_date=NOW.date() - timedelta(days=90),
        due_date=NOW.date() - timedelta(days=30), total_fen=100_000_00, by=staff.qian, now=NOW,
    )  # fmt: skip
    plan = Plan.objects.create(person=staff.wang, month=NOW.date().replace(day=1), made_by=staff.wang, made_at=NOW)
    PlanState.objects.create(plan=plan, state="released", by=staff.li, at=NOW)
    stops = [
        Stop.objects.create(
            plan=plan, person=staff.wang, terminal=terminal, day=NOW.date(), place=n, arrives=540 + 60 * n, minutes=30,
            metres=0, purposes=["licence"], set_by=staff.wang, set_at=NOW,
        )
        for n, terminal in enumerate((staff.wangs_hospital, staff.wangs_pharmacy))
    ]  # fmt: skip
    return staff, invoice, stops


@dataclass
class History:
    """One history: phones that say things, a line that loses, repeats and reorders, a plan that changes meanwhile."""

    staff: cast.Cast
    invoice: Any
    stops: list[Stop]
    random: Random
    now: datetime = NOW
    phones: list[Phone] = field(default_factory=list)
    up: list[tuple[datetime, Phone, tuple[str, str]]] = field(default_factory=list)
    down: list[tuple[Phone, dict[str, Any]]] = field(default_factory=list)
    arrived: dict[str, datetime] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    promised: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Five phones, so many events, then a line that holds until nothing waits."""
        owners: list[Person] = [self.staff.wang] * 3 + [self.staff.li, self.staff.sun]
        for person in owners:
            off = timedelta(minutes=self.random.choice(CLOCKS))
            self.phones.append(Phone.enrolled(person, self.now, random=Random(self.random.getrandbits(64)), off=off))
        for _event in range(EVENTS):
            self.random.choice(
                [self.check_in, self.check_in, self.report, self.promise, self.reach_for_anothers, self.send, self.send,
                 self.arrive, self.arrive, self.hear, self.hear, self.lose, self.change_the_plan, self.pass_time]
            )()  # fmt: skip
        self.settle()

    # --- what people do ---

    def check_in(self) -> None:
        phone = self.random.choice(self.phones[:4])
        terminal = self.random.choice([self.staff.wangs_hospital, self.staff.wangs_pharmacy])
        stop = self.random.choice([None, *(stop.pk for stop in self.stops if stop.terminal_id == terminal.pk)])
        said = {"arrived_at": (self.now + phone.off).isoformat(), "how": "phone", "purposes": ["licence"]}
        if stop is None or phone.person != self.staff.wang:
            said, stop = said | {"unplanned_why": "顺路"}, None
        key = phone.say("check_in", self.now, terminal=terminal.pk, stop=stop, **said)
        self.arrived[key] = self.now

    def report(self) -> None:
        open_visits = [key for key in self.arrived if key not in self.reported]
        if not open_visits:
            return
        visit = self.random.choice(open_visits)
        phone = next(p for p in self.phones if any(one["key"] == visit for one in p.waiting) or visit in p.told)
        self.reported.add(visit)
        phone.say(
            "report", self.now, visit=visit, left_at=(self.now + phone.off).isoformat(), achieved="missed",
            next_step="再约", next_on=(NOW.date() + timedelta(days=9)).isoformat(),
        )  # fmt: skip

    def promise(self) -> None:
        """Several phones promise the same invoice: one promise is right, more would be too many."""
        phone = self.random.choice(self.phones[:4])
        part = {"due_on": (NOW.date() + timedelta(days=25)).isoformat(), "fen": 100_000_00}
        about = {"terminal": self.staff.wangs_hospital.pk, "items": [self.invoice.pk], "parts": [part]}
        self.promised.add(phone.say("promise", self.now, promiser="欧阳", **about))

    def reach_for_anothers(self) -> None:
        phone = self.phones[4]
        said = {"arrived_at": (self.now + phone.off).isoformat(), "how": "phone", "purposes": ["licence"]}
        self.foreign.add(
            phone.say("check_in", self.now, terminal=self.staff.wangs_hospital.pk, unplanned_why="顺路", **said)
        )

    def change_the_plan(self) -> None:
        stop = self.random.choice(self.stops)
        Stop.objects.filter(pk=stop.pk).update(ended_at=self.now, ended_why="改期")

    # --- what the line does ---

    def send(self) -> None:
        phone = self.random.choice(self.phones)
        self.up.append((self.now, phone, phone.round(self.now, most=self.random.choice([1, 3, 200]))))

    def arrive(self) -> None:
        """Any request that still hangs arrives, in no order; sometimes it arrives again later."""
        self.up = [one for one in self.up if self.now - one[0] <= HANGS]
        if not self.up:
            return
        one = self.random.choice(self.up)
        if self.random.random() < 0.7:
            self.up.remove(one)
        _sent, phone, (text, mark) = one
        try:
            self.down.append((phone, phone.deliver(text, mark, self.now)))
        except Refused:
            return

    def hear(self) -> None:
        if self.down:
            phone, answer = one = self.random.choice(self.down)
            if self.random.random() < 0.7:
                self.down.remove(one)
            phone.hear(answer)

    def lose(self) -> None:
        for lost in (self.up, self.down):
            if lost:
                lost.remove(self.random.choice(lost))

    def pass_time(self) -> None:
        self.now += timedelta(minutes=self.random.choice([1, 30, 600]))

    def settle(self) -> None:
        for phone in self.phones:
            for _again in range(6):
                phone.hear(phone.deliver(*phone.round(self.now), self.now))
                if not phone.waiting:
                    break
        for phone in self.phones:  # what the others told meanwhile
            phone.hear(phone.deliver(*phone.round(self.now), self.now))

    # --- what must hold ---

    def expect_promises_kept(self) -> None:
        told = {key: one for phone in self.phones for key, one in phone.told.items()}
        assert not any(phone.waiting for phone in self.phones)
        visits = {told[key]["made"]["visit"] for key in self.arrived}
        assert len(visits) == len(self.arrived) == Visit.objects.count(), "no visit lost, none doubled"
        for key, at in self.arrived.items():
            visit = Visit.objects.get(pk=told[key]["made"]["visit"])
            assert abs(visit.arrived_at - at) <= EXACT
        assert Report.objects.count() == Report.objects.values("visit").distinct().count() == len(self.reported)
        kept = [key for key in self.promised if told[key]["state"] == "done"]
        assert len(kept) == min(1, len(self.promised)) == Promise.objects.filter(state__in=LIVE).count()
        assert all(told[key]["code"] for key in self.promised if key not in kept)
        assert {told[key]["code"] for key in self.foreign} <= {"not_found"}
        assert Command.objects.count() == len(told)
        for phone in self.phones:
            pack = json.loads(json.dumps(pack_of(phone.person, localdate(self.now), self.now)))
            assert {kind: rows for kind, rows in phone.rows.items() if rows} == {k: v for k, v in pack.items() if v}
        anothers = {str(self.staff.wangs_hospital.pk), str(self.staff.wangs_pharmacy.pk)}
        assert not anothers & set(self.phones[4].rows["terminals"])


@histories(4, 2_000)
def test_no_visit_is_lost_or_doubled_and_no_limit_broken_whatever_the_line_does(world, seeds):
    staff, invoice, stops = world
    for seed in seeds:
        with transaction.atomic():
            history = History(staff, invoice, stops, Random(seed))
            history.run()
            history.expect_promises_kept()
            transaction.set_rollback(True)

"""院外药房: what a pharmacy outside takes is told to be a hospital's demand, from a month on."""

from __future__ import annotations

from datetime import date, datetime

from kewei.flows import facts
from kewei.flows.models import OffSite
from kewei.flows.queries import offsite as queries
from kewei.flows.rules.months import words_of
from kewei.flows.rules.names import OffSiteItself, OffSiteKnown
from kewei.journal.actions import action, record
from kewei.people.models import Person
from kewei.terminals.models import Terminal

REVIEW = "flows.review"


@action
def tell_off_site(*, pharmacy: Terminal, hospital: Terminal, since: date, by: Person, now: datetime) -> OffSite:
    """登记院外药房  This pharmacy serves that hospital's prescriptions from a month on; sales stay where they were posted.

    Raises OffSiteItself, and OffSiteKnown where it serves one already or is itself served.
    """
    by.must(REVIEW, pharmacy)
    by.must(REVIEW, hospital)
    if pharmacy.pk == hospital.pk:
        raise OffSiteItself(name=pharmacy.name)
    if other := queries.live_with(pharmacy.pk, hospital.pk):
        raise OffSiteKnown(name=other.terminal.name, hospital=other.hospital.name)
    told = OffSite.objects.create(
        terminal=pharmacy, hospital=hospital, since=since.replace(day=1), told_by=by, told_at=now
    )
    record(
        facts.OFF_SITE_TOLD, told, by=by, at=now, terminal=pharmacy.pk, hospital=hospital.pk, since=words_of(told.since)
    )  # fmt: skip
    return told


@action
def end_off_site(*, off_site: OffSite, until: date, by: Person, now: datetime) -> None:
    """结束院外药房归属  From the month `until` on the pharmacy counts for itself again; months before stay as they were told."""
    by.must(REVIEW)
    kept = queries.off_site_for(by, off_site.pk)
    OffSite.objects.filter(pk=kept.pk).update(until=until.replace(day=1), ended_by=by, ended_at=now)
    record(
        facts.OFF_SITE_ENDED, kept, by=by, at=now, terminal=kept.terminal_id, hospital=kept.hospital_id,
        until=words_of(until),
    )  # fmt: skip

"""Customers' papers as gates judge them, whoever asks: the gate knows more than the one who orders."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.bulk import ask, these
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals.models import Authorised, Licence, LicenceImage, Suspension, Veto
from kewei.terminals.queries.cards import authorised_for, terminal_for
from kewei.terminals.rules.licences import days_left, ends_on, licence_state, missing_licences
from kewei.terminals.rules.papers import (
    LICENCE_LADDER,
    REQUIRED,
    SCOPE,
    VERIFICATION,
    AuthorisedPerson,
    Finding,
    Paper,
    PaperPolicies,
    Papers,
    Verification,
    VetoOf,
    paper_findings,
    verification_due,
)
from kewei.terminals.rules.words import AUTHORISED_PAPERS


def paper_policies(day: date) -> tuple[PaperPolicies, dict[str, str]]:
    """The versions in force on a day, and their labels by name; one query."""
    found = queries_policies.in_force_all([REQUIRED, LICENCE_LADDER, VERIFICATION, SCOPE], day)
    return policies_of(found), {name: one.label for name, one in found.items()}


def policies_of(found: dict[str, Any]) -> PaperPolicies:
    """The four policies out of any versions fetched together."""
    return PaperPolicies(
        found[REQUIRED.name].value, found[LICENCE_LADDER.name].value, found[VERIFICATION.name].value,
        found[SCOPE.name].value,
    )  # fmt: skip


# Written out, because every order asks this: putting ORM statements together took longer than answering them.
# Rows of (what, customer, key, seven texts, two numbers); 0 stands for a customer that is in no group, -1 for unknown beds.
_PAPERS = """
SELECT 'card', t.id, COALESCE(t.group_id, 0), t.kind, t.ownership, t.size, '', '', '', '', COALESCE(t.beds, -1),
 CASE WHEN EXISTS (SELECT 1 FROM terminals_closure c WHERE c.terminal_id = t.id AND {closed}) THEN 1 ELSE 0 END
 FROM terminals_terminal t WHERE t.id {among}
UNION ALL
SELECT 'veto', terminal_id, id, scope_class, reason, '', '', '', '', '', 0, 0 FROM terminals_veto
 WHERE terminal_id {among} AND {vetoed} AND (until IS NULL OR until >= '{day}')
UNION ALL
SELECT 'authorised', terminal_id, id, CAST(kinds AS TEXT), '', COALESCE(CAST(valid_to AS TEXT), ''), '', '', '', '', 0, 0
 FROM terminals_authorised WHERE terminal_id {among} AND {authorised}
UNION ALL
SELECT 'licence', l.terminal_id, l.id, l.kind, l.number, COALESCE(CAST(l.valid_to AS TEXT), ''),
 COALESCE(CAST(l.verify_by AS TEXT), ''), COALESCE(CAST(l.verified_on AS TEXT), ''), CAST(l.scope AS TEXT),
 COALESCE(CAST(l.inspected_on AS TEXT), ''),
 CASE WHEN l.long_term THEN 1 ELSE 0 END,
 CASE WHEN EXISTS (SELECT 1 FROM terminals_suspension s WHERE s.licence_id = l.id AND {suspended}) THEN 1 ELSE 0 END
 FROM terminals_licence l WHERE l.terminal_id {among} AND {held}
"""


# When each row began and ended: live ones have no end; those of the past had begun and had not ended.
_SPANS = {
    "closed": ("c.closed_at", "c.lifted_at"),
    "vetoed": ("placed_at", "lifted_at"),
    "authorised": ("added_at", "ended_at"),
    "suspended": ("s.placed_at", "s.lifted_at"),
    "held": ("l.recorded_at", "l.ended_at"),
}
_LIVE = {name: f"{end} IS NULL" for name, (_begin, end) in _SPANS.items()}
_THEN = {
    name: f"{begin} < %(before)s AND ({end} IS NULL OR {end} >= %(before)s)" for name, (begin, end) in _SPANS.items()
}


def papers_of(
    terminal_ids: Collection[int], day: date, verification: Verification | None = None, before: datetime | None = None
) -> dict[int, Papers]:
    """Papers of these customers on a day; one query for any number of them. Customers there are not are left out.

    With `before` as they were known then: a paper recorded later does not count, one ended later does, and a check of
    quality made later has not been made. Kind, beds and group of the customer are as they are now.
    """
    if not terminal_ids:
        return {}
    policy = verification or queries_policies.in_force(VERIFICATION, day).value
    one = len(terminal_ids) == 1
    # One customer is asked for by a statement of always the same text, whose plan is kept.
    among, value = ("= %(ids)s", next(iter(terminal_ids))) if one else these(terminal_ids)
    statement = _PAPERS.format(among=among, day=day.isoformat(), **(_THEN if before else _LIVE))
    given = {"ids": value, "before": connection.ops.adapt_datetimefield_value(before)} if before else {"ids": value}
    rows = sorted(ask(statement, given), key=lambda row: row[2])
    cards = {row[1]: row for row in rows if row[0] == "card"}
    kept: defaultdict[tuple[str, int], list[Any]] = defaultdict(list)
    for what, terminal, pk, *values in rows:
        if what != "card" and terminal in cards:
            kind, beds = cards[terminal][3], _beds(cards[terminal][10])
            kept[what, terminal].append(_READ[what](pk, values, kind, beds, policy, day if before else date.max))
    return {
        pk: Papers(
            kind=kind, ownership=ownership, size=size, beds=_beds(beds), closed=bool(closed),
            licences=tuple(kept["licence", pk]), vetoes=tuple(kept["veto", pk]), authorised=tuple(kept["authorised", pk]),
            group=group or None,
        )
        for pk, (_card, _pk, group, kind, ownership, size, _a, _b, _c, _d, beds, closed) in cards.items()
    }  # fmt: skip


def _licence(_pk: int, values: list[Any], kind: str, beds: int | None, policy: Verification, known: date) -> Paper:
    paper, number, valid_to, verify_by, verified_on, scope, inspected_on, long_term, stopped = values
    checked = _day(verified_on)
    read = Paper(
        paper, number, _day(valid_to), bool(long_term), _day(verify_by), tuple(json.loads(scope)), bool(stopped),
        checked if checked and checked <= known else None,
    )  # fmt: skip
    return _with_verification(read, kind, beds, _day(inspected_on) or read.verified_on, policy)


_READ: dict[str, Callable[..., Any]] = {
    "veto": lambda _pk, values, *_more: VetoOf(values[0], values[1]),
    "authorised": lambda pk, values, *_more: AuthorisedPerson(pk, tuple(json.loads(values[0])), _day(values[2])),
    "licence": _licence,
}


def _beds(number: int) -> int | None:
    return None if number < 0 else number


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _with_verification(paper: Paper, kind: str, beds: int | None, last: date | None, policy: Verification) -> Paper:
    """A medical licence without a day of verification is good until the one its last check and its beds give."""
    if paper.kind != "medical" or paper.verify_by is not None:
        return paper
    due = verification_due(kind, beds, last, policy)
    return Paper(
        paper.kind, paper.number, paper.valid_to, paper.long_term, due, paper.scope, paper.suspended, paper.verified_on
    )


def missing_papers(terminal_id: int, day: date) -> list[tuple[str, ...]]:
    """The groups of required papers of which a customer holds none that is good on a day, whoever asks."""
    papers = papers_of([terminal_id], day)[terminal_id]
    required = queries_policies.in_force(REQUIRED, day).value.of(papers.kind)
    return missing_licences(required, [paper.dates for paper in papers.licences if not paper.suspended], day)


@dataclass(frozen=True)
class NamedPerson(AuthorisedPerson):
    """An authorised person with their name, for choosing, and whether a sample of their seal is kept."""

    name: str = ""
    seal: bool = False


def authorised_persons(terminal_id: int) -> list[NamedPerson]:
    """Live authorised persons of a customer, whoever asks, by name."""
    rows = Authorised.objects.filter(terminal=terminal_id, ended_at=None).order_by("name", "pk")
    return [
        NamedPerson(pk, tuple(kinds), valid_to, name, seal is not None)
        for pk, kinds, valid_to, name, seal in rows.values_list("pk", "kinds", "valid_to", "name", "seal")
    ]


def live_vetoes(terminal_id: int, now: datetime) -> list[tuple[int, str, str, date | None, str, datetime]]:
    """Live vetoes of a customer: (pk, class or '', reason, until, who, when), newest first."""
    day = localdate(now)
    rows = Veto.objects.filter(Q(until=None) | Q(until__gte=day), terminal=terminal_id, lifted_at=None)
    fields = ("pk", "scope_class", "reason", "until", "placed_by__name", "placed_at")
    return list(rows.order_by("-pk").values_list(*fields))


@dataclass(frozen=True)
class HeldPaper:
    """A licence in the report: what it is, until when, who verified it, its pages; `state` is one of LICENCE_STATES."""

    pk: int
    kind: str
    number: str
    issuer: str
    ends_on: date | None
    long_term: bool
    days_left: int | None
    state: str
    scope: tuple[str, ...]
    verified_how: str
    verified_by: str
    verified_on: date | None
    suspended: str
    images: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True)
class AuthorisedPaper:
    """An authorised person in the report; `good` until the authorisation ends; `letter` and `seal` are names of files."""

    pk: int
    name: str
    id_masked: str
    kinds: tuple[str, ...]
    varieties: str
    valid_to: date | None
    good: bool
    letter: str
    seal: str


@dataclass(frozen=True)
class PaperReport:
    """A customer's papers on a day: what is required, held and missing, and what quality has stopped."""

    required: tuple[tuple[tuple[str, ...], bool], ...]
    held: tuple[HeldPaper, ...]
    authorised: tuple[AuthorisedPaper, ...]
    findings: tuple[Finding, ...]
    vetoes: tuple[tuple[int, str, str, date | None, str, datetime], ...]


def paper_report(person: Person, pk: int, now: datetime) -> PaperReport:
    """The licence report of a customer this person may see. Raises NotFound."""
    terminal_for(person, pk)
    day = localdate(now)
    policies, _labels = paper_policies(day)
    papers = papers_of([pk], day, policies.verification)[pk]
    stopped = dict(Suspension.objects.filter(licence__terminal=pk, lifted_at=None).values_list("licence", "reason"))
    pages: dict[int, list[tuple[int, str, bool]]] = defaultdict(list)
    for key, licence, name, sealed in LicenceImage.objects.filter(licence__terminal=pk, ended_at=None).values_list(
        "pk", "licence", "attachment__filename", "sealed"
    ):
        pages[licence].append((key, name, sealed))
    rows = list(Licence.objects.filter(terminal=pk, ended_at=None).select_related("verified_by").order_by("pk"))
    held = []
    for row, paper in zip(rows, papers.licences, strict=True):
        state, _rung = licence_state(paper.dates, day, policies.ladder)
        held.append(
            HeldPaper(
                row.pk, row.kind, row.number, row.issuer, ends_on(paper.dates), row.long_term, days_left(paper.dates, day),
                state, tuple(row.scope), row.verified_how, row.verified_by.name if row.verified_by else "", row.verified_on,
                stopped.get(row.pk, ""), tuple(pages[row.pk]),
            )
        )  # fmt: skip
    missing = missing_licences(
        policies.required.of(papers.kind), [p.dates for p in papers.licences if not p.suspended], day
    )
    required = tuple((group, group not in missing) for group in policies.required.of(papers.kind))
    return PaperReport(
        required, tuple(held), _authorised_papers(pk, day), paper_findings(papers, day, policies),
        tuple(live_vetoes(pk, now)),
    )  # fmt: skip


def _authorised_papers(terminal_id: int, day: date) -> tuple[AuthorisedPaper, ...]:
    rows = Authorised.objects.filter(terminal=terminal_id, ended_at=None).order_by("name", "pk")
    fields = ("pk", "name", "id_masked", "kinds", "varieties", "valid_to", "letter__filename", "seal__filename")
    return tuple(
        AuthorisedPaper(
            pk,
            name,
            masked,
            tuple(kinds),
            varieties,
            until,
            until is not None and until >= day,
            letter or "",
            seal or "",
        )
        for pk, name, masked, kinds, varieties, until, letter, seal in rows.values_list(*fields)
    )


def authorised_paper(person: Person, pk: int, which: str) -> Any:
    """The letter or seal (rules.AUTHORISED_PAPERS) of an authorised person this person may see. Raises NotFound."""
    if which in AUTHORISED_PAPERS and (found := getattr(authorised_for(person, pk), which)):
        return found
    raise NotFound(noun=N_("扫描件"))


def veto_for(person: Person, pk: int) -> Veto:
    """The veto where this person may see its customer. Raises NotFound."""
    found = Veto.objects.visible_to(person).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("质管否决"))
    return found


def image_of(person: Person, pk: int) -> Any:
    """The attachment of a page of a licence, where this person may see its customer. Raises NotFound."""
    found = LicenceImage.objects.filter(
        pk=pk, ended_at=None, licence__in=Licence.objects.visible_to(person).values("pk")
    ).first()
    if found is None:
        raise NotFound(noun=N_("扫描件"))
    return found.attachment

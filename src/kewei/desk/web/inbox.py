"""待我审批  Everything that waits for this person's decision: applications, orders, surveys, letters, exits, campaigns, benefits,
plans for key accounts, versions of policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.campaigns.queries import campaigns
from kewei.collecting.queries import exits, letters
from kewei.collecting.rules.letters import DRAFT
from kewei.collecting.rules.letters import KINDS as LETTERS
from kewei.collecting.web.exits import steps_words
from kewei.credit.queries import applications, surveys
from kewei.credit.rules.applications import KINDS
from kewei.desk.addresses import address_of
from kewei.journal import queries_policies
from kewei.kernel.ids import new_key
from kewei.kernel.money import yuan
from kewei.keyaccounts.queries import plans
from kewei.membership.actions.benefits import VERB_OF
from kewei.membership.queries import benefits
from kewei.membership.rules.conduct import KINDS as BENEFITS
from kewei.orders import queries as orders
from kewei.orders.web import words as order_words
from kewei.people.rules import ROLES

# Letters of a daily run are sealed from their own list; so many are shown here.
SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """Something to decide: what it is, of whom, since when, where its whole file is; `press` the one-press answer."""

    words: str
    about: str
    customer: str
    note: str
    since: datetime | None
    url: str
    press: str = ""
    press_words: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    tone: str = "info"


@require_GET
def inbox(request):
    """待我审批  Oldest first, by kind; the same rules as on each thing's own page."""
    person, now = request.user, timezone.now()
    person.must(
        "orders.see"
    )  # as its door in the navigation; whoever decides nothing may be somebody's deputy tomorrow
    groups = [
        (_("授信申请"), _applications(person, now)),
        (_("订单放行"), _orders(person)),
        (_("信用调查复核"), _surveys(person)),
        (_("用印审批"), _letters(person)),
        (_("退出决定"), _exits(person)),
        (_("重点产品活动"), _campaigns(person)),
        (_("会员权益"), _benefits(person)),
        (_("大客户计划"), _plans(person)),
        (_("政策版本"), _policies(person)),
    ]
    page = {"groups": [(name, rows) for name, rows in groups if rows], "count": sum(len(rows) for _n, rows in groups)}
    return render(request, "desk/inbox.html", page)


def _applications(person: Any, now: datetime) -> list[Waiting]:
    return [
        Waiting(
            words=f"{_(KINDS[one.row.kind])} {yuan(one.row.wanted_fen)}",
            about=one.row.number,
            customer=one.row.terminal_name,
            note="　".join(
                part
                for part in (
                    one.row.applicant,
                    _(ROLES[one.role].name),
                    _("代 {name}").format(name=one.for_whom_name) if one.for_whom_name else "",
                    _("建议 {fen}").format(fen=yuan(one.row.suggested_fen))
                    if one.row.suggested_fen is not None
                    else "",
                )
                if part
            ),
            since=one.row.applied_at,
            url=address_of("credit:application", one.row.pk),
            press=address_of("credit:opine", one.row.pk),
            press_words=_("同意"),
            fields={"word": "agree", "form_key": new_key(), "stands_in_for": one.for_whom or "", "back": "inbox"},
            tone="bad" if one.row.step_due_at and one.row.step_due_at < now else "info",
        )
        for one in applications.inbox(person, now)
    ]


def _orders(person: Any) -> list[Waiting]:
    if not person.may("orders.release"):
        return []
    return [
        Waiting(
            words=f"{order_words.state(row.state)[0]} {yuan(row.total_fen)}",
            about=row.number,
            customer=row.terminal_name,
            note="　".join(part for part in (row.placed_by, order_words.rules(row.blocked_by)) if part),
            since=row.state_at,
            url=address_of("orders:order", row.pk),
            press=address_of("orders:release", row.pk) if not row.blocked_by and row.state == "waiting" else "",
            press_words=_("放行"),
            fields={"back": "inbox"},
            tone=order_words.state(row.state)[1],
        )
        for row in orders.awaiting_release(person)
    ]


def _surveys(person: Any) -> list[Waiting]:
    if not person.may("credit.review"):
        return []
    return [
        Waiting(
            words=_("信用调查表"),
            about=row.surveyed_on.isoformat(),
            customer=row.terminal_name,
            note=row.surveyor,
            since=None,
            url=address_of("credit:survey", row.pk),
        )
        for row in surveys.waiting_for_review(person, timezone.localdate())
    ]


def _letters(person: Any) -> list[Waiting]:
    if not person.may("collecting.seal"):
        return []
    return [
        Waiting(
            words=f"{_(LETTERS[row.kind].title)} {yuan(row.total_fen)}",
            about=row.number,
            customer=row.terminal_name,
            note=row.drafted_by,
            since=None,
            url=address_of("collecting:letter", row.pk),
        )
        for row in letters.list_letters(person, state=DRAFT, limit=SHOWN)[0]
    ]


def _exits(person: Any) -> list[Waiting]:
    if not person.may("collecting.exit"):
        return []
    rows, _count = exits.list_exits(person, state=exits.WAITING, limit=100)
    return [
        Waiting(
            words=steps_words(row),
            about=yuan(row.overdue_fen),
            customer=row.terminal_name,
            note="　".join(part for part in (row.proposed_by, row.why) if part),
            since=row.proposed_at,
            url=address_of("collecting:exit", row.pk),
        )
        for row in reversed(rows)
        if row.proposed_by_id != person.pk
    ]


def _campaigns(person: Any) -> list[Waiting]:
    return [
        Waiting(
            words=row.product,
            about=row.name,
            customer=row.territory,
            note=row.proposed_by,
            since=None,
            url=address_of("campaigns:campaign", row.pk),
        )
        for row in campaigns.waiting_for_opinion(person)
    ]


def _benefits(person: Any) -> list[Waiting]:
    sides = [side for side, verb in VERB_OF.items() if person.may(verb)]
    return [
        Waiting(
            words=f"{_(BENEFITS[row.kind])} {yuan(row.fen)}",
            about=row.programme,
            customer=row.terminal_name,
            note="　".join(part for part in (row.proposed_by, row.words) if part),
            since=row.proposed_at,
            url=address_of("membership:benefit", row.pk),
        )
        for row in benefits.waiting_for(person, sides, SHOWN)
    ]


def _plans(person: Any) -> list[Waiting]:
    return [
        Waiting(
            words=f"{row.first_on} – {row.last_on}",
            about=_("大客户计划"),
            customer=row.terminal_name,
            note=row.owner_name,
            since=row.state_at,
            url=address_of("keyaccounts:plan", row.pk),
        )
        for row in plans.waiting_for(person, timezone.localdate(), SHOWN)
    ]


def _policies(person: Any) -> list[Waiting]:
    if not person.may("journal.approve_policy"):
        return []
    return [
        Waiting(
            words=_(queries_policies.policy_named(row.name).title),
            about=f"{row.name}@{row.number}",
            customer="",
            note="　".join(part for part in (row.proposed_by, row.reason) if part),
            since=row.proposed_at,
            url=address_of("journal:policy", row.name),
        )
        for row in queries_policies.waiting()
        if row.proposer != person.pk
    ]

"""What is to lie on somebody's phone: their own terminals, a week of stops with their checklists, the products."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kewei.collecting.queries import promises
from kewei.journal import queries_policies
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.people.rules import ROLES
from kewei.products import queries as products
from kewei.receivables import queries as receivables
from kewei.terminals import queries as terminals
from kewei.terminals.queries.briefs import contacts_among
from kewei.terminals.rules import KINDS
from kewei.terminals.rules.prospects import SOURCES
from kewei.visits.queries import checklists as checklists_of
from kewei.visits.queries import plans
from kewei.visits.queries.plans import StopRow
from kewei.visits.rules.checklist import say
from kewei.visits.rules.purposes import MONEY, PURPOSES
from kewei.visits.rules.reporting import ACHIEVED, EXPENSES, FEEDBACK, PARTS, REPORT, WAYS, required_parts
from kewei.visits.rules.roles import MEDICAL, role_of

# A phone is for one's own round: whoever sees a whole company takes along the first so many.
MOST_TERMINALS, MOST_PRODUCTS, MOST_INVOICES, MOST_COLLEAGUES = 600, 300, 30, 200
DAYS_AHEAD = 7
VISITORS = [code for code, role in ROLES.items() if "visits.visit" in role.verbs]
TRADE, PROMISE, PROSPECT = "visits.trade", "collecting.promise", "terminals.prospect"


def pack_of(person: Person, today: date, now: datetime) -> dict[str, dict[str, Any]]:
    """Rows by kind and key for this person's phone; nothing of terminals they do not see, no money for an MR (4.4)."""
    stops = plans.days_of(person, today, today + timedelta(days=DAYS_AHEAD - 1))
    role = role_of({post.role for post in person.held})
    return {
        "me": {"me": {"name": person.name, "roles": sorted({held.role for held in person.held})}},
        "choices": {"choices": _choices(person, role, today)},
        "terminals": _terminals(person),
        "stops": {str(stop.pk): _stop(stop) for stop in stops},
        "checklists": _checklists(person, stops, now),
        "invoices": _invoices(person, stops) if person.may(PROMISE) else {},
        "products": _products(person),
    }


def _choices(person: Person, role: str, today: date) -> dict[str, Any]:
    """What a form offers this person and what a report of theirs needs by kind of terminal, in the language they read."""
    trade = person.may(TRADE)
    purposes = {code: words for code, words in PURPOSES.items() if trade or code not in MONEY}
    offered = {
        "purposes": purposes, "ways": WAYS, "achieved": ACHIEVED, "feedback": FEEDBACK, "expenses": EXPENSES,
        "kinds": KINDS, "sources": SOURCES, "parts": PARTS,
    }  # fmt: skip
    policy = queries_policies.in_force(REPORT, today).value
    needed = {kind: required_parts(kind, role, policy) for kind in KINDS}
    colleagues = [one for one in people.choices_of_people(VISITORS) if one[0] != person.pk][:MOST_COLLEAGUES]
    told = {name: [[code, _(words)] for code, words in words_of.items()] for name, words_of in offered.items()}
    return told | {
        "trade": trade, "medical": role == MEDICAL, "prospects": person.may(PROSPECT), "needed": needed,
        "colleagues": colleagues,
    }  # fmt: skip


def _terminals(person: Person) -> dict[str, Any]:
    rows, _count = terminals.list_terminals(person, limit=MOST_TERMINALS)
    return {
        str(row.pk): {
            "code": row.code, "name": row.name, "kind": row.kind, "city": row.city, "district": row.district,
            "address": row.address,
        }
        for row in rows
    }  # fmt: skip


def _stop(stop: StopRow) -> dict[str, Any]:
    return {
        "terminal": stop.terminal_id, "day": stop.day.isoformat(), "place": stop.place, "arrives": stop.arrives,
        "minutes": stop.minutes, "purposes": list(stop.purposes), "aim": stop.aim, "visited": stop.visit is not None,
    }  # fmt: skip


def _checklists(person: Person, stops: list[StopRow], now: datetime) -> dict[str, Any]:
    """The eighteen lines for every stop with what the house knows; the moment of it is the round's, so rows keep still."""
    found = {}
    for day in sorted({stop.day for stop in stops}):
        keys = [stop.terminal_id for stop in stops if stop.day == day]
        contacts = contacts_among(keys)
        for pk, sheet in checklists_of.checklists(person, keys, day, now).items():
            found[f"{pk}@{day.isoformat()}"] = {
                "purposes": sheet["purposes"],
                "lines": [_line(line) for line in sheet["lines"] if line["code"] != "signature"],
                "contacts": [[one.name, one.job, one.work_phone] for one in contacts.get(pk, ())],
            }
    return found


def _line(line: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"text": say(one["what"], one["numbers"], _), "record": one["record"], "good": one["good"]}
        for one in line["entries"]
    ]
    heading = line["title"]
    return {
        "code": line["code"], "title": _(heading), "wants": line["wants"], "state": line["state"],
        "entries": entries,
    }  # fmt: skip


def _invoices(person: Person, stops: list[StopRow]) -> dict[str, Any]:
    """Open invoices of the week's terminals that nobody has promised yet, for a promise made on the spot; fen."""
    found = {}
    for pk in sorted({stop.terminal_id for stop in stops}):
        owed = receivables.owed_by(person, PROMISE, pk)[:MOST_INVOICES]
        taken = promises.promised([item.pk for item in owed])
        rows = [
            {"entry": item.pk, "number": item.number, "fen": item.open_fen} for item in owed if item.pk not in taken
        ]
        if rows:
            found[str(pk)] = {"rows": rows}
    return found


def _products(person: Person) -> dict[str, Any]:
    if not person.may("products.see"):
        return {}
    rows, _count = products.list_products(person, limit=MOST_PRODUCTS)
    return {str(row.pk): {"name": row.name, "spec": row.spec, "unit": row.unit} for row in rows}

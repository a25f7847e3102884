"""出发前检核: the eighteen lines filled from every room, each entry with its record and its day (domain 2.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from kewei.collecting.queries.briefs import lacking_evidence
from kewei.collecting.rules.ladder import STAGES
from kewei.collecting.rules.letters import KINDS as LETTERS
from kewei.collecting.rules.promises import BROKEN
from kewei.collecting.rules.reasons import NAMES as DISPUTE_REASONS
from kewei.credit.rules.holds import REASONS as HOLDS
from kewei.journal import queries_policies
from kewei.kernel.calendar import month_end
from kewei.kernel.plain import as_json
from kewei.kernel.refusals import N_, NotFound
from kewei.orders.queries.briefs import priced_among
from kewei.orders.rules.says import NAMES as GATE_RULES
from kewei.orders.rules.states import STATES as ORDER_STATES
from kewei.people.models import Person
from kewei.receivables import rules as receivables
from kewei.receivables.rules.sign_backs import STATES as STATEMENT_STATES
from kewei.terminals.rules import LICENCE_KINDS, LICENCE_STATES
from kewei.visits.models import Checklist
from kewei.visits.queries import taking
from kewei.visits.queries.taking import Known
from kewei.visits.rules import checklist as rules
from kewei.visits.rules.checklist import CHECKLIST, Answers, ChecklistPolicy, Entry, Facts, Judged
from kewei.visits.rules.purposes import COLLECT, ORDER, PURPOSES
from kewei.visits.rules.reporting import ACHIEVED
from kewei.visits.rules.roles import blocked
from kewei.visits.rules.wishes import words as wish_words

# Steps of the settlement calendar that fall on a day of every month.
STEPS: dict[str, str] = {"cutoff_day": N_("对账截止"), "handin_day": N_("交票日")}


def checklist(
    person: Person,
    terminal: int,
    day: date,
    now: datetime,
    stop: int | None = None,
    *,
    purposes: Sequence[str] = (),
    answers: Answers | None = None,
) -> dict[str, Any]:
    """The lines for one terminal as they stand with what the person has answered. Raises NotFound."""
    found = checklists(person, [terminal], day, now, purposes={terminal: purposes}, answers={terminal: answers})
    if terminal not in found or (stop is not None and found[terminal]["stop"] != stop):
        raise NotFound(noun=N_("终端"))
    return found[terminal]


def checklists(
    person: Person,
    terminals: Collection[int],
    day: date,
    now: datetime,
    *,
    purposes: Mapping[int, Sequence[str]] | None = None,
    answers: Mapping[int, Answers | None] | None = None,
) -> dict[int, dict[str, Any]]:
    """The lines for several terminals as plain values, in a number of queries that does not grow with theirs."""
    policy = queries_policies.in_force(CHECKLIST, day)
    filled = fill(taking.known(person, terminals, day, now), purposes or {}, policy.value)
    signed = signed_on(person, filled, day)
    return {
        pk: as_plain(known, facts, rules.judge(facts, (answers or {}).get(pk) or Answers(), policy.value))
        | {"policy": policy.label, "signed": signed.get(pk)}
        for pk, (known, facts) in filled.items()
    }


def policy_of(day: date) -> ChecklistPolicy:
    """What the checklist goes by on a day."""
    return queries_policies.in_force(CHECKLIST, day).value


def fill(
    known: Mapping[int, Known], purposes: Mapping[int, Sequence[str]], policy: ChecklistPolicy
) -> dict[int, tuple[Known, Facts]]:
    """What the rules look at, for each terminal; evidence and prices are asked for only where the purpose needs them."""
    wanted = {pk: taking.purposes_of(one.stop, purposes.get(pk, ())) for pk, one in known.items()}
    thin = _thin({pk: one for pk, one in known.items() if COLLECT in wanted[pk]})
    unpriced = _unpriced({pk: one for pk, one in known.items() if ORDER in wanted[pk]})
    found = {}
    for pk, one in known.items():
        entries = _entries(one, wanted[pk], thin, unpriced.get(pk), policy)
        found[pk] = (one, Facts(one.role, wanted[pk], one.consent_needed, entries))
    return found


def signed_on(person: Person, terminals: Collection[int], day: date) -> dict[int, int]:
    """The checklist this person signed last for each of these terminals and a day; one query."""
    rows = Checklist.objects.filter(person=person, day=day, terminal__in=list(terminals)).order_by("pk")
    return dict(rows.values_list("terminal", "pk"))


def as_plain(known: Known, facts: Facts, judged: Sequence[Judged]) -> dict[str, Any]:
    """A checklist as JSON holds it; what an entry says is for rules.say, in the reader's language."""
    return {
        "terminal": known.terminal,
        "day": known.day.isoformat(),
        "as_of": known.as_of.isoformat(),
        "role": facts.role,
        "stop": known.stop.pk if known.stop else None,
        "purposes": list(facts.purposes),
        "lines": lines_as_plain(judged, known.day),
    }


def as_shown(facts: Facts, shown: Sequence[Mapping[str, Any]]) -> Facts:
    """The same facts with the entries a phone had when it had no network; what it may not do stays the house's to say."""
    entries: dict[str, list[Entry]] = {}
    for line in shown:
        if line.get("code") in rules.BY_CODE:
            entries[line["code"]] = [
                Entry(
                    str(one["what"]), dict(one.get("numbers") or {}), str(one.get("record", "")),
                    date.fromisoformat(one["on"]) if one.get("on") else None, one.get("good"),
                )
                for one in line.get("entries", ())
                if one.get("what") in rules.SAYS
            ]  # fmt: skip
    judged_here = {code: facts.entries[code] for code in ("purpose", "consent") if code in facts.entries}
    return replace(facts, entries=entries | judged_here)


def lines_as_plain(judged: Sequence[Judged], day: date, answers: Answers | None = None) -> list[dict[str, Any]]:
    """The lines as a signed checklist keeps them, with what was answered to each promise."""
    answered = answers.words if answers else {}
    return [
        {
            "number": one.line.number,
            "code": one.line.code,
            "title": one.line.title,
            "wants": one.line.wants,
            "state": one.state,
            "words": one.words,
            "entries": [
                {
                    "what": entry.what,
                    "numbers": as_json(dict(entry.numbers)),
                    "record": entry.record,
                    "on": entry.on.isoformat() if entry.on else None,
                    "days": entry.days(day),
                    "good": entry.good,
                    "text": rules.say(entry.what, entry.numbers),
                    "answer": answered.get(entry.record, "") if entry.record else "",
                }
                for entry in one.entries
            ],
        }
        for one in judged
    ]


# --- filling ----------------------------------------------------------------------------------------------------------


def _entries(
    one: Known,
    purposes: Sequence[str],
    thin: Mapping[int, int],
    unpriced: Sequence[str] | None,
    policy: ChecklistPolicy,
) -> dict[str, list[Entry]]:
    filled: dict[str, Iterator[Entry]] = {
        "purpose": _purpose(one, purposes),
        "consent": _consent(one),
        "card": _card(one),
        "promises": _promises(one),
        "money": _money(one),
        "statement": _statement(one, policy.statement_days),
        "evidence": _evidence(one, thin),
        "calendar": _calendar(one),
        "orders": _orders(one),
        "prices": _prices(unpriced),
        "payment": iter([Entry("only_transfer")]),
        "compliance": iter([Entry("no_gifts")]),
    }
    return {code: list(entries) for code, entries in filled.items()}


def _purpose(one: Known, purposes: Sequence[str]) -> Iterator[Entry]:
    wrong = blocked(purposes, one.role)
    for purpose in purposes:
        what = "purpose_blocked" if purpose in wrong else "purpose"
        yield Entry(what, {"purpose": PURPOSES.get(purpose, purpose)}, good=purpose not in wrong)
    if not purposes:
        yield Entry("purpose_none", good=False)
    if one.stop and one.stop.aim:
        yield Entry("aim", {"aim": one.stop.aim}, f"visits.stop:{one.stop.pk}", one.day)
    for wish in one.wishes:
        yield Entry("wish", {"words": wish_words(wish.says, wish.numbers, str)}, f"visits.wish:{wish.pk}")


def _consent(one: Known) -> Iterator[Entry]:
    if one.stop and one.stop.consented:
        yield Entry("consent_paper", record=f"visits.stop:{one.stop.pk}", good=True)
    elif one.consent_needed:
        yield Entry("consent_needed", good=False)


def _card(one: Known) -> Iterator[Entry]:
    record = f"terminals.terminal:{one.terminal}"
    for paper in one.papers.papers:
        bad = paper.suspended or paper.state == "expired"
        numbers = {
            "licence": LICENCE_KINDS[paper.kind], "number": paper.number, "state": LICENCE_STATES[paper.state],
            "until": paper.ends_on,
        }  # fmt: skip
        yield Entry("licence", numbers, record, good=not bad)
    for group in one.papers.missing:
        yield Entry("licence_missing", {"licence": tuple(LICENCE_KINDS[kind] for kind in group)}, record, good=False)
    for contact in one.contacts:
        numbers = {"name": contact.name, "job": contact.job, "phone": contact.work_phone}
        yield Entry("contact", numbers, f"terminals.contact:{contact.pk}")
    if not one.contacts:
        yield Entry("contact_none", record=record, good=False)
    for visit in one.visits:
        numbers = {
            "day": visit.day, "person": visit.person, "achieved": ACHIEVED.get(visit.achieved, ""), "words": visit.note,
        }  # fmt: skip
        yield Entry("visit", numbers, f"visits.visit:{visit.pk}", visit.day)
    if not one.visits:
        yield Entry("visit_none")


def _promises(one: Known) -> Iterator[Entry]:
    """What either side has open, and what was agreed last time; each that is due wants an answer of its own."""
    if one.collecting is not None:
        for promise in one.collecting.promises:
            numbers = {
                "next_on": promise.next_on,
                "due_on": promise.due_on,
                "fen": promise.fen,
                "paid_fen": promise.paid_fen,
            }
            what, due = ("theirs_broken", True) if promise.state == BROKEN else ("theirs", promise.next_on <= one.day)
            yield Entry(what, numbers, f"collecting.promise:{promise.pk}", promise.made_on, not due)
        for ours in one.collecting.ours:
            numbers = {"due_on": ours.due_on, "words": ours.words, "owner": ours.owner}
            yield Entry(
                "ours", numbers, f"collecting.ourpromise:{ours.pk}", ours.made_on, ours.due_on > one.day
            )  # fmt: skip
    agreed = next((visit for visit in one.visits if visit.next_on is not None), None)
    if agreed and agreed.next_on:
        numbers = {"next_on": agreed.next_on, "words": agreed.next_step, "owner": agreed.next_owner}
        yield Entry("next_step", numbers, f"visits.visit:{agreed.pk}", agreed.day, agreed.next_on > one.day)


def _money(one: Known) -> Iterator[Entry]:
    record = f"terminals.terminal:{one.terminal}"
    if owed := one.money:
        numbers = {name: getattr(owed, name) for name in ("balance_fen", "overdue_fen", "open_count", "unapplied_fen")}
        yield Entry(
            "balance", numbers, f"receivables.open_items:{one.terminal}", owed.oldest_due, owed.overdue_fen == 0
        )
        for code, fen in owed.buckets:
            place = receivables.PAST_DUE.codes.index(code)
            yield Entry("bucket", {"bucket": receivables.PAST_DUE.names[place], "fen": fen}, good=place == 0)
        for item in owed.items:
            if item.days > 0:
                numbers = {
                    "number": item.number, "due_date": item.due_date, "open_fen": item.open_fen, "days": item.days,
                }  # fmt: skip
                yield Entry("invoice", numbers, f"receivables.entry:{item.pk}", item.due_date, False)
    if lent := one.credit:
        if lent.limit_fen is None:
            yield Entry("credit_none", {"exposure_fen": lent.exposure_fen}, record, good=False)
        else:
            numbers = {
                "grade": lent.grade, "limit_fen": lent.limit_fen + lent.temporary_fen, "headroom_fen": lent.headroom_fen,
                "until": lent.limit_until,
            }  # fmt: skip
            yield Entry("credit", numbers, f"credit.file:{one.terminal}", good=lent.headroom_fen > 0)
        for pk, reason, words, on in lent.holds:
            yield Entry("hold", {"reason": HOLDS[reason], "words": words}, f"credit.hold:{pk}", on, False)
    yield from _debt(one)


def _debt(one: Known) -> Iterator[Entry]:
    if one.collecting is None:
        return
    if case := one.collecting.case:
        numbers = {"stage": STAGES[case.stage], "overdue_fen": case.overdue_fen, "items": case.items}
        yield Entry("case", numbers, f"collecting.case:{case.pk}", case.opened_on, False)
    if letter := one.collecting.letter:
        numbers = {"day": letter.day, "letter": LETTERS[letter.kind].title, "total_fen": letter.total_fen}
        yield Entry("letter", numbers, f"collecting.letter:{letter.pk}", letter.day)
    for dispute in one.collecting.disputes:
        numbers = {"number": dispute.number, "fen": dispute.fen, "reason": DISPUTE_REASONS[dispute.reason]}
        yield Entry("dispute", numbers, f"collecting.dispute:{dispute.pk}", dispute.raised_on, False)


def _statement(one: Known, most_days: int) -> Iterator[Entry]:
    if one.money is None:
        return
    if sent := one.statement:
        numbers = {"last": sent.last, "closing_fen": sent.closing_fen, "state": STATEMENT_STATES[sent.state]}
        fresh = sent.on >= one.day - timedelta(days=most_days)
        yield Entry("statement_sent", numbers, f"receivables.statementissued:{sent.pk}", sent.on, fresh)
    else:
        yield Entry("statement_none", good=False)


def _thin(known: Mapping[int, Known]) -> dict[int, int]:
    """Points of overdue invoices among those shown whose evidence is too thin, of all these terminals at once."""
    items = [item.pk for one in known.values() if one.money for item in one.money.items if item.days > 0]
    day = next((one.day for one in known.values()), None)
    return lacking_evidence(items, day) if items and day else {}


def _evidence(one: Known, thin: Mapping[int, int]) -> Iterator[Entry]:
    if one.money is None:
        return
    overdue = [item for item in one.money.items if item.days > 0]
    lacking = [item for item in overdue if item.pk in thin]
    for item in lacking:
        numbers = {"number": item.number, "points": thin[item.pk]}
        yield Entry("thin", numbers, f"collecting.evidence:{item.pk}", item.on, False)
    if overdue and not lacking:
        yield Entry("evidence_whole", good=True)


def _calendar(one: Known) -> Iterator[Entry]:
    """Which step of the customer's settlement comes next, and in how many days (domain 2.2)."""
    if one.money is None:
        return
    kept = one.calendar
    if kept is None:
        yield Entry("calendar_none", record=f"terminals.terminal:{one.terminal}", good=False)
        return
    record = f"terminals.settlement:{kept.pk}"
    for name, words in STEPS.items():
        of_month = getattr(kept, name)
        if of_month:
            days = (next_day_of_month(of_month, one.day) - one.day).days
            yield Entry(
                "step", {"step": words, "day_of_month": of_month, "days": days}, record, kept.set_on, days == 0 or None
            )
    if kept.pay_day or kept.signing_chain:
        yield Entry("pay_day", {"pay_day": kept.pay_day, "chain": kept.signing_chain}, record, kept.set_on)


def next_day_of_month(of_month: int, day: date) -> date:
    """The next day of this number from a day on; the last of a month that is shorter."""
    this = min(day.replace(day=1) + timedelta(days=of_month - 1), month_end(day))
    if this >= day:
        return this
    following = month_end(day) + timedelta(days=1)
    return min(following + timedelta(days=of_month - 1), month_end(following))


def _orders(one: Known) -> Iterator[Entry]:
    if one.orders is not None:
        for order in one.orders.newest:
            record = f"orders.order:{order.pk}"
            numbers: dict[str, Any] = {"number": order.number, "total_fen": order.total_fen}
            if order.blocked_by:
                numbers["rules"] = tuple(GATE_RULES.get(rule, rule) for rule in order.blocked_by)
                yield Entry("order_refused", numbers, record, order.on, False)
            else:
                yield Entry("order", numbers | {"state": ORDER_STATES[order.state]}, record, order.on)
        if not one.orders.count:
            yield Entry("order_none")
    if one.bought is not None:
        if one.bought.last_day is None:
            yield Entry("bought_none")
            return
        numbers = {"fen": one.bought.fen, "last_day": one.bought.last_day}
        yield Entry("bought", numbers, f"sales.lines:{one.terminal}", one.bought.last_day)
        for sold in one.bought.products:
            numbers = {
                "name": sold.name, "quantity_milli": sold.quantity_milli, "fen": sold.fen, "last_day": sold.last_day,
            }  # fmt: skip
            yield Entry("product", numbers, f"sales.lines:{one.terminal}", sold.last_day)


def _unpriced(known: Mapping[int, Known]) -> dict[int, list[str]]:
    """Names of products these terminals buy that have no price in force for them, of all of them at once."""
    wanted = {
        pk: (one.card.kind, [sold.product for sold in one.bought.products if sold.product])
        for pk, one in known.items()
        if one.bought
    }
    if not wanted:
        return {}
    priced = priced_among(wanted, next(iter(known.values())).day)
    return {
        pk: [
            sold.name
            for sold in (one.bought.products if one.bought else ())
            if sold.product and sold.product not in priced[pk]
        ]
        for pk, one in known.items()
        if pk in wanted
    }


def _prices(unpriced: Sequence[str] | None) -> Iterator[Entry]:
    if unpriced is None:
        return
    for name in unpriced:
        yield Entry("unpriced", {"name": name}, good=False)
    if not unpriced:
        yield Entry("priced", good=True)

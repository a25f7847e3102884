"""出发前  The one-page brief and the checklist before leaving; both for one terminal, one person and one day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kewei.kernel.refusals import N_
from kewei.people.notices import done
from kewei.receivables.forms import KeyedForm
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.visits import actions
from kewei.visits.queries import checklists, taking
from kewei.visits.queries import visits as queries
from kewei.visits.queries.taking import Known
from kewei.visits.rules import checklist as rules
from kewei.visits.rules.checklist import ACKNOWLEDGE, LOOK, TICK, WRITE, Answers
from kewei.visits.rules.purposes import PURPOSES
from kewei.visits.rules.roles import blocked

SEE, VISIT = "visits.see", "visits.visit"
TICKS: dict[str, str] = {LOOK: N_("已看"), TICK: N_("已备"), ACKNOWLEDGE: N_("知悉")}
# Where a record of an entry has a page: room.noun -> URL name.
PAGES = {
    "collecting.case": "collecting:case",
    "collecting.dispute": "collecting:dispute",
    "collecting.evidence": "collecting:evidence",
    "collecting.letter": "collecting:letter",
    "collecting.ourpromise": "collecting:our_promise",
    "collecting.promise": "collecting:promise",
    "credit.file": "credit:file",
    "orders.order": "orders:order",
    "receivables.entry": "receivables:entry",
    "receivables.statementissued": "receivables:issued",
    "terminals.terminal": "desk:terminal",
    "visits.visit": "visits:visit",
}


class AnswersForm(KeyedForm):
    """What the person did about the lines; its fields are read from the page as they stand."""

    def answers(self) -> Answers:
        """Ticked lines and written words; a name is a line's code or the record of a promise."""
        words = {
            name.removeprefix("words-"): text.strip()[:300]
            for name, text in self.data.items()
            if name.startswith("words-")
        }
        return Answers(frozenset(self.data.getlist("seen")) if self.is_bound else frozenset(), words)  # type: ignore[attr-defined]


def day_of(request: HttpRequest) -> date:
    """The day of an address; today where it says none."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today()


def purposes_in(request: HttpRequest) -> list[str]:
    """Purposes of an address or a form; unknown ones are left out."""
    asked = request.POST.getlist("purpose") if request.method == "POST" else request.GET.getlist("purpose")
    return [code for code in PURPOSES if code in asked]


@require_GET
def brief(request: HttpRequest, terminal: int) -> HttpResponse:
    """拜访简报  Everything about a terminal on one page, to print or to read on the way."""
    request.user.must(SEE)
    day = day_of(request)
    known = taking.known_of(request.user, terminal, day, timezone.now())
    _known, facts = checklists.fill({terminal: known}, {}, checklists.policy_of(day))[terminal]
    page = {
        "known": known, "day": day, "head": head_of(known),
        "parts": [(_(rules.BY_CODE[code].title), _entries(facts.entries[code])) for code in _PARTS if facts.entries.get(code)],
        "checklist_url": f"{reverse('visits:checklist', args=[terminal])}?day={day}",
    }  # fmt: skip
    return render(request, "visits/brief.html", page)


_PARTS = ("purpose", "card", "promises", "money", "statement", "calendar", "orders")


@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest, terminal: int) -> HttpResponse:
    """出发前检核  The eighteen lines, filled; signed when all of them pass."""
    request.user.must(VISIT)
    person, day, purposes = request.user, day_of(request), purposes_in(request)
    place = queries.place_for(person, terminal, VISIT)
    form = AnswersForm(request.POST or None)
    answers = form.answers()
    if form.is_valid():

        def sign() -> int:
            return actions.sign_checklist(
                terminal=place.pk, day=day, purposes=purposes, seen=sorted(answers.seen), words=dict(answers.words),
                by=person, now=timezone.now(),
            ).pk  # fmt: skip

        if pk := or_error(form, lambda: once(request, "sign_checklist", sign)):
            done(request, _("检核已签字，可以出发"))
            return redirect("visits:signed", pk)
    known = taking.known_of(person, terminal, day, timezone.now())
    policy = checklists.policy_of(day)
    facts = checklists.fill({terminal: known}, {terminal: purposes}, policy)[terminal][1]
    judged = rules.judge(facts, answers, policy)
    page = {
        "known": known, "day": day, "form": form, "head": head_of(known),
        "lines": [_line(one, answers) for one in judged],
        "purposes": [
            (code, _(words), code in facts.purposes) for code, words in PURPOSES.items() if not blocked([code], known.role)
        ],
        "brief_url": f"{reverse('visits:brief', args=[terminal])}?day={day}",
    }  # fmt: skip
    return render(request, "visits/checklist.html", page, status=422 if request.method == "POST" else 200)


@require_GET
def signed(request: HttpRequest, pk: int) -> HttpResponse:
    """已签检核  The lines as they stood when they were signed."""
    request.user.must(SEE)
    kept = queries.checklist_for(request.user, pk)
    lines = [_signed_line(one) for one in kept.lines]
    page = {"kept": kept, "lines": lines, "purposes": [_(PURPOSES[code]) for code in kept.purposes]}
    return render(request, "visits/signed.html", page)


def _signed_line(one: dict[str, Any]) -> dict[str, Any]:
    title, state = one["title"], one["state"]
    entries = [
        {
            "text": rules.say(entry["what"], entry["numbers"], _), "days": entry["days"],
            "answer": entry.get("answer", ""), "url": address_of_record(entry["record"]), "tone": _tone(entry["good"]),
        }
        for entry in one["entries"]
    ]  # fmt: skip
    return {
        "number": one["number"], "title": _(title), "state": _(rules.STATES[state]), "tone": rules.TONES[state],
        "words": one["words"], "entries": entries,
    }  # fmt: skip


def head_of(known: Known) -> dict[str, Any]:
    """What stands above a brief and a checklist."""
    card = known.card
    return {
        "name": card.name, "code": card.code,
        "place": " ".join(part for part in (card.province, card.city, card.district, card.address) if part),
        "owner": card.owner_name, "card_url": address("desk:terminal", card.pk),
    }  # fmt: skip


def address_of_record(record: str) -> str:
    """The page of a record as an entry names it ("collecting.promise:12"); nothing where it has none."""
    noun, _colon, pk = record.partition(":")
    return address(PAGES[noun], int(pk)) if noun in PAGES and pk.isdecimal() and len(pk) < 19 else ""


def _line(one: rules.Judged, answers: Answers) -> dict[str, Any]:
    line = one.line
    return {
        "number": line.number, "code": line.code, "title": _(line.title), "state": _(rules.STATES[one.state]),
        "tone": rules.TONES[one.state], "off": one.state == rules.OFF, "entries": _entries(one.entries, answers),
        "ticks": line.wants in TICKS, "ticked": line.code in answers.seen,
        "tick_words": _(TICKS[line.wants]) if line.wants in TICKS else "",
        "writes": (line.wants == WRITE and line.code not in ("promises", "aims")) or line.code in _EXPLAINED,
        "aims": line.code == "aims", "words": one.words, "best": answers.words.get("best", ""),
        "least": answers.words.get("least", ""), "signs": line.code == "signature",
    }  # fmt: skip


# Lines that pass by themselves or with a reason.
_EXPLAINED = ("statement", "evidence", "prices")


def _entries(entries: Any, answers: Answers | None = None) -> list[dict[str, Any]]:
    return [
        {
            "text": rules.say(one.what, one.numbers, _), "days": one.days(today()), "url": address_of_record(one.record),
            "tone": _tone(one.good), "record": one.record,
            "asks": bool(answers is not None and one.good is False and one.what in _PROMISED),
            "answer": answers.words.get(one.record, "") if answers else "",
        }
        for one in entries
    ]  # fmt: skip


_PROMISED = ("theirs", "theirs_broken", "ours", "next_step")


def _tone(good: bool | None) -> str:
    return "" if good is None else "ok" if good else "bad"


BEFORE = [
    path("brief/<int:terminal>/", brief, name="brief"),
    path("checklist/<int:terminal>/", checklist, name="checklist"),
    path("checklists/<int:pk>/", signed, name="signed"),
]

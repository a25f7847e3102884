"""Which action each command of a phone calls: the same ones as the pages, so that there is no second set of rules."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from kewei.collecting import actions as collecting_actions
from kewei.collecting.actions.promises import Said
from kewei.collecting.rules.promises import Part
from kewei.field.models import Arrival, Command, Device
from kewei.field.rules import BadCommand, Body, NeedsEarlier, not_before, read_full
from kewei.kernel.refusals import NotFound
from kewei.people.models import Person
from kewei.terminals import actions as terminals_actions
from kewei.terminals import queries as terminals
from kewei.visits import actions as visits_actions
from kewei.visits.queries import plans, visits

# A correction may be corrected; a chain longer than this is a fault.
MOST_CORRECTIONS = 20
# Characters of a signature: the app draws it small enough.
MOST_SIGNATURE = 12_000
# Why a visit has no stop any more although its phone still had one.
PLAN_CHANGED = "手机离线期间计划已改期或取消"


@dataclass(frozen=True)
class Doing:
    """A command being done: by whose phone, under which key, what it says, when it was meant, the bytes sent with it.

    `clock_off` is how far the phone's clock is before ours, so that every moment it names can be set right.
    """

    device: Device
    key: str
    body: Body
    meant_at: datetime
    clock_off: timedelta
    content: bytes | None
    by: Person
    now: datetime

    def made(self, name: str, kind: str) -> int | None:
        """The key of ours a command refers to, or of what another command made. Raises NeedsEarlier, BadCommand."""
        named = self.body.reference(name)
        return made_under(self.by, named, kind) if isinstance(named, str) else named

    def made_here(self, name: str, kind: str) -> int:
        """The same where something must be named. Raises NeedsEarlier, BadCommand."""
        pk = self.made(name, kind)
        if pk is None:
            raise BadCommand(part=name)
        return pk

    def moment(self, name: str) -> datetime:
        """A moment by our clock, never in the future. Raises BadCommand."""
        return min(self.body.moment(name) - self.clock_off, self.now)

    def stop(self) -> tuple[int | None, str]:
        """The planned visit, and why there is none where the plan changed meanwhile: the house's plan holds."""
        pk = self.body.whole_or_none("stop")
        if pk is None:
            return None, ""
        try:
            stop = plans.stop_for(self.by, pk)
        except NotFound:
            return None, PLAN_CHANGED
        lives = stop.ended_at is None and stop.person_id == self.by.pk
        return (pk, "") if lives else (None, PLAN_CHANGED)


def made_under(person: Person, key: str, kind: str) -> int:
    """What a command of any of this person's phones made, or the command that corrected it. Raises NeedsEarlier."""
    mine = Command.objects.filter(device__person=person)
    for _ in range(MOST_CORRECTIONS):
        kept = mine.filter(key=key).first()
        if kept is not None and kept.done:
            if kind not in kept.made:
                raise BadCommand(part=kind)
            return kept.made[kind]
        # Refused, or not heard of: whatever was written in its stead counts.
        better = mine.filter(corrects=key).order_by("-done", "-pk").first()
        if better is None:
            raise NeedsEarlier
        key = better.key
    raise NeedsEarlier


def _sign_checklist(doing: Doing) -> dict[str, int]:
    """出发前检核  What the person looked at, ticked and wrote, over the figures the phone showed."""
    body, (stop, _why) = doing.body, doing.stop()
    words = Body(_table(body, "words"))
    made = visits_actions.sign_checklist(
        terminal=doing.made_here("terminal", "terminal"), day=_day(body, "day"), purposes=body.texts("purposes"), stop=stop,
        seen=body.texts("seen"), words={name[:60]: words.text(name, 300) for name in words.told}, as_of=doing.moment("as_of"),
        said_at=doing.meant_at, by=doing.by, now=doing.now, key=doing.key,
    )  # fmt: skip
    return {"checklist": made.pk}


def _check_in(doing: Doing) -> dict[str, int]:
    """签到  A visit begins; what was planned when the phone last heard and is no more is visited all the same."""
    body, (stop, changed) = doing.body, doing.stop()
    made = visits_actions.check_in(
        terminal=doing.made_here("terminal", "terminal"), arrived_at=doing.moment("arrived_at"),
        how=body.text("how", 10), purposes=body.texts("purposes"), stop=stop,
        unplanned_why=body.text("unplanned_why", 100) or changed, lat_e6=body.whole_or_none("lat_e6"),
        lon_e6=body.whole_or_none("lon_e6"), accuracy_m=body.whole_or_none("accuracy_m"), consented=body.flag("consented"),
        companions=body.wholes("companions", 10), checklist=doing.made("checklist", "checklist"), said_at=doing.meant_at,
        by=doing.by, now=doing.now, key=doing.key,
    )  # fmt: skip
    return {"visit": made.pk}


def _report(doing: Doing) -> dict[str, int]:
    """拜访记录  What came of a visit, order intents and a promise to pay included."""
    body, visit = doing.body, doing.made_here("visit", "visit")
    left_at = not_before(doing.moment("left_at"), visits.own_visit(doing.by, visit).arrived_at)
    made = visits_actions.report_visit(
        visit=visit, left_at=left_at, achieved=body.text("achieved", 10),
        next_step=body.text("next_step", 200), next_on=_day(body, "next_on"),
        met=[{"name": one.text("name", 60), "job": one.text("job", 60)} for one in body.parts("met", 20)],
        feedback=body.texts("feedback"),
        mentions=[
            {"product": one.whole("product"), "material": one.text("material", 60), "feedback": one.text("feedback", 12)}
            for one in body.parts("mentions", 50)
        ],
        stock=[
            {"product": one.whole("product"), "units": _count(one, "units"), "near_units": _count(one, "near_units"),
             "near_on": one.day("near_on"), "batch": one.text("batch", 40)}
            for one in body.parts("stock")
        ],
        intents=[
            {"product": one.whole("product"), "units": _count(one, "units"), "by_day": one.day("by_day")}
            for one in body.parts("intents")
        ],
        promise=_promised(Body(_table(body, "promise"))), adverse=body.flag("adverse"),
        adverse_note=body.text("adverse_note", 300), competition=body.text("competition", 300),
        expense_fen=_count(body, "expense_fen"), expense_kind=body.text("expense_kind", 20),
        expense_why=body.text("expense_why", 200), note=body.text("note"), why_words=body.text("why_words", 200),
        signature=_signature(body), said_at=doing.meant_at, by=doing.by, now=doing.now, key=doing.key,
    )  # fmt: skip
    return {"report": made.pk}


def _signature(body: Body) -> bytes:
    """What was signed on the screen, a small picture as base64; nothing where nobody signed. Raises BadCommand."""
    try:
        return base64.b64decode(body.text("signature", MOST_SIGNATURE), validate=True)
    except ValueError:
        raise BadCommand(part="signature") from None


def _promised(told: Body) -> dict[str, Any] | None:
    """A promise made on the spot; fen."""
    if not told.told:
        return None
    texts = {name: told.text(name, 60) for name in ("promiser", "job", "authority", "form", "method")}
    parts = [{"due_on": _day(one, "due_on"), "fen": one.whole("fen")} for one in told.parts("parts")]
    return {"items": told.wholes("items"), "parts": parts, **{name: text for name, text in texts.items() if text}}


def _add_photo(doing: Doing) -> dict[str, int]:
    """照片  The bytes came with the command and are those it names; where it tells of a full photo, that one follows."""
    body = doing.body
    visit = doing.made_here("visit", "visit")
    told = Body(_table(body, "full"))
    full = read_full(told) if told.told else None
    content = expect_whole(doing.content, body.text("digest", 64))
    made = visits_actions.add_photo(
        visit=visit, filename="photo.jpg", content=content, says=body.text("says", 100), cleared=body.flag("cleared"),
        full_digest=full.digest if full else "", by=doing.by, now=doing.now, key=doing.key,
    )  # fmt: skip
    if full:
        Arrival.objects.create(device=doing.device, key=doing.key, photo=made, size=full.size, told_at=doing.now)
    return {"photo": made.pk}


def _prospect(doing: Doing) -> dict[str, int]:
    """新潜在客户  A card opened on the spot."""
    body = doing.body
    contact = {"name": body.text("contact_name", 60), "job": body.text("contact_job", 60)}
    card: dict[str, Any] = {
        name: body.text(name, 200) for name in ("province", "city", "district", "address", "credit_code")
    }
    made = terminals_actions.register_prospect(
        name=body.text("name", 120), source=body.text("source", 20), kind=body.text("kind", 20) or "other",
        contact=contact | {"work_phone": body.text("contact_phone", 40)}, next_what=body.text("next_what", 200),
        next_on=body.day("next_on"), by=doing.by, now=doing.now, **{name: text for name, text in card.items() if text},
    )  # fmt: skip
    return {"terminal": made.pk}


def _promise(doing: Doing) -> dict[str, int]:
    """承诺付款  The customer will pay these invoices by these days."""
    body = doing.body
    parts = [Part(_day(one, "due_on"), one.whole("fen")) for one in body.parts("parts")]
    said = Said(
        promiser=body.text("promiser", 60), job=body.text("job", 60), authority=body.text("authority", 20) or "unknown",
        form=body.text("form", 20) or "oral", method=body.text("method", 20) or "transfer",
        condition=body.text("condition", 200), note=body.text("note", 200),
    )  # fmt: skip
    made = collecting_actions.make_promise(
        terminal=terminals.terminal_for(doing.by, doing.made_here("terminal", "terminal")), items=body.wholes("items"),
        parts=parts, said=said, made_on=localdate(doing.meant_at), by=doing.by, now=doing.now,
    )  # fmt: skip
    return {"promise": made.pk}


def _table(body: Body, name: str) -> dict[str, Any]:
    value = body.told.get(name) or {}
    if not isinstance(value, dict) or len(value) > 50:
        raise BadCommand(part=name)
    return value


def _day(body: Body, name: str) -> date:
    day = body.day(name)
    if day is None:
        raise BadCommand(part=name)
    return day


def _count(body: Body, name: str) -> int:
    """A number of things, or fen: nought where none is said."""
    value = body.whole_or_none(name) or 0
    if not 0 <= value < 2**31:
        raise BadCommand(part=name)
    return value


def expect_whole(content: bytes | None, digest: str) -> bytes:
    """The bytes of a photo as its command names them. Raises NeedsEarlier: what was cut off on the way comes again."""
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise NeedsEarlier
    return content


CALLS: dict[str, Callable[[Doing], dict[str, int]]] = {
    "sign_checklist": _sign_checklist,
    "check_in": _check_in,
    "report": _report,
    "add_photo": _add_photo,
    "promise": _promise,
    "prospect": _prospect,
}

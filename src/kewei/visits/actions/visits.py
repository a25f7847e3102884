"""Signing the checklist, checking in, reporting, and what is added to a visit afterwards (domain 2.4, 2.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.utils.timezone import localdate, localtime

from kewei.collecting import actions as collecting_actions
from kewei.collecting.actions.promises import Said as Promised
from kewei.collecting.rules.promises import Part
from kewei.journal import queries_policies
from kewei.journal.actions import action, keep_attachment, once, record
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import actions as terminals_actions
from kewei.visits import facts
from kewei.visits.actions.wishes import wish_for
from kewei.visits.models import (
    AdverseHint,
    Checklist,
    Companion,
    FullPhoto,
    Intent,
    Mention,
    Photo,
    Remark,
    Report,
    StockCount,
    Visit,
    Wish,
)
from kewei.visits.queries import checklists, taking, wishes
from kewei.visits.queries import visits as queries
from kewei.visits.rules import checklist as checklist_rules
from kewei.visits.rules import photos, reporting
from kewei.visits.rules.checklist import CHECKLIST, Answers
from kewei.visits.rules.purposes import check_purposes
from kewei.visits.rules.reporting import REPORT, Met, Said
from kewei.visits.rules.roles import MEDICAL, role_of
from kewei.visits.rules.wishes import AGREED, NEXT, WishGiven

VISIT, TRADE, REMARK, SAFETY = "visits.visit", "visits.trade", "visits.remark", "visits.safety"
FORGET = "visits.forget"
_Model = TypeVar("_Model")


# --- before leaving ---------------------------------------------------------------------------------------------------


@action
def sign_checklist(
    *,
    terminal: int,
    day: date,
    by: Person,
    now: datetime,
    purposes: Sequence[str] = (),
    stop: int | None = None,
    seen: Collection[str] = (),
    words: Mapping[str, str] | None = None,
    shown: Sequence[Mapping[str, Any]] | None = None,
    as_of: datetime | None = None,
    said_at: datetime | None = None,
    key: str = "",
) -> Checklist:
    """出发前检核签字  Keep the eighteen lines as they stand, with what the person looked at, ticked and wrote.

    `seen` are codes of lines; `words` are by code, by record of a promise, and under "best" and "least". A phone that
    had no network sends the lines it had `shown` and the moment they are `as_of`; otherwise they are filled now.
    Raises NotFound, ChecklistBlocked, ChecklistOpen.
    """
    place = queries.place_for(by, terminal, VISIT)
    by.must(VISIT, place)
    asked = [terminal, day, list(purposes), stop, sorted(seen), dict(words or {}), as_of, said_at]

    def do() -> int:
        known = taking.known_of(by, terminal, day, now)
        policy = queries_policies.in_force(CHECKLIST, day)
        facts_now = checklists.fill({terminal: known}, {terminal: purposes}, policy.value)[terminal][1]
        if shown is not None:
            facts_now = checklists.as_shown(facts_now, shown)
        answers = Answers(frozenset(seen), {name: text.strip() for name, text in (words or {}).items()})
        judged = checklist_rules.judge(facts_now, answers, policy.value)
        checklist_rules.check_checklist(judged)
        made = Checklist.objects.create(
            terminal=place, stop_id=queries.stop_of(by, terminal, day, stop), person=by, role=facts_now.role, day=day,
            purposes=list(facts_now.purposes), as_of=as_of or now,
            lines=checklists.lines_as_plain(judged, day, answers), expected=answers.words["objections"][:300],
            best=answers.words["best"][:200], least=answers.words["least"][:200], policy=policy.label,
            signed_at=said_at or now, heard_at=now,
        )  # fmt: skip
        record(facts.CHECKLIST_SIGNED, made, by=by, at=now, terminal=terminal, day=day, role=made.role)
        return made.pk

    return _kept(Checklist, key, "visits.sign_checklist", asked, by, now, do)


# --- there ------------------------------------------------------------------------------------------------------------


@action
def check_in(
    *,
    terminal: int,
    arrived_at: datetime,
    by: Person,
    now: datetime,
    how: str = reporting.POINT,
    purposes: Sequence[str] = (),
    stop: int | None = None,
    unplanned_why: str = "",
    lat_e6: int | None = None,
    lon_e6: int | None = None,
    accuracy_m: int | None = None,
    consented: bool = False,
    companions: Collection[int] = (),
    checklist: int | None = None,
    said_at: datetime | None = None,
    key: str = "",
) -> Visit:
    """签到  A visit begins: who, where, what for; the phone's time and the server's are both kept.

    The place is one point, kept only with consent. A planned stop of the day is found by itself; without one a reason
    is needed. `said_at` is when the person pressed, on a phone long before the server heard of it.
    Raises NotFound, what check_purposes and check_check_in raise, UnplannedWithoutReason, HospitalConsentMissing.
    """
    place = queries.place_for(by, terminal, VISIT)
    by.must(VISIT, place)
    asked = [
        terminal, arrived_at, how, list(purposes), stop, unplanned_why, lat_e6, lon_e6, accuracy_m, consented,
        sorted(companions), checklist, said_at,
    ]  # fmt: skip

    def do() -> int:
        return _arrive(
            place, arrived_at, how, purposes, stop, unplanned_why.strip(), (lat_e6, lon_e6, accuracy_m), consented,
            companions, checklist, said_at or now, by, now,
        )  # fmt: skip

    return _kept(Visit, key, "visits.check_in", asked, by, now, do)


def _arrive(
    place: Any, arrived_at: datetime, how: str, purposes: Sequence[str], stop: int | None, why: str,
    point: tuple[int | None, int | None, int | None], consented: bool, companions: Collection[int],
    checklist: int | None, said_at: datetime, by: Person, now: datetime,
) -> int:  # fmt: skip
    policy = queries_policies.in_force(REPORT, localdate(now))
    lat, lon, accuracy = point
    placed = lat is not None and lon is not None
    reporting.check_check_in(how, localtime(arrived_at), now, placed, consented, policy.value)
    day, role = localdate(arrived_at), role_of({post.role for post in by.held})
    planned = queries.stop_of(by, place.pk, day, stop)
    if planned is None and not why:
        raise reporting.UnplannedWithoutReason
    wanted = check_purposes(purposes or queries.purposes_of_stop(planned), by.may(TRADE))
    signed = queries.checklist_of(by, place.pk, day, checklist)
    consent_given = queries.consent_of(planned, signed)
    if how in reporting.THERE and reporting.needs_consent(place.kind, role, policy.value) and not consent_given:
        raise reporting.HospitalConsentMissing
    visit = Visit.objects.create(
        terminal=place, person=by, role=role, stop_id=planned, unplanned_why="" if planned else why[:100],
        checklist_id=signed, purposes=list(wanted), day=day, arrived_at=arrived_at, heard_at=now, how=how,
        lat_e6=lat if placed else None, lon_e6=lon if placed else None, accuracy_m=accuracy if placed else None,
        consented=consented, away_m=queries.away_m(place.pk, lat, lon),
        late=reporting.is_late(arrived_at, said_at, policy.value), policy=policy.label,
    )  # fmt: skip
    record(
        facts.CHECKED_IN, visit, by=by, at=now, terminal=place.pk, day=day, role=role, purposes=visit.purposes, how=how,
        planned=planned is not None, late=visit.late, away_m=visit.away_m,
    )  # fmt: skip
    for pk in dict.fromkeys(companions):
        _join(visit, people.colleague(pk), by, now)
    terminals_actions.touch_prospects(terminal_ids=[place.pk], verb=VISIT, by=by, now=now)
    return visit.pk


@action
def join_visit(*, visit: int, person: int, by: Person, now: datetime) -> Companion:
    """协访  Somebody came along. Raises NotFound."""
    by.must(VISIT)
    return _join(queries.own_visit(by, visit), people.colleague(person), by, now)


def _join(visit: Visit, person: Person, by: Person, now: datetime) -> Companion:
    made, fresh = Companion.objects.get_or_create(
        visit=visit, person=person, defaults={"added_by": by, "added_at": now}
    )
    if fresh:
        record(facts.COMPANION_JOINED, visit, by=by, at=now, terminal=visit.terminal_id, person=person.pk)
    return made


# --- what came of it --------------------------------------------------------------------------------------------------


@action
def report_visit(
    *,
    visit: int,
    left_at: datetime,
    achieved: str,
    next_step: str,
    next_on: date,
    by: Person,
    now: datetime,
    next_owner: int | None = None,
    met: Sequence[Mapping[str, str]] = (),
    feedback: Sequence[str] = (),
    mentions: Sequence[Mapping[str, Any]] = (),
    stock: Sequence[Mapping[str, Any]] = (),
    intents: Sequence[Mapping[str, Any]] = (),
    promise: Mapping[str, Any] | None = None,
    adverse: bool = False,
    adverse_note: str = "",
    competition: str = "",
    expense_fen: int = 0,
    expense_kind: str = "",
    expense_why: str = "",
    note: str = "",
    why_words: str = "",
    signature: bytes = b"",
    said_at: datetime | None = None,
    key: str = "",
) -> Report:
    """提交拜访记录  What came of a visit, with the next step, its day and its owner, which becomes a wish.

    `met` are {name, job}; `mentions` {product, material, feedback}; `stock` {product, units, near_units, near_on,
    batch}; `intents` {product, units, by_day}; `promise` {items, parts: [{due_on, fen}], promiser, job, authority,
    form, method} and becomes a promise of collecting. A hint of an adverse reaction opens a task for quality.
    Raises NotFound, ReportedAlready, ReportTimes, what check_report raises, and what make_promise raises.
    """
    by.must(VISIT)
    given = {
        "left_at": left_at, "achieved": achieved, "next_step": next_step, "next_on": next_on, "next_owner": next_owner,
        "met": met, "feedback": feedback, "mentions": mentions, "stock": stock, "intents": intents, "promise": promise,
        "adverse": adverse, "adverse_note": adverse_note, "competition": competition, "expense_fen": expense_fen,
        "expense_kind": expense_kind, "expense_why": expense_why, "note": note, "why_words": why_words,
    }  # fmt: skip

    def do() -> int:
        kept = queries.own_visit(by, visit, lock=True)
        if kept.report_id is not None:
            raise reporting.ReportedAlready
        return _report(kept, given, signature, None, "", said_at or now, by, now)

    asked = [visit, given, hashlib.sha256(signature).hexdigest() if signature else "", said_at]
    return _kept(Report, key, "visits.report_visit", asked, by, now, do)


@action
def correct_report(
    *, report: int, why: str, by: Person, now: datetime, key: str = "", said_at: datetime | None = None, **given: Any
) -> Report:
    """更正拜访记录  A new record in place of the newest one, which stays; `given` is as for report_visit.

    Only who made the visit, within the hours of the policy; after that only who may remark on it. A promise is not made
    twice: it is moved in collecting. Raises NotFound, ReportLocked, ReportedAlready, CorrectionWhyMissing, and what
    report_visit raises.
    """
    by.must(VISIT)

    def do() -> int:
        former = queries.report_for(by, report, lock=True)
        visit = former.visit
        leads = by.pk != visit.person_id and by.may(REMARK)
        if by.pk != visit.person_id and not leads:
            raise reporting.ReportLocked(hours=_policy(now).lock_hours)
        if visit.report_id != former.pk:
            raise reporting.ReportedAlready
        if not why.strip():
            raise reporting.CorrectionWhyMissing
        reporting.check_unlocked(queries.first_reported_at(visit.pk), now, leads, _policy(now))
        signature = given.pop("signature", b"")
        whole = {**_BLANK, **given, "promise": None}
        return _report(visit, whole, signature, former, why.strip(), said_at or now, by, now)

    return _kept(Report, key, "visits.correct_report", [report, why, given], by, now, do)


_BLANK: dict[str, Any] = {
    "next_owner": None, "met": (), "feedback": (), "mentions": (), "stock": (), "intents": (), "promise": None,
    "adverse": False, "adverse_note": "", "competition": "", "expense_fen": 0, "expense_kind": "", "expense_why": "",
    "note": "", "why_words": "",
}  # fmt: skip


def _policy(now: datetime) -> reporting.ReportPolicy:
    return queries_policies.in_force(REPORT, localdate(now)).value


def _report(
    visit: Visit, given: dict[str, Any], signature: bytes, former: Report | None, why: str, said_at: datetime, by: Person,
    now: datetime,
) -> int:  # fmt: skip
    policy = _policy(now)
    owner = people.colleague(given["next_owner"]) if given["next_owner"] else visit.person
    reporting.check_times(visit.arrived_at, given["left_at"], now, policy)
    told = _told(visit, given)
    warned = reporting.check_report(told, visit.terminal.kind, visit.role, visit.day, policy)
    if told.trades:
        by.must(TRADE, visit.terminal)
    known = products.named(queries.products_named(given))
    queries.check_products(given, known)
    if given["next_on"] < localdate(now) - timedelta(days=policy.backdated_days):
        raise reporting.NextStepMissing
    promise = _promise(visit, given["promise"], by, now) if given["promise"] else former.promise if former else None
    made = Report.objects.create(
        visit=visit, left_at=given["left_at"], met=[{"name": one.name[:60], "job": one.job[:60]} for one in told.met],
        achieved=told.achieved, feedback=list(told.feedback), adverse=told.adverse,
        adverse_note=told.adverse_note.strip()[:300], competition=told.competition.strip()[:300],
        expense_fen=told.expense_fen, expense_kind=told.expense_kind if told.expense_fen else "",
        expense_why=told.expense_why.strip()[:200], promise=promise, note=given["note"].strip()[:1000], warned=warned,
        why_words=told.why_words.strip()[:200], next_step=told.next_step.strip()[:200], next_on=given["next_on"],
        next_owner=owner, signature=_signature(signature, by, now) or (former.signature if former else None),
        late=reporting.is_late(given["left_at"], said_at, policy), corrects=former, correct_why=why[:200],
        reported_by=by, said_at=said_at, reported_at=now,
    )  # fmt: skip
    _lines(made, given)
    Visit.objects.filter(pk=visit.pk).update(report=made)
    record(
        facts.CORRECTED if former else facts.REPORTED, made, by=by, at=now, terminal=visit.terminal_id, visit=visit.pk,
        day=visit.day, role=visit.role, achieved=made.achieved, next_on=made.next_on, late=made.late, warned=warned,
    )  # fmt: skip
    _wish(visit, made, former, by, now)
    if made.adverse and not (former and former.adverse):
        _open_hint(visit, made, policy, by, now)
    return made.pk


def _told(visit: Visit, given: dict[str, Any]) -> Said:
    met = [Met(one["name"].strip(), one.get("job", "").strip()) for one in given["met"] if one.get("name", "").strip()]
    shown = [one.get("material", "") for one in given["mentions"]]
    texts = [
        given["note"], given["competition"], given["next_step"], given["adverse_note"], given["expense_why"],
        *(one.job for one in met), *shown,
    ]  # fmt: skip
    return Said(
        achieved=given["achieved"], met=met, feedback=tuple(given["feedback"]), mentions=len(given["mentions"]),
        unversioned=sum(not text.strip() for text in shown), stock=len(given["stock"]),
        photos=visit.photos.count(), trades=bool(given["stock"] or given["intents"] or given["promise"]),
        adverse=given["adverse"], adverse_note=given["adverse_note"], competition=given["competition"],
        expense_fen=given["expense_fen"], expense_kind=given["expense_kind"], expense_why=given["expense_why"],
        next_step=given["next_step"], next_on=given["next_on"], texts=texts, why_words=given["why_words"],
    )  # fmt: skip


def _promise(visit: Visit, given: Mapping[str, Any], by: Person, now: datetime) -> int:
    """What the customer promises to pay becomes a promise of collecting, where it is judged."""
    parts = [Part(one["due_on"], one["fen"]) for one in given["parts"]]
    names = ("promiser", "job", "authority", "form", "method", "condition", "note")
    said = Promised(**{name: given[name] for name in names if name in given})
    return collecting_actions.make_promise(
        terminal=visit.terminal, items=list(given["items"]), parts=parts, said=said, made_on=visit.day, by=by, now=now
    ).pk


def _lines(made: Report, given: dict[str, Any]) -> None:
    Mention.objects.bulk_create(
        Mention(
            report=made, product_id=one["product"], material=one.get("material", "").strip()[:60],
            feedback=one.get("feedback", "")[:12],
        )
        for one in given["mentions"]
    )  # fmt: skip
    StockCount.objects.bulk_create(
        StockCount(
            report=made, product_id=one["product"], units=one["units"], near_units=one.get("near_units") or 0,
            near_on=one.get("near_on"), batch=one.get("batch", "").strip()[:40],
        )
        for one in given["stock"]
    )  # fmt: skip
    Intent.objects.bulk_create(
        Intent(report=made, product_id=one["product"], units=one["units"], by_day=one.get("by_day"))
        for one in given["intents"]
    )


def _wish(visit: Visit, made: Report, former: Report | None, by: Person, now: datetime) -> None:
    """The next step wishes for a visit of the same role; a correction's takes the place of the former one."""
    if former is not None:
        Wish.objects.filter(key=queries.wish_key(former.pk), ended_at=None).update(ended_at=now, ended_why="changed")
    policies = wishes.policies(visit.day)
    row = policies.reasons.rows[NEXT]
    given = WishGiven(
        visit.terminal_id, queries.wish_key(made.pk), AGREED, made.next_step, visit.purposes[0], row.weight,
        made.next_on - timedelta(days=row.before), made.next_on + timedelta(days=row.after),
        policies.frequency.minutes(visit.terminal.kind), role=MEDICAL if visit.role == MEDICAL else "",
        numbers={"next_on": made.next_on.isoformat(), "owner": made.next_owner.name, "visit": visit.pk},
    )  # fmt: skip
    wish_for(terminal=visit.terminal, given=given, by=by, now=now)


def _open_hint(visit: Visit, made: Report, policy: reporting.ReportPolicy, by: Person, now: datetime) -> None:
    hint = AdverseHint.objects.create(
        terminal_id=visit.terminal_id, report=made, words=made.adverse_note, heard_at=now,
        due_at=now + timedelta(hours=policy.safety_hours), opened_by=by,
    )  # fmt: skip
    record(facts.ADVERSE_HINT, hint, by=by, at=now, terminal=visit.terminal_id, due_at=hint.due_at, visit=visit.pk)


def _signature(content: bytes, by: Person, now: datetime) -> Any:
    if not content:
        return None
    photos.check_picture(content)
    return keep_attachment(filename="signature", content=content, verb=VISIT, by=by, now=now)


# --- afterwards -------------------------------------------------------------------------------------------------------


@action
def add_photo(
    *,
    visit: int,
    filename: str,
    content: bytes,
    by: Person,
    now: datetime,
    says: str = "",
    cleared: bool = False,
    full_digest: str = "",
    key: str = "",
) -> Photo:
    """添加照片  Without the camera's notes; `cleared`: the person has seen to it that no patient is on it (domain 4.8).

    `full_digest`: this is a small picture, and the full one with that SHA-256 follows (full_photo_comes).
    Raises NotFound, NotAPicture, PictureNotCleared, TooManyPhotos, AttachmentTooLarge.
    """
    by.must(VISIT)

    def do() -> int:
        kept = queries.own_visit(by, visit, lock=True)
        policy = _policy(now)
        photos.check_picture(content)
        photos.check_cleared(cleared, kept.photos.count(), policy.photos)
        reporting.check_words([says], "", policy)
        paper = keep_attachment(filename=filename, content=content, verb=VISIT, by=by, now=now)
        made = Photo.objects.create(
            visit=kept, attachment=paper, says=says.strip()[:100], full_digest=full_digest, added_by=by, added_at=now
        )  # fmt: skip
        record(facts.PHOTO_ADDED, made, by=by, at=now, terminal=kept.terminal_id, visit=kept.pk, digest=paper.digest)
        return made.pk

    asked = [visit, hashlib.sha256(content).hexdigest(), says, cleared, full_digest]
    return _kept(Photo, key, "visits.add_photo", asked, by, now, do)


@action
def full_photo_comes(*, photo: int, content: bytes, by: Person, now: datetime) -> FullPhoto:
    """原图到达  What a photo's small picture was made from, shown in its stead from now on; the second time nothing.

    Raises NotFound, NotTheFullPhoto, NotAPicture, AttachmentTooLarge.
    """
    by.must(VISIT)
    kept = queries.photo_for(by, photo)
    visit = queries.own_visit(by, kept.visit_id, lock=True)
    photos.check_full(content, kept.full_digest)
    if came := FullPhoto.objects.filter(photo=kept).first():
        return came
    paper = keep_attachment(filename=kept.attachment.filename, content=content, verb=VISIT, by=by, now=now)
    made = FullPhoto.objects.create(photo=kept, attachment=paper, came_at=now)
    record(facts.FULL_PHOTO_CAME, kept, by=by, at=now, terminal=visit.terminal_id, visit=visit.pk, digest=paper.digest)
    return made


@action
def remark(*, visit: int, words: str, by: Person, now: datetime) -> Remark:
    """点评  Somebody above says what they think of a visit. Raises NotFound, RemarkOneself, WordsMissing."""
    by.must(REMARK)
    kept = queries.visit_for(by, visit, REMARK)
    if kept.person_id == by.pk:
        raise reporting.RemarkOneself
    if not words.strip():
        raise reporting.WordsMissing
    reporting.check_words([words], "", _policy(now))
    made = Remark.objects.create(visit=kept, words=words.strip()[:500], by=by, at=now)
    record(facts.REMARKED, made, by=by, at=now, terminal=kept.terminal_id, visit=kept.pk)
    return made


@action
def report_adverse(*, hint: int, number: str, by: Person, now: datetime) -> AdverseHint:
    """不良反应已上报  The hint became a report to pharmacovigilance, with its number. Raises NotFound, AdverseDone,
    AdverseNumberMissing.
    """
    by.must(SAFETY)
    kept = queries.hint_for(by, hint, lock=True)
    if kept.done_at is not None:
        raise reporting.AdverseDone
    if not number.strip():
        raise reporting.AdverseNumberMissing
    kept.number, kept.done_by, kept.done_at = number.strip()[:60], by, now
    kept.save(update_fields=["number", "done_by", "done_at"])
    record(facts.ADVERSE_REPORTED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number)
    return kept


@action
def forget_places(*, by: Person, now: datetime) -> int:
    """清除签到位置  Places kept longer than the policy allows go; that there was one, and how far away, stays (domain 4.8).

    Answers how many.
    """
    by.must(FORGET)
    before = now - timedelta(days=_policy(now).place_days)
    rows = Visit.objects.filter(heard_at__lt=before, lat_e6__isnull=False)
    count = rows.update(lat_e6=None, lon_e6=None, accuracy_m=None)
    if count:
        record(facts.PLACES_FORGOTTEN, "", by=by, at=now, count=count)
    return count


# --- doing a thing once -----------------------------------------------------------------------------------------------


def _kept(
    model: type[_Model], key: str, verb: str, asked: Any, by: Person, now: datetime, do: Callable[[], int]
) -> _Model:
    """The row `do` made, or made before under the same key: a phone sends again what it has had no answer to."""
    pk = once(key=f"visits:{by.pk}:{key}", verb=verb, body=asked, by=by, now=now, do=do) if key else do()
    return model.objects.get(pk=pk)  # type: ignore[attr-defined]

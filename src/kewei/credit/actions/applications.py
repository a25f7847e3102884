"""Applying for credit and saying what one thinks of it; the last step that agrees puts the limit in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils.timezone import get_default_timezone, localdate

from kewei.credit import facts
from kewei.credit.actions.limits import check_deputy, end_limit, grant_limit
from kewei.credit.models import Application, Opinion
from kewei.credit.queries import applications, files, headroom, limits, standing, surveys
from kewei.credit.rules.applications import (
    AGREEING,
    AUTHORITY,
    KINDS,
    LESS,
    STATES,
    AlreadyWaiting,
    Asked,
    NotWaiting,
    OnlyApplicantWithdraws,
    Wish,
    check_opinion,
    check_red_lines,
    check_wish,
    is_exception,
    outcome,
    roles_now,
    route,
)
from kewei.credit.rules.limits import LIMIT, check_days
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.journal.bulk import next_ids
from kewei.kernel.calendar import add_working_days
from kewei.kernel.plain import as_json
from kewei.kernel.refusals import BadValue
from kewei.people.models import Person
from kewei.terminals import queries as terminals

APPLY, APPROVE, COUNTERSIGN, ESCALATE = (
    "credit.apply",
    "credit.approve",
    "credit.approve_quality",
    "credit.escalate",
)


@action
def apply_for_credit(
    *,
    terminal: Any,
    kind: str,
    wanted_fen: int,
    term_days: int,
    until: date,
    pledged: bool,
    over_reason: str = "",
    for_group: bool = False,
    waives: Sequence[str] = (),
    accepts_bills: bool = False,
    first_order_fen: int = 0,
    by: Person,
    now: datetime,
) -> Application:
    """授信申请  Apply for a limit (fen), a term and their end; the figures of the day are frozen with it.

    `kind` is one of rules.applications.KINDS; a change of term asks for the limit there is. The authority matrix of the
    day says who must agree. Raises what check_wish and check_days raise, and AlreadyWaiting.
    """
    by.must(APPLY, terminal)
    day = localdate(now)
    if kind not in KINDS:
        raise BadValue(field="kind", value=kind, reason="")
    if not 0 <= term_days <= 365:
        raise BadValue(field="term_days", value=str(term_days), reason="")
    headroom.lock_accounts({terminal.pk})  # two at once would both find nothing waiting
    if number := applications.same_waiting(terminal.pk, for_group, kind == "temporary"):
        raise AlreadyWaiting(number=number)
    wish, frozen = _wish(
        terminal, kind, wanted_fen, term_days, until, pledged, over_reason, for_group, waives, first_order_fen, day
    )
    check_wish(wish)
    if kind not in LESS:
        check_days(day, until, queries_policies.in_force(LIMIT, day).value, kind == "temporary")
    matrix = queries_policies.in_force(AUTHORITY, day)
    after_fen = wish.measured_fen + (0 if kind == "temporary" else _temporary_fen(terminal.pk, for_group, day))
    steps = route(
        Asked(
            kind, wish.grade, after_fen, wish.measured_fen, wish.suggested_fen, is_exception(wish),
            tuple(held.role for held in by.held),
        ),
        matrix.value,
    )  # fmt: skip
    pk = next_ids(Application, 1)[0]
    kept = Application.objects.create(
        pk=pk, number=f"S{day:%y%m%d}{pk:05d}", kind=kind, terminal=terminal, for_group=for_group,
        survey_id=frozen["survey"], score_id=frozen["score"], wanted_fen=wanted_fen, wanted_term_days=term_days,
        wanted_until=until, suggested_fen=wish.suggested_fen, suggestion=frozen["suggestion"], file=frozen["file"],
        statutory=frozen["statutory"], over_reason=over_reason.strip()[:500], accepts_bills=accepts_bills,
        pledged=pledged, waives=list(waives), matrix=matrix.label, route=list(steps), applicant=by, applied_at=now,
        step=0, waiting_for=steps[0], step_due_at=_due(day, matrix.value.step_working_days),
    )  # fmt: skip
    record(
        facts.CREDIT_APPLIED, kept, by=by, at=now, terminal=terminal.pk, number=kept.number, kind=kind,
        wanted_fen=wanted_fen, term_days=term_days, suggested_fen=wish.suggested_fen, route=list(steps),
    )  # fmt: skip
    return kept


@action
def give_opinion(
    *,
    application: Any,
    word: str,
    reason: str = "",
    fen: int | None = None,
    term_days: int | None = None,
    stands_in_for: Person | None = None,
    by: Person,
    now: datetime,
) -> Application:
    """审批意见  agree, reduce, condition, return or reject, at one's own step, of somebody else's application.

    A deputy names whom they stand in for. When the last step agrees, the limit is in force. Nobody agrees over a red
    line that nobody may waive, were it found after the application. Raises what check_opinion and check_red_lines raise.
    """
    speaker = stands_in_for or by
    verb = APPROVE if speaker.may(APPROVE) else COUNTERSIGN
    if stands_in_for is not None:
        check_deputy(by, stands_in_for, now)
    kept = applications.application_for(speaker, application.pk, verb)
    speaker.must(verb, kept.terminal)
    if stands_in_for is None:
        by.must(verb, kept.terminal)
    kept = Application.objects.select_for_update(of=("self",)).select_related("terminal").get(pk=kept.pk)
    matrix = queries_policies.version(AUTHORITY, kept.matrix).value
    said = applications.said_of(kept.pk)
    roles = roles_now(kept.route, kept.step, said, matrix.superiors)
    held = {one.role for one in speaker.held}
    before = outcome(kept.route, kept.wanted_fen, kept.wanted_term_days, said)
    check_opinion(
        number=kept.number, state=kept.state, applicant=kept.applicant_id, speaker=by.pk,
        stands_in_for=stands_in_for.pk if stands_in_for else None, speaker_roles=held, roles=roles, said=said, word=word,
        reason=reason, fen=fen, term_days=term_days, so_far=before, own_roles={one.role for one in by.held},
    )  # fmt: skip
    if word in AGREEING and kept.kind not in LESS:
        check_red_lines(standing.standing(kept.terminal_id, localdate(now)).red_lines)
    role = next(one for one in roles if one in held)
    Opinion.objects.create(
        application=kept, step=kept.step, role=role, word=word, fen=fen, term_days=term_days,
        reason=reason.strip()[:500], by=by, stands_in_for=stands_in_for, at=now,
    )  # fmt: skip
    after = outcome(kept.route, kept.wanted_fen, kept.wanted_term_days, applications.said_of(kept.pk))
    _move_on(kept, after, matrix, now)
    record(
        facts.OPINION_GIVEN, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, step=kept.step, role=role,
        word=word, fen=fen, term_days=term_days, reason=reason, stands_in_for=stands_in_for.login if stands_in_for else "",
    )  # fmt: skip
    if after.state == "granted":
        _put_in_force(kept, after, by, stands_in_for, now)
    return kept


@action
def withdraw_application(*, application: Any, by: Person, now: datetime) -> Application:
    """撤回申请  The applicant takes it back before it is decided. Raises OnlyApplicantWithdraws, NotWaiting."""
    by.must(APPLY)
    kept = applications.application_for(by, application.pk, APPLY)
    kept = Application.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if kept.applicant_id != by.pk:
        raise OnlyApplicantWithdraws
    if kept.state != "waiting":
        raise NotWaiting(number=kept.number, found=STATES[kept.state])
    Opinion.objects.create(application=kept, step=kept.step, role="", word="withdraw", by=by, at=now)
    kept.state, kept.waiting_for, kept.step_due_at = "withdrawn", "", None
    kept.save(update_fields=["state", "waiting_for", "step_due_at"])
    record(facts.APPLICATION_WITHDRAWN, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number)
    return kept


@action
def escalate_application(*, application: Any, by: Person, now: datetime) -> Application:
    """超时上报  A step ran out of time: the next superior may speak too. Never an approval. Raises NotWaiting."""
    by.must(ESCALATE)
    kept = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if kept.state != "waiting":
        raise NotWaiting(number=kept.number, found=STATES[kept.state])
    matrix = queries_policies.version(AUTHORITY, kept.matrix).value
    before = roles_now(kept.route, kept.step, applications.said_of(kept.pk), matrix.superiors)
    Opinion.objects.create(application=kept, step=kept.step, role=before[-1], word="escalate", by=by, at=now)
    kept.step_due_at = _due(localdate(now), matrix.step_working_days)
    kept.save(update_fields=["step_due_at"])
    after = roles_now(kept.route, kept.step, applications.said_of(kept.pk), matrix.superiors)
    record(
        facts.APPLICATION_ESCALATED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, step=kept.step,
        roles=list(after),
    )  # fmt: skip
    return kept


def _wish(
    terminal: Any,
    kind: str,
    wanted_fen: int,
    term_days: int,
    until: date,
    pledged: bool,
    over_reason: str,
    for_group: bool,
    waives: Sequence[str],
    first_order_fen: int,
    day: date,
) -> tuple[Wish, dict[str, Any]]:
    """What is applied for, and the figures of the day that are frozen with it."""
    stands = standing.standing(terminal.pk, day)
    survey = surveys.accepted(terminal.pk, day)
    score = surveys.score_of(terminal.pk)
    suggested = files.suggestion(terminal.pk, term_days, day, first_order_fen)
    longest, law = files.terms_of(terminal.pk, stands.grade, day)
    live = limits.live_limit(terminal.pk, for_group=for_group)
    group_left = None
    if stands.group_limit_fen is not None:
        group_left = stands.group_limit_fen - stands.group_exposure_fen
    wish = Wish(
        kind=kind, wanted_fen=wanted_fen, term_days=term_days, grade=stands.grade or "D",
        limit_fen=live.fen if live else None, suggested_fen=suggested.fen, longest_term_days=longest,
        lawful_days=law.most_days if law.applies or law.province_days else None, has_survey=survey is not None,
        has_score=score is not None, pledged=pledged, over_reason=over_reason, group_left_fen=group_left,
        waives=tuple(waives), red_lines=stands.red_lines, until=until, limit_days=live.term_days if live else None,
        limit_until=live.until if live else None, for_group=for_group,
        group_head=not for_group or headroom.group_head(terminal.pk) == terminal.pk,
    )  # fmt: skip
    return wish, {
        "survey": survey.pk if survey else None,
        "score": score,
        "suggestion": as_json(suggested),
        "statutory": as_json(law),
        "file": {
            "twelve_months": as_json(files.twelve_months(terminal.pk, day)),
            "standing": as_json(stands),
            "longest_term_days": longest,
            "papers_missing": len(terminals.missing_papers(terminal.pk, day)),
        },
    }


def _due(day: date, working_days: int) -> datetime:
    """The end of the last working day a step may take."""
    return datetime.combine(add_working_days(day, working_days), time(18, 0), tzinfo=get_default_timezone())


def _temporary_fen(terminal_id: int, for_group: bool, day: date) -> int:
    """What a temporary limit adds on a day: the matrix counts all there will be."""
    live = limits.live_limit(terminal_id, for_group=for_group, temporary=True)
    return live.fen if live is not None and live.until >= day else 0


def _move_on(kept: Application, after: Any, matrix: Any, now: datetime) -> None:
    """Write the summary of where the application stands."""
    waiting = after.state == "waiting"
    kept.state, kept.step = after.state, after.step
    kept.waiting_for = kept.route[after.step] if waiting else ""
    kept.step_due_at = _due(localdate(now), matrix.step_working_days) if waiting else None
    kept.save(update_fields=["state", "step", "waiting_for", "step_due_at"])


def _put_in_force(kept: Application, after: Any, by: Person, stands_in_for: Person | None, now: datetime) -> None:
    """The limit as it was agreed, or its end: a temporary limit ends with the fixed one it stood on."""
    if kept.kind == "cancel":
        for temporary in (True, False):
            if limits.live_limit(kept.terminal_id, for_group=kept.for_group, temporary=temporary) or not temporary:
                end_limit(
                    terminal=kept.terminal, why=kept.number, for_group=kept.for_group, temporary=temporary,
                    stands_in_for=stands_in_for, by=by, now=now,
                )  # fmt: skip
        return
    live = limits.live_limit(kept.terminal_id, for_group=kept.for_group)
    grant_limit(
        terminal=kept.terminal, fen=after.fen, term_days=after.term_days, since=localdate(now), until=kept.wanted_until,
        application=kept, for_group=kept.for_group, temporary=kept.kind == "temporary",
        parts=live.parts if live and kept.kind != "temporary" else None, method=kept.suggestion.get("policy", ""),
        stands_in_for=stands_in_for, by=by, now=now,
    )  # fmt: skip

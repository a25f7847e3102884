"""Clubs and councils: founded, joined, planned, approved, held within a cost cap, minuted, followed up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_
from kewei.membership import facts
from kewei.membership.models import (
    Attendance,
    Club,
    ClubMember,
    Meeting,
    MeetingAction,
    MeetingCost,
    MeetingState,
    Minutes,
)
from kewei.membership.queries import meetings, programmes
from kewei.membership.rules.conduct import LIMITS
from kewei.membership.rules.meetings import (
    APPROVED,
    CLOSED,
    PROPOSED,
    REFUSED,
    STATES,
    ActionDone,
    CameAlready,
    ClubClosed,
    InClubAlready,
    MeetingSaysLittle,
    NobodyCame,
    check_attendance,
    check_cost,
    check_meeting,
)
from kewei.membership.rules.meetings import MeetingState as WrongState
from kewei.membership.rules.programmes import WhyMissing, check_decider
from kewei.people.models import Person

MEET, APPROVE = "membership.meet", "membership.approve"


# --- clubs ------------------------------------------------------------------------------------------------------------


@action
def found_club(*, name: str, purpose: str, programme: int | None = None, by: Person, now: datetime) -> Club:
    """成立友会  Institutions that meet for a purpose. Raises NotFound, MeetingSaysLittle."""
    by.must(MEET)
    if not name.strip() or not purpose.strip():
        raise MeetingSaysLittle(field=N_("名称与目的"))
    kept = programmes.programme_for(by, programme, MEET) if programme else None
    made = Club.objects.create(
        name=name.strip()[:80], purpose=purpose.strip()[:300], programme=kept, owner=by, founded_at=now
    )
    record(facts.CLUB_FOUNDED, made, by=by, at=now, name=made.name)
    return made


@action
def join_club(*, club: int, terminal: Any, by: Person, now: datetime) -> ClubMember:
    """加入友会  Raises NotFound, ClubClosed, InClubAlready."""
    by.must(MEET, terminal)
    kept = _open_club(by, club)
    if ClubMember.objects.filter(club=kept, terminal=terminal, left_at=None).exists():
        raise InClubAlready(customer=terminal.name)
    made = ClubMember.objects.create(club=kept, terminal=terminal, joined_by=by, joined_at=now)
    record(facts.CLUB_JOINED, made, by=by, at=now, terminal=terminal.pk, club=kept.pk)
    return made


@action
def leave_club(*, member: int, by: Person, now: datetime) -> None:
    """退出友会  Raises NotFound."""
    by.must(MEET)
    kept = meetings.club_member_for(by, member, MEET, lock=True)
    kept.left_at = now
    kept.save(update_fields=["left_at"])
    record(facts.CLUB_LEFT, kept, by=by, at=now, terminal=kept.terminal_id, club=kept.club_id)


@action
def close_club(*, club: int, why: str, by: Person, now: datetime) -> Club:
    """解散友会  Its members leave it. Raises NotFound, ClubClosed, WhyMissing."""
    by.must(MEET)
    kept = _open_club(by, club)
    if not why.strip():
        raise WhyMissing
    ClubMember.objects.filter(club=kept, left_at=None).update(left_at=now)
    kept.ended_at, kept.ended_why = now, why.strip()[:200]
    kept.save(update_fields=["ended_at", "ended_why"])
    record(facts.CLUB_ENDED, kept, by=by, at=now, why=kept.ended_why)
    return kept


def _open_club(by: Person, pk: int) -> Club:
    kept = meetings.club_for(by, pk, MEET, lock=True)
    if kept.ended_at is not None:
        raise ClubClosed
    return kept


# --- meetings ---------------------------------------------------------------------------------------------------------


@action
def propose_meeting(
    *,
    kind: str,
    title: str,
    purpose: str,
    agenda: Sequence[str],
    on: date,
    cost_cap_fen: int,
    place: str = "",
    club: int | None = None,
    programme: int | None = None,
    by: Person,
    now: datetime,
) -> Meeting:
    """提出会议  A council or a club's event with purpose, agenda and cost cap; approved before anything is spent.

    Raises NotFound, ClubClosed, MeetingSaysLittle.
    """
    by.must(MEET)
    check_meeting(kind, title, purpose, agenda, cost_cap_fen)
    of_club = _open_club(by, club) if club else None
    made = Meeting.objects.create(
        kind=kind, title=title.strip()[:120], purpose=purpose.strip()[:300],
        agenda=[line.strip()[:200] for line in agenda if line.strip()][:50], on=on, place=place.strip()[:120],
        club=of_club, programme=programmes.programme_for(by, programme, MEET) if programme else None, owner=by,
        cost_cap_fen=cost_cap_fen, proposed_at=now,
    )  # fmt: skip
    _state(made, PROPOSED, "", by, now)
    record(facts.MEETING_PROPOSED, made, by=by, at=now, kind=kind, title=made.title, on=on, cost_cap_fen=cost_cap_fen)
    return made


@action
def raise_cap(*, meeting: int, cost_cap_fen: int, why: str, by: Person, now: datetime) -> Meeting:
    """调整费用上限  Another cap, with the reason; it waits for approval again. Raises NotFound, MeetingState, WhyMissing."""
    by.must(MEET)
    kept = _in_state(by, meeting, MEET, (APPROVED, PROPOSED, REFUSED))
    if not why.strip():
        raise WhyMissing
    check_meeting(kept.kind, kept.title, kept.purpose, kept.agenda, cost_cap_fen)
    kept.cost_cap_fen = cost_cap_fen
    kept.save(update_fields=["cost_cap_fen"])
    _state(kept, PROPOSED, why, by, now)
    record(facts.MEETING_PROPOSED, kept, by=by, at=now, cost_cap_fen=cost_cap_fen, why=why.strip())
    return kept


@action
def decide_meeting(*, meeting: int, agree: bool, why: str = "", by: Person, now: datetime) -> Meeting:
    """审批会议  Raises NotFound, MeetingState, OwnProposal, WhyMissing."""
    by.must(APPROVE)
    kept = _in_state(by, meeting, APPROVE, (PROPOSED,))
    check_decider(meetings.proposer_of(kept), by.pk, agree, why)
    _state(kept, APPROVED if agree else REFUSED, why, by, now)
    record(facts.MEETING_DECIDED, kept, by=by, at=now, agree=agree, why=why.strip())
    return kept


@action
def note_attendance(
    *, meeting: int, terminal: Any, job: str, people: int, proof: Any = None, by: Person, now: datetime
) -> Attendance:
    """登记出席  An institution, a post, and how many; nobody's name. `proof`: the signed list.

    Raises NotFound, MeetingState, BadAttendance, CameAlready.
    """
    by.must(MEET, terminal)
    kept = _in_state(by, meeting, MEET, (APPROVED,))
    check_attendance(job, people)
    if Attendance.objects.filter(meeting=kept, terminal=terminal, job=job).exists():
        raise CameAlready(customer=terminal.name)
    made = Attendance.objects.create(
        meeting=kept, terminal=terminal, job=job, people=people, proof=proof, by=by, at=now
    )
    record(
        facts.CAME, made, by=by, at=now, terminal=terminal.pk, meeting=kept.pk, job=job, people=people,
        digest=proof.digest if proof else "",
    )  # fmt: skip
    return made


@action
def keep_minutes(*, meeting: int, words: str, by: Person, now: datetime) -> Minutes:
    """登记纪要  Raises NotFound, MeetingState, MeetingSaysLittle."""
    by.must(MEET)
    kept = _in_state(by, meeting, MEET, (APPROVED, CLOSED))
    if not words.strip():
        raise MeetingSaysLittle(field=N_("纪要"))
    made = Minutes.objects.create(meeting=kept, words=words.strip()[:4000], by=by, at=now)
    record(facts.MINUTES_KEPT, made, by=by, at=now, meeting=kept.pk)
    return made


@action
def note_cost(
    *, meeting: int, kind: str, fen: int, invoice: str, payee: str, note: str = "", by: Person, now: datetime
) -> MeetingCost:
    """登记会议费用  An invoice of an organisation, within the cap; meals within the cap per head.

    Raises NotFound, MeetingState, CostNeedsInvoice, OverCostCap, OverMealCap.
    """
    by.must(MEET)
    kept = _in_state(by, meeting, MEET, (APPROVED,))
    spent_fen, meals_fen, people = meetings.spent_on(kept)
    limits = queries_policies.in_force(LIMITS, localdate(now)).value
    check_cost(kind, fen, invoice, payee, spent_fen, kept.cost_cap_fen, meals_fen, people, limits.meal_per_head_fen)
    made = MeetingCost.objects.create(
        meeting=kept, kind=kind, fen=fen, invoice=invoice.strip()[:60], payee=payee.strip()[:120],
        note=note.strip()[:200], by=by, at=now,
    )  # fmt: skip
    record(
        facts.MEETING_COST, made, by=by, at=now, meeting=kept.pk, kind=kind, fen=fen, invoice=made.invoice,
        payee=made.payee,
    )  # fmt: skip
    return made


@action
def set_action(*, meeting: int, what: str, owner: Person, due_on: date, by: Person, now: datetime) -> MeetingAction:
    """会议行动  What somebody of ours does about what was said. Raises NotFound, MeetingState, MeetingSaysLittle."""
    by.must(MEET)
    kept = _in_state(by, meeting, MEET, (APPROVED, CLOSED))
    if not what.strip():
        raise MeetingSaysLittle(field=N_("行动"))
    made = MeetingAction.objects.create(meeting=kept, what=what.strip()[:200], owner=owner, due_on=due_on, set_at=now)
    record(facts.MEETING_ACTION_SET, made, by=by, at=now, meeting=kept.pk, owner=owner.pk, due_on=due_on)
    return made


@action
def finish_action(*, item: int, words: str, by: Person, now: datetime) -> MeetingAction:
    """完成会议行动  What came of it. Raises NotFound, ActionDone, MeetingSaysLittle."""
    by.must(MEET)
    kept = meetings.action_for(by, item, MEET, lock=True)
    if kept.done_at is not None:
        raise ActionDone
    if not words.strip():
        raise MeetingSaysLittle(field=N_("结果"))
    kept.done_at, kept.done_words = now, words.strip()[:200]
    kept.save(update_fields=["done_at", "done_words"])
    record(facts.MEETING_ACTION_DONE, kept, by=by, at=now, meeting=kept.meeting_id)
    return kept


@action
def close_meeting(*, meeting: int, by: Person, now: datetime) -> Meeting:
    """办结会议  Once somebody came and there are minutes. Raises NotFound, MeetingState, NobodyCame."""
    by.must(MEET)
    kept = _in_state(by, meeting, MEET, (APPROVED,))
    if not kept.attendance.exists() or not kept.minutes.exists():
        raise NobodyCame
    _state(kept, CLOSED, "", by, now)
    record(facts.MEETING_CLOSED, kept, by=by, at=now)
    return kept


def _in_state(by: Person, pk: int, verb: str, states: Sequence[str]) -> Meeting:
    kept = meetings.meeting_for(by, pk, verb, lock=True)
    if kept.state not in states:
        raise WrongState(title=kept.title, found=STATES[kept.state])
    return kept


def _state(meeting: Meeting, state: str, why: str, by: Person, now: datetime) -> None:
    MeetingState.objects.create(
        meeting=meeting, state=state, cost_cap_fen=meeting.cost_cap_fen, why=why.strip()[:300], by=by, at=now
    )
    meeting.state = state
    meeting.save(update_fields=["state"])

"""Clubs, meetings, who came, what was said, what is to be done, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, Sum

from kewei.kernel.refusals import N_, NotFound
from kewei.membership.models import Club, ClubMember, Meeting, MeetingAction, MeetingCost
from kewei.membership.queries.programmes import SEE
from kewei.membership.rules.meetings import PROPOSED
from kewei.people.models import Person


@dataclass(frozen=True)
class ClubRow:
    """A club in a list."""

    pk: int
    name: str
    purpose: str
    owner: str
    members: int
    founded_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ClubMemberRow:
    """An institution in a club."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    joined_at: datetime


@dataclass(frozen=True)
class MeetingRow:
    """A meeting in a list; fen."""

    pk: int
    kind: str
    title: str
    purpose: str
    on: date
    place: str
    owner_id: int
    owner: str
    cost_cap_fen: int
    cost_fen: int
    people: int
    state: str
    club: str
    programme: str


@dataclass(frozen=True)
class CameRow:
    """Who came: an institution, a post, how many."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    job: str
    people: int
    proof: int | None


@dataclass(frozen=True)
class MeetingCard:
    """A meeting with everything that belongs to it; `proposer` may not decide on it."""

    row: MeetingRow
    proposer: int
    agenda: list[str]
    states: tuple[tuple[str, int, str, str, datetime], ...]
    came: tuple[CameRow, ...]
    minutes: tuple[tuple[str, str, datetime], ...]
    actions: tuple[ActionRow, ...]
    costs: tuple[CostRow, ...]


@dataclass(frozen=True)
class ActionRow:
    """Something to be done after a meeting."""

    pk: int
    what: str
    owner: str
    due_on: date
    done_at: datetime | None
    done_words: str


@dataclass(frozen=True)
class CostRow:
    """An invoice paid for a meeting, fen."""

    pk: int
    kind: str
    fen: int
    invoice: str
    payee: str
    note: str
    by: str


def list_meetings(
    person: Person, *, kind: str = "", state: str = "", text: str = "", start: int = 0, limit: int | None = 50
) -> tuple[list[MeetingRow], int]:
    """Meetings, newest day first, with cost and attendance; three queries."""
    rows = Meeting.objects.visible_to(person, SEE)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(purpose__icontains=text))
    rows = rows.filter(**{name: value for name, value in {"kind": kind, "state": state}.items() if value})
    count = rows.count()
    page = rows.order_by("-on", "-pk")
    keys = list((page[start : start + limit] if limit is not None else page[start:]).values_list("pk", flat=True))
    found = {row.pk: row for row in _rows(keys)}
    return [found[key] for key in keys], count


def _rows(keys: list[int]) -> list[MeetingRow]:
    spent = dict(
        MeetingCost.objects.filter(meeting__in=keys).values_list("meeting").annotate(sum=Sum("fen")).order_by()
    )
    rows: Any = (
        Meeting.objects.filter(pk__in=keys)
        .annotate(came=Sum("attendance__people"))
        .values_list(
            "pk", "kind", "title", "purpose", "on", "place", "owner", "owner__name", "cost_cap_fen", "came", "state",
            "club__name", "programme__name",
        )
    )  # fmt: skip
    return [
        MeetingRow(*[*row[:9], int(spent.get(row[0], 0)), int(row[9] or 0), row[10], row[11] or "", row[12] or ""])
        for row in rows
    ]


def meeting_for(person: Person, pk: int, verb: str = SEE, *, lock: bool = False) -> Meeting:
    """The meeting as far as it exists for this person. Raises NotFound."""
    rows = Meeting.objects.visible_to(person, verb).filter(pk=pk)
    if lock:
        rows = Meeting.objects.select_for_update().filter(pk__in=rows.values("pk"))
    found = rows.first()
    if found is None:
        raise NotFound(noun=N_("会议"))
    return found


def meeting(person: Person, pk: int) -> MeetingCard:
    """A meeting with its states, attendance, minutes, actions and costs; ten queries. Raises NotFound.

    Institutions the person may not see are left out of who came.
    """
    kept = meeting_for(person, pk)
    came = kept.attendance.all().visible_to(person, SEE).order_by("pk")  # type: ignore[attr-defined]
    fields = ("pk", "terminal", "terminal__code", "terminal__name", "job", "people", "proof")
    actions = kept.actions.order_by("due_on", "pk")
    costs = kept.costs.order_by("pk")
    return MeetingCard(
        _rows([pk])[0],
        proposer_of(kept),
        kept.agenda,
        tuple(kept.states.order_by("-pk").values_list("state", "cost_cap_fen", "why", "by__name", "at")),
        tuple(CameRow(*row) for row in came.values_list(*fields)),
        tuple(kept.minutes.order_by("pk").values_list("words", "by__name", "at")),
        tuple(
            ActionRow(*row)
            for row in actions.values_list("pk", "what", "owner__name", "due_on", "done_at", "done_words")
        ),
        tuple(CostRow(*row) for row in costs.values_list("pk", "kind", "fen", "invoice", "payee", "note", "by__name")),
    )


def action_for(person: Person, pk: int, verb: str, *, lock: bool = False) -> MeetingAction:
    """Something to be done after a meeting the person may see; locked for whoever answers it. Raises NotFound."""
    rows = MeetingAction.objects.filter(pk=pk)
    rows = rows.select_for_update() if lock else rows.select_related("meeting")
    found = rows.filter(meeting__in=Meeting.objects.visible_to(person, verb)).first()
    if found is None:
        raise NotFound(noun=N_("会议行动"))
    return found


def proposer_of(meeting_: Meeting) -> int:
    """Who proposed a meeting, or the cap it stands at now: they do not approve it."""
    found = meeting_.states.filter(state=PROPOSED).order_by("-pk").values_list("by", flat=True).first()
    return found or meeting_.owner_id


def spent_on(meeting_: Meeting) -> tuple[int, int, int]:
    """What a meeting has cost, what of it were meals, fen, and how many came."""
    sums = meeting_.costs.aggregate(all=Sum("fen"), meals=Sum("fen", filter=Q(kind="meal")))
    people = meeting_.attendance.aggregate(sum=Sum("people"))["sum"]
    return int(sums["all"] or 0), int(sums["meals"] or 0), int(people or 0)


def list_clubs(person: Person, *, ended: bool = False) -> list[ClubRow]:
    """Clubs by name; one query."""
    rows = Club.objects.visible_to(person, SEE)
    if not ended:
        rows = rows.filter(ended_at=None)
    live = Count("members", filter=Q(members__left_at=None))
    fields = ("pk", "name", "purpose", "owner__name", "count", "founded_at", "ended_at")
    return [ClubRow(*row) for row in rows.annotate(count=live).order_by("name", "pk").values_list(*fields)]


def club_for(person: Person, pk: int, verb: str = SEE, *, lock: bool = False) -> Club:
    """The club as far as it exists for this person. Raises NotFound."""
    rows = Club.objects.visible_to(person, verb).filter(pk=pk)
    if lock:
        rows = Club.objects.select_for_update().filter(pk__in=rows.values("pk"))
    found = rows.first()
    if found is None:
        raise NotFound(noun=N_("友会"))
    return found


def members_of_club(person: Person, club: Club) -> list[ClubMemberRow]:
    """The institutions in a club that the person may see; one query."""
    rows = ClubMember.objects.visible_to(person, SEE).filter(club=club, left_at=None).order_by("pk")
    return [
        ClubMemberRow(*row)
        for row in rows.values_list("pk", "terminal", "terminal__code", "terminal__name", "joined_at")
    ]


def club_member_for(person: Person, pk: int, verb: str, *, lock: bool = False) -> ClubMember:
    """An institution in a club; locked for whoever ends it. Raises NotFound."""
    mine = ClubMember.objects.visible_to(person, verb).filter(pk=pk)
    rows = ClubMember.objects.select_for_update() if lock else ClubMember.objects
    # Asked of the row itself, so that whoever waited for the lock sees that it was left meanwhile.
    found = rows.filter(pk__in=mine.values("pk"), left_at=None).first()
    if found is None:
        raise NotFound(noun=N_("友会成员"))
    return found

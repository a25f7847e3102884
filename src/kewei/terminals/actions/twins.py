"""Finding cards that may be one terminal, making them one, and making them two again (decision 0010)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from kewei.journal.actions import action, record
from kewei.journal.bulk import insert, update
from kewei.people.models import Person
from kewei.terminals import facts
from kewei.terminals.actions.cards import hand_over_quietly, keep_search_line
from kewei.terminals.models import Alias, Closure, Merge, Prospect, SearchLine, Stage, Terminal, TwinPair
from kewei.terminals.queries import twins
from kewei.terminals.queries.cards import live_closure
from kewei.terminals.rules import matching
from kewei.terminals.rules.merging import NotMerged, PairDecided, check_merge
from kewei.terminals.rules.prospects import DROPPED, OPEN_STAGES

MERGE = "terminals.merge"
SAME, APART = "same", "apart"


@action
def find_twins(*, by: Person, now: datetime, city: str = "") -> dict[str, int]:
    """查重  Write down every two cards of one city that may be one terminal, with the reasons.

    Pairs somebody has decided stay decided; those nothing speaks for any more go. Answers {"found", "new", "gone"}.
    """
    by.must(MERGE)
    found: dict[tuple[int, int], matching.Match] = {}
    looked_at: set[int] = set()
    for cards in twins.cards_to_compare(by, city):
        looked_at |= {card.pk for card in cards}
        for one, other, match in matching.pairs_within(cards):
            found[one.pk, other.pk] = match
    known = twins.pairs_known(found)
    fresh = [
        (low, high, list(match.reasons), match.score, now, "", None, None, "")
        for (low, high), match in found.items()
        if (low, high) not in known
    ]
    insert(
        TwinPair,
        (
            "low_id", "high_id", "reasons", "score", "found_at", "decided", "decided_by_id", "decided_at", "note",
        ),
        fresh,
    )  # fmt: skip
    changed = [
        (list(found[key].reasons), found[key].score, pair.pk)
        for key, pair in known.items()
        if pair.decided == "" and (pair.score, tuple(pair.reasons)) != (found[key].score, found[key].reasons)
    ]
    update(TwinPair, ("reasons", "score"), changed)
    gone = [
        pk
        for pk, low, high in TwinPair.objects.filter(decided="").values_list("pk", "low", "high")
        if low in looked_at and high in looked_at and (low, high) not in found
    ]
    TwinPair.objects.filter(pk__in=gone).delete()
    made = {"found": len(found), "new": len(fresh), "gone": len(gone)}
    record(facts.TWINS_LOOKED_FOR, city or "", by=by, at=now, **made)
    return made


@action
def tell_apart(*, pair: TwinPair, by: Person, now: datetime, note: str = "") -> TwinPair:
    """不是重复  Two cards look alike and are two terminals; they are not shown again. Raises PairDecided."""
    by.must(MERGE)
    kept = _undecided(twins.pair_for(by, pair.pk).pk)
    kept.decided, kept.decided_by, kept.decided_at, kept.note = APART, by, now, note.strip()[:200]
    kept.save(update_fields=["decided", "decided_by", "decided_at", "note"])
    record(facts.TWINS_APART, kept, by=by, at=now, terminal=kept.low_id, other=kept.high_id, note=kept.note)
    return kept


@action
def merge_terminals(*, kept: Terminal, merged: Terminal, why: str, by: Person, now: datetime) -> Merge:
    """合并  Let one card stand for another. Nothing that points at the merged card is moved.

    The kept card is found by both codes and all names; the merged one is closed, belongs to the same hands and, where it
    was in no group, to the kept one's group, so that what it owes counts against the same limit. Raises MergeWithItself,
    AlreadyMerged, CreditCodesDiffer, MergeWhyMissing.
    """
    by.must(MERGE, kept)
    by.must(MERGE, merged)
    locked = {
        t.pk: t
        for t in Terminal.objects.select_for_update(of=("self",)).filter(pk__in=(kept.pk, merged.pk)).order_by("pk")
    }
    one, other = locked[kept.pk], locked.get(merged.pk, locked[kept.pk])
    live = set(twins.merged_into([one.pk, other.pk]))
    check_merge(one.pk, other.pk, (one.name, other.name), (one.credit_code, other.credit_code), live, why)
    undo: dict[str, Any] = {
        "owner": other.owner_id, "territory": other.territory_id, "group": other.group_id,
        "credit_code": other.credit_code or "", "aliases": _take_names(one, other, by, now),
        "closed": live_closure(other) is None, "stage": _drop(other.pk, by, now),
    }  # fmt: skip
    if undo["closed"]:
        Closure.objects.create(
            terminal=other, reason=f"合并到 {one.code} {one.name}"[:200], closed_by=by, closed_at=now
        )
    if other.credit_code:
        # Unique: the code goes over to the card that stands for both.
        code, other.credit_code = other.credit_code, None
        other.save(update_fields=["credit_code"])
        one.credit_code = code
        one.save(update_fields=["credit_code"])
    group = other.group_id or one.group_id or one.pk
    _hand_over(other, one.owner_id, one.territory_id, group if group != other.pk else None, by, now)
    made = Merge.objects.create(kept=one, merged=other, why=why.strip()[:200], undo=undo, made_by=by, made_at=now)
    keep_search_line(one)
    SearchLine.objects.filter(terminal=other).update(text="")
    low, high = sorted((one.pk, other.pk))
    TwinPair.objects.filter(low=low, high=high).update(decided=SAME, decided_by=by, decided_at=now, note=made.why)
    for pk, role in ((one.pk, "kept"), (other.pk, "merged")):
        record(
            facts.TERMINALS_MERGED, made, by=by, at=now, terminal=pk, role=role, kept=one.code, merged=other.code,
            why=made.why,
        )  # fmt: skip
    return made


@action
def undo_merge(*, merge: Merge, by: Person, now: datetime) -> None:
    """撤销合并  Two cards again: names, hands, group, stage and code go back, unless somebody changed them since.

    Raises NotMerged.
    """
    by.must(MERGE)
    row = Merge.objects.select_for_update().get(pk=twins.merge_for(by, merge.pk).pk)
    if row.undone_at is not None:
        raise NotMerged
    row.undone_by, row.undone_at = by, now
    row.save(update_fields=["undone_by", "undone_at"])
    one, other = (Terminal.objects.select_for_update(of=("self",)).get(pk=pk) for pk in (row.kept_id, row.merged_id))
    undo = row.undo
    Alias.objects.filter(pk__in=undo["aliases"], ended_at=None).update(ended_at=now)
    if undo["credit_code"] and one.credit_code == undo["credit_code"]:
        one.credit_code = None  # two cards never had the same one: what the kept card has came from the merged one
        one.save(update_fields=["credit_code"])
        other.credit_code = undo["credit_code"]
        other.save(update_fields=["credit_code"])
    if undo["closed"]:
        Closure.objects.filter(terminal=other, lifted_at=None).update(lifted_by=by, lifted_at=now)
    _hand_over(other, undo["owner"], undo["territory"], undo["group"], by, now)
    if undo["stage"]:
        _into_stage(other.pk, undo["stage"], "", by, now)
    keep_search_line(one)
    keep_search_line(other)
    TwinPair.objects.filter(Q(low=one, high=other) | Q(low=other, high=one)).update(
        decided="", decided_by=None, decided_at=None, note=""
    )
    for pk in (one.pk, other.pk):
        record(facts.MERGE_UNDONE, row, by=by, at=now, terminal=pk, kept=one.code, merged=other.code)


def _undecided(pk: int) -> TwinPair:
    kept = TwinPair.objects.select_for_update().get(pk=pk)
    if kept.decided:
        raise PairDecided
    return kept


def _take_names(one: Terminal, other: Terminal, by: Person, now: datetime) -> list[int]:
    """What the merged card was called, its code too, as names of the kept one; answers the new aliases."""
    own = {(name, dist) for name, dist in _names(one)} | {(one.name, None), (one.short_name, None), ("", None)}
    wanted: list[tuple[str, str, int | None]] = [
        (other.code, "code", None),
        (other.name, "former", None),
        (other.short_name, "alias", None),
    ]
    wanted += [(a.name, a.kind, a.distributor_id) for a in Alias.objects.filter(terminal=other, ended_at=None)]
    made = []
    for name, kind, distributor in wanted:
        if (name, distributor) in own:
            continue
        own.add((name, distributor))
        alias = Alias.objects.create(
            terminal=one, name=name, kind=kind, distributor_id=distributor, added_by=by, added_at=now
        )
        made.append(alias.pk)
    return made


def _names(terminal: Terminal) -> list[tuple[str, int | None]]:
    return list(Alias.objects.filter(terminal=terminal, ended_at=None).values_list("name", "distributor"))


def _hand_over(
    terminal: Terminal, owner: int | None, territory: int | None, group: int | None, by: Person, now: datetime
) -> None:
    """Into whose hands, territory and group a card comes, so that who sees one of the two sees both."""
    hand_over_quietly(terminal.pk, owner, territory, by, now)
    Terminal.objects.filter(pk=terminal.pk).update(group=group)


def _drop(pk: int, by: Person, now: datetime) -> str:
    """A merged prospect is won no more: dropped as a duplicate; answers the stage it was in, '' for none."""
    kept = Prospect.objects.filter(pk=pk, stage__in=OPEN_STAGES).first()
    if kept is None:
        return ""
    former = kept.stage
    _into_stage(pk, DROPPED, "twin", by, now)
    return former


def _into_stage(pk: int, stage: str, why: str, by: Person, now: datetime) -> None:
    Stage.objects.filter(terminal=pk, until=None).update(until=now)
    Stage.objects.create(terminal_id=pk, stage=stage, since=now, why=why, set_by=by, policy="")
    Prospect.objects.filter(pk=pk).update(stage=stage, stage_since=now, touched_at=now)

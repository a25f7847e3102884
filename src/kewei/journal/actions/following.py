"""Followers read the chain in order, each fact in its own transaction; what fails too often is set aside, in sight."""

import traceback
from datetime import datetime
from time import sleep

from kewei.journal import facts, queries
from kewei.journal.actions.frame import action, record
from kewei.journal.following import Follower, followers
from kewei.journal.models import Place, SetAside
from kewei.journal.rules import FollowerGone, SetAsideDone, StillFails
from kewei.kernel.refusals import N_, NotFound

TRIES = 3
_PAUSE_S = 0.05
_ERROR_CHARACTERS = 4000


def catch_up(*, follower: Follower, by, now: datetime, at_most: int = 1000) -> int:
    """Let a follower read on until it has nothing left, or `at_most` facts; returns how many it read.

    A fact it fails on TRIES times is set aside, and the follower goes on with the next: one bad fact stops nobody.
    """
    by.must("journal.follow")
    read, failed = 0, 0
    while read < at_most:
        try:
            went_on = follow_next(follower=follower, by=by, now=now)
        except Exception:
            failed += 1
            if failed < TRIES:
                sleep(_PAUSE_S * failed)
                continue
            set_aside(follower=follower, error=traceback.format_exc(), tries=failed, by=by, now=now)
            went_on = True
        if not went_on:
            break
        read, failed = read + 1, 0
    return read


@action
def follow_next(*, follower: Follower, by, now: datetime) -> bool:
    """Claim the next fact for a follower, do what it asks for, and move the follower's place: all or nothing.

    False where there is nothing to read. Raises whatever the follower raises.
    """
    by.must("journal.follow")
    place = _place_locked(follower)
    fact = queries.next_fact(place.seq, follower.facts)
    if fact is None:
        return False
    follower.do(fact, now=now)
    Place.objects.filter(pk=place.pk).update(seq=fact.seq)
    return True


@action
def set_aside(*, follower: Follower, error: str, tries: int, by, now: datetime) -> SetAside | None:
    """搁置  Put the follower's next fact aside with its error and step over it; a person can have it tried again."""
    by.must("journal.follow")
    place = _place_locked(follower)
    fact = queries.next_fact(place.seq, follower.facts)
    if fact is None:
        return None
    Place.objects.filter(pk=place.pk).update(seq=fact.seq)
    return SetAside.objects.create(
        follower=follower.name, fact_id=fact.seq, error=error[-_ERROR_CHARACTERS:], tries=tries, at=now
    )


def retry_set_aside(*, pk: int, by, now: datetime) -> SetAside:
    """重试  Try a fact that was set aside again. Raises StillFails (with what went wrong), SetAsideDone, FollowerGone."""
    by.must("journal.retry")
    try:
        return _retry(pk=pk, by=by, now=now)
    except (NotFound, SetAsideDone, FollowerGone):
        raise
    except Exception as failure:
        _failed_again(pk=pk, error=traceback.format_exc(), by=by, now=now)
        raise StillFails(error=str(failure)[:200]) from failure


@action
def drop_set_aside(*, pk: int, reason: str, by, now: datetime) -> SetAside:
    """不再处理  Close a fact that was set aside without doing it, with the reason. Raises SetAsideDone."""
    by.must("journal.retry")
    kept = _open_set_aside(pk)
    SetAside.objects.filter(pk=pk).update(done_at=now)
    record(facts.SET_ASIDE_DROPPED, f"fact:{kept.fact_id}", by=by, at=now, follower=kept.follower, reason=reason)
    kept.done_at = now
    return kept


@action
def _retry(*, pk: int, by, now: datetime) -> SetAside:
    kept = _open_set_aside(pk)
    follower = next((f for f in followers() if f.name == kept.follower), None)
    if follower is None:
        raise FollowerGone(name=kept.follower)
    follower.do(queries.fact(kept.fact_id), now=now)
    SetAside.objects.filter(pk=pk).update(done_at=now)
    record(facts.SET_ASIDE_RETRIED, f"fact:{kept.fact_id}", by=by, at=now, follower=kept.follower)
    kept.done_at = now
    return kept


@action
def _failed_again(*, pk: int, error: str, by, now: datetime) -> None:
    kept = _open_set_aside(pk)
    SetAside.objects.filter(pk=pk).update(tries=kept.tries + 1, error=error[-_ERROR_CHARACTERS:], at=now)


def _open_set_aside(pk: int) -> SetAside:
    kept = SetAside.objects.select_for_update().filter(pk=pk).first()
    if kept is None:
        raise NotFound(noun=N_("搁置事项"))
    if kept.done_at is not None:
        raise SetAsideDone
    return kept


def _place_locked(follower: Follower) -> Place:
    """The follower's place; whoever else runs this follower waits here, so each fact is read once."""
    place, _ = Place.objects.select_for_update().get_or_create(follower=follower.name)
    return place

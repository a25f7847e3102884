"""One verb, one transaction: the frame every action runs in, and how facts are recorded in it."""

import functools
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from kewei.journal import rules
from kewei.journal.models import Fact, Head, Key
from kewei.kernel.refusals import KeyReused, Refused, TryAgain

TRIES = 12
_Do = TypeVar("_Do", bound=Callable[..., Any])


def action(do: _Do) -> _Do:
    """Run a verb in one transaction; facts it records are chained at its end.

    The outermost action retries from the beginning, with the arguments it was given, when the database reports a
    serialization failure or a deadlock: an action must not change its arguments, and reads itself what it decides on.
    An action called by an action joins its transaction. What a refusal leaves is done once everything
    else has been undone.
    Raises TryAgain where the database still refuses after TRIES attempts.
    """

    @functools.wraps(do)
    def run(**given):
        if _depth() > 0:
            return _joined(do, given)
        for attempt in range(TRIES):
            try:
                return _outermost(do, given)
            except OperationalError as failure:
                if connection.in_atomic_block or not _worth_trying_again(failure):
                    raise
                time.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 7)))  # noqa: S311
            except Refused as no:
                for leave in no.leaves:
                    leave()
                raise
        raise TryAgain(tries=TRIES)

    run.__kewei_action__ = True  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]


def record(name: str, subject: Any = None, /, *, by, at: datetime, terminal: int | None = None, **detail) -> None:
    """Record a fact of the running action: who did what to which thing, when, with plain JSON-able details.

    `subject` is a model row (kept as "label:pk") or a text. Chained and written when the outermost action ends.
    """
    if _depth() == 0:
        raise RuntimeError("record() belongs inside an @action")
    about = (
        subject if isinstance(subject, str) else "" if subject is None else f"{subject._meta.label_lower}:{subject.pk}"
    )
    _pending().append((name, about, by.pk if by else None, at, terminal, rules.canonical(detail)))


@action
def once(*, key: str, verb: str, body: Any, by, now: datetime, do: Callable[[], Any]) -> Any:
    """Do something once for a key and answer the same ever after; `do` returns a JSON-able answer.

    Raises KeyReused where the key was used with another verb, body or person.
    """
    mark = rules.digest([verb, by.pk, body])
    kept, fresh = _take_key(key, verb, mark, by, now)
    if not fresh:
        if kept.body != mark:
            raise KeyReused(key=key)
        return kept.answer
    answer = do()
    Key.objects.filter(pk=kept.pk).update(answer=answer)
    return answer


def _take_key(key, verb, mark, by, now) -> tuple[Key, bool]:
    """The key's row and whether this transaction made it; waits for another transaction that is making it."""
    try:
        with transaction.atomic():
            return Key.objects.create(key=key, verb=verb, body=mark, by=by, at=now), True
    except IntegrityError:
        return Key.objects.get(key=key), False


def _worth_trying_again(failure: OperationalError) -> bool:
    state = getattr(failure.__cause__, "sqlstate", None)
    return state in ("40001", "40P01", "55P03") or "locked" in str(failure)


def _depth() -> int:
    return getattr(connection, "kewei_depth", 0)


def _pending() -> list:
    if not hasattr(connection, "kewei_pending"):
        connection.kewei_pending = []  # type: ignore[attr-defined]
    return connection.kewei_pending  # type: ignore[attr-defined]


def _outermost(do, given):
    connection.ensure_connection()
    pending = _pending()
    pending.clear()
    connection.kewei_depth = 1  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            answer = do(**given)
            if pending:
                _append(pending)
        return answer
    finally:
        connection.kewei_depth = 0  # type: ignore[attr-defined]
        pending.clear()


def _joined(do, given):
    pending = _pending()
    before = len(pending)
    connection.kewei_depth += 1  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            return do(**given)
    except BaseException:
        del pending[before:]  # what was undone did not happen
        raise
    finally:
        connection.kewei_depth -= 1  # type: ignore[attr-defined]


def _append(pending: list) -> None:
    """Chain the pending facts. The head row is locked last, so that writers wait for each other only here."""
    head, _ = Head.objects.select_for_update().get_or_create(pk=1, defaults={"seq": 0, "hash": rules.GENESIS})
    seq, previous, rows = head.seq, head.hash, []
    for name, about, by, at, terminal, detail in pending:
        seq += 1
        text = rules.FactText(
            seq, name, at.astimezone(UTC).isoformat(timespec="microseconds"), by, about, terminal, detail
        )
        mark = rules.chain(previous, text)
        rows.append(
            Fact(
                seq=seq,
                name=name,
                at=at,
                by_id=by,
                subject=about,
                terminal=terminal,
                detail=detail,
                previous=previous,
                hash=mark,
            )
        )
        previous = mark
    Fact.objects.bulk_create(rows, batch_size=500)
    Head.objects.filter(pk=1).update(seq=seq, hash=previous)

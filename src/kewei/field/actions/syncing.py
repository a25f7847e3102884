"""A round of a phone: its commands are taken in their order, each once; then it is told what changed (docs/algorithms/sync.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils.timezone import localdate

from kewei.field import facts, rules
from kewei.field.actions.calls import CALLS, Doing
from kewei.field.actions.devices import USE, leave_device
from kewei.field.models import Bookmark, Command, Device, Stopped, Tampering
from kewei.field.queries import pack_of, secret_of
from kewei.field.rules import (
    BadCommand,
    BadMark,
    Body,
    DeviceStopped,
    DeviceStoppedAlready,
    KeyUsed,
    NeedsEarlier,
    RoundOver,
    Tampered,
    TooManyCommands,
)
from kewei.field.rules.commands import MOST_COMMANDS
from kewei.field.rules.devices import COMMAND, GONE, REASONS, ROUND
from kewei.journal.actions import action, record
from kewei.kernel.ids import digest
from kewei.kernel.refusals import Refused, TryAgain
from kewei.people import queries as people
from kewei.people.models import Person

DONE, REFUSED, LATER = "done", "refused", "later"
BOOKMARKS_KEPT = 3
# Evidence, not a store for whoever likes to fill it.
TAMPERINGS_KEPT, CHARACTERS_KEPT = 200, 4_000


@dataclass(frozen=True)
class Told:
    """What came of one command: done, refused with a sentence, or later, which the phone asks again."""

    key: str
    state: str
    code: str = ""
    sentence: str = ""
    made: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The answer to a round: what came of each command, and what the phone puts down and lets go."""

    number: int
    told: tuple[Told, ...]
    change: rules.Change
    now: datetime


def sync(*, device: Device, text: str, mark: str, address: str = "", by: Person, now: datetime) -> Answer:
    """同步  One round of a phone; `text` is exactly what it sent, `mark` its mark under it.

    Every command is a transaction of its own: what was done stays done, whatever becomes of the rest. Raises BadMark,
    BadCommand, TooManyCommands, DeviceStopped, RoundOver.
    """
    _expect_mark(device, ROUND, text, mark, address, now)
    asked = _read_round(text)
    number, sent_at = asked.whole("number"), asked.moment("sent_at")
    commands = asked.parts("commands", MOST_COMMANDS + 1)
    if len(commands) > MOST_COMMANDS:
        raise TooManyCommands(most=MOST_COMMANDS)
    expect_live(device, by, now)
    begin_round(device=device, number=number, by=by, now=now)
    told = [
        _taken(device, one.text("said", 30_000), one.text("mark", 64), sent_at, None, address, by, now)
        for one in commands
    ]
    change = end_round(device=device, number=number, held=asked.whole_or_none("holds"), told=told, by=by, now=now)
    return Answer(number, tuple(told), change, now)


def take_photo(
    *, device: Device, said: str, mark: str, content: bytes, sent_at: datetime, address: str = "", by: Person,
    now: datetime,
) -> Told:  # fmt: skip
    """收照片  One photo, sent apart from the round so that a bad line costs one photo, not a day. Raises DeviceStopped."""
    expect_live(device, by, now)
    return _taken(device, said, mark, sent_at, content, address, by, now)


def sign_off(*, device: Device, text: str, mark: str, address: str = "", by: Person, now: datetime) -> None:
    """退出  The phone says it has wiped itself; one that was stopped before may say so too. Raises BadMark."""
    _expect_mark(device, ROUND, text, mark, address, now)
    with suppress(DeviceStoppedAlready):
        leave_device(device=device, by=by, now=now)


# --- who speaks -------------------------------------------------------------------------------------------------------


def _expect_mark(device: Device, about: str, text: str, mark: str, address: str, now: datetime) -> None:
    secret = secret_of(device)
    # Another key of the house gives other secrets: the phone is not to blame and must be enrolled again.
    if device.digest != digest(secret):
        raise BadMark
    if not rules.is_marked(secret, about, text, mark):
        keep_tampered(device=device, why=about, text=text, mark=mark, address=address, by=people.system(), now=now)
        raise BadMark


def expect_live(device: Device, by: Person, now: datetime) -> None:
    """Refuse a phone that was stopped, or whose person may not use one any more; note that it has been told."""
    stopped = Stopped.objects.filter(device=device).first()
    if stopped is not None:
        if stopped.told_at is None:
            Stopped.objects.filter(pk=stopped.pk, told_at=None).update(told_at=now)
        raise DeviceStopped(reason=REASONS[stopped.why])
    if not by.may(USE):
        raise DeviceStopped(reason=REASONS[GONE])


def _read_round(text: str) -> Body:
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        raise BadCommand(part="JSON") from None
    if not isinstance(asked, dict):
        raise BadCommand(part="JSON")
    return Body(asked)


@action
def keep_tampered(*, device: Device, why: str, text: str, mark: str, address: str, by: Person, now: datetime) -> None:
    """留证  Keep what came in a phone's name and was not its own, up to a number nobody can make us exceed."""
    by.must("field.revoke")
    if Tampering.objects.filter(device=device).count() >= TAMPERINGS_KEPT:
        return
    kept = text[:CHARACTERS_KEPT].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    kept = kept.encode("utf-8", "replace").decode()
    made = Tampering.objects.create(device=device, why=why, text=kept, mark=mark[:64], address=address[:45], at=now)
    record(facts.COMMAND_TAMPERED, device, by=by, at=now, why=why, tampering=made.pk)


# --- a command --------------------------------------------------------------------------------------------------------


def _taken(
    device: Device, said: str, mark: str, sent_at: datetime, content: bytes | None, address: str, by: Person,
    now: datetime,
) -> Told:  # fmt: skip
    """Take one command and say what came of it; a refusal is kept, so that the phone hears the same again."""
    key = _key_of(said)
    if not rules.is_marked(secret_of(device), COMMAND, said, mark):
        keep_tampered(device=device, why=COMMAND, text=said, mark=mark, address=address, by=people.system(), now=now)
        return _refused(key, Tampered())
    try:
        command = rules.read_command(said)
    except Refused as no:
        return _refused(key, no)
    if command.device != device.pk:
        keep_tampered(device=device, why="device", text=said, mark=mark, address=address, by=people.system(), now=now)
        return _refused(key, Tampered())
    off = rules.clock_off(sent_at, now)
    try:
        return take_command(device=device, command=command, text=said, clock_off=off, content=content, by=by, now=now)
    except (NeedsEarlier, TryAgain, DeviceStopped) as no:
        return Told(command.key, LATER, no.code, no.sentence())
    except KeyUsed as no:
        keep_tampered(device=device, why="key", text=said, mark=mark, address=address, by=people.system(), now=now)
        return _refused(command.key, no)
    except Refused as no:
        meant = rules.meant_at(command.said_at, off, now)
        return keep_refusal(device=device, command=command, text=said, meant_at=meant, no=no, by=by, now=now)


@action
def take_command(
    *, device: Device, command: rules.Command, text: str, clock_off: timedelta, content: bytes | None, by: Person,
    now: datetime,
) -> Told:  # fmt: skip
    """执行指令  Do it once for its key by the same action a page would call, in one transaction with the key.

    Raises KeyUsed, NeedsEarlier, DeviceStopped and whatever the action refuses.
    """
    by.must(USE, device)
    kept = _kept(device, command, text)
    if kept is not None:
        return _told(kept)
    meant_at = rules.meant_at(command.said_at, clock_off, now)
    made = CALLS[command.verb](Doing(device, command.key, Body(command.body), meant_at, clock_off, content, by, now))
    row = _keep(device, command, text, meant_at, now, done=True, made=made)
    record(facts.COMMAND_TAKEN, device, by=by, at=now, verb=command.verb, key=command.key, made=made)
    return _told(row)


@action
def keep_refusal(
    *, device: Device, command: rules.Command, text: str, meant_at: datetime, no: Refused, by: Person, now: datetime
) -> Told:
    """留下拒绝  Keep that a command was refused and why; the phone shows it until it is corrected under a new key."""
    by.must(USE, device)
    kept = _kept(device, command, text)
    if kept is not None:
        return _told(kept)
    row = _keep(device, command, text, meant_at, now, done=False, code=no.code[:60], sentence=_whole_sentence(no)[:500])
    record(facts.COMMAND_REFUSED, device, by=by, at=now, verb=command.verb, key=command.key, code=no.code)
    return _told(row)


def _kept(device: Device, command: rules.Command, text: str) -> Command | None:
    """What was kept under the key; of one phone only one command is looked at at a time. Raises KeyUsed, DeviceStopped."""
    Device.objects.select_for_update().get(pk=device.pk)
    if stopped := Stopped.objects.filter(device=device).first():
        raise DeviceStopped(reason=REASONS[stopped.why])
    kept = Command.objects.filter(device=device, key=command.key).first()
    if kept is not None and kept.text_digest != _digest(text):
        raise KeyUsed
    return kept


def _keep(
    device: Device, command: rules.Command, text: str, meant_at: datetime, now: datetime, **outcome: Any
) -> Command:
    return Command.objects.create(
        device=device, key=command.key, place=command.place, verb=command.verb, body=command.body,
        text_digest=_digest(text), corrects=command.corrects, said_at=command.said_at, meant_at=meant_at, heard_at=now,
        **outcome,
    )  # fmt: skip


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _told(kept: Command) -> Told:
    return Told(kept.key, DONE if kept.done else REFUSED, kept.code, kept.sentence, kept.made)


def _refused(key: str, no: Refused) -> Told:
    return Told(key, REFUSED, no.code, _whole_sentence(no))


def _whole_sentence(no: Refused) -> str:
    return f"{no.sentence()}。{no.advice()}" if no.advice() else no.sentence()


def _key_of(said: str) -> str:
    """The key a text that may be anybody's says it has, so that the phone finds its own again."""
    try:
        return str(json.loads(said)["key"])[:36]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


# --- the round around them --------------------------------------------------------------------------------------------


@action
def begin_round(*, device: Device, number: int, by: Person, now: datetime) -> Bookmark:
    """开始同步  A round is had once: what was sent before and comes late, or again, is refused. Raises RoundOver."""
    by.must(USE, device)
    Device.objects.select_for_update().get(pk=device.pk)
    newest = Bookmark.objects.filter(device=device).order_by("-number").values_list("number", flat=True).first()
    if number < 1 or number > 2**31 - 1 or (newest is not None and number <= newest):
        raise RoundOver(number=number)
    try:
        return Bookmark.objects.create(device=device, number=number, at=now)
    except IntegrityError:
        raise RoundOver(number=number) from None


@action
def end_round(
    *, device: Device, number: int, held: int | None, told: Sequence[Told], by: Person, now: datetime
) -> rules.Change:
    """结束同步  What changed since the bookmark the phone says it holds; bookmarks before that are let go of."""
    by.must(USE, device)
    pack = pack_of(by, localdate(now), now)
    fresh = rules.digests(pack)
    kept = Bookmark.objects.filter(device=device, number=held).first() if held is not None else None
    change = rules.what_changed(pack, fresh, kept.holds if kept else None)
    counts = {state: sum(one.state == state for one in told) for state in (DONE, REFUSED)}
    Bookmark.objects.filter(device=device, number=number).update(
        holds=fresh, taken=counts[DONE], refused=counts[REFUSED]
    )
    old = Bookmark.objects.filter(device=device).order_by("-number").values_list("pk", flat=True)[BOOKMARKS_KEPT:]
    Bookmark.objects.filter(pk__in=list(old)).exclude(number=held or 0).delete()
    return change

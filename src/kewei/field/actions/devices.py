"""Enrolling a phone, and stopping one: it gets nothing any more and is told to wipe itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kewei.field import facts
from kewei.field.models import Device, Piece, Stopped
from kewei.field.queries import live_devices_of, secret_of
from kewei.field.rules import REASONS, DeviceNameMissing, DeviceStoppedAlready, UnknownReason
from kewei.field.rules.devices import GONE, LEFT
from kewei.journal.actions import action, record
from kewei.kernel.ids import digest, new_key
from kewei.people.models import Person

USE, REVOKE = "field.use", "field.revoke"


@action
def enrol_device(*, name: str, by: Person, now: datetime) -> tuple[Device, str]:
    """登记手机  The phone in one's hand, and what it will sign with: told this once. Raises DeviceNameMissing."""
    by.must(USE)
    if not name.strip():
        raise DeviceNameMissing
    device = Device(person=by, name=name.strip()[:60], salt=new_key(), enrolled_at=now)
    secret = secret_of(device)
    device.digest = digest(secret)
    device.save(force_insert=True)
    record(facts.DEVICE_ENROLLED, device, by=by, at=now, name=device.name)
    return device, secret


@action
def stop_device(*, device: Device, why: str, note: str = "", by: Person, now: datetime) -> Stopped:
    """停用手机  One's own, or one of somebody one leads. Raises UnknownReason, DeviceStoppedAlready, NotFound."""
    by.must(USE if by.pk == device.person_id and by.may(USE) else REVOKE, device)
    if why not in REASONS:
        raise UnknownReason(text=why[:20])
    return _stop(device, why, note, by, now)


@action
def leave_device(*, device: Device, by: Person, now: datetime) -> Stopped:
    """退出  The phone's own person signs it off. Raises DeviceStoppedAlready."""
    by.must(USE, device)
    return _stop(device, LEFT, "", by, now)


@action
def stop_devices_of(*, person: int, by: Person, now: datetime) -> int:
    """离职停用  Every phone of somebody who has left; how many."""
    by.must(REVOKE)
    live = live_devices_of(person)
    for device in live:
        _stop(device, GONE, "", by, now)
    return len(live)


def _stop(device: Device, why: str, note: str, by: Any, now: datetime) -> Stopped:
    # Taking the phone's row makes a sync that is under way finish first, and the next one meet a stopped phone.
    Device.objects.select_for_update().get(pk=device.pk)
    made, fresh = Stopped.objects.get_or_create(
        device=device, defaults={"why": why, "note": note.strip()[:200], "by": by, "at": now}
    )
    if not fresh:
        raise DeviceStoppedAlready
    # What lies half arrived will never be whole: a stopped phone gets nothing in either.
    Piece.objects.filter(arrival__device=device).delete()
    record(facts.DEVICE_STOPPED, device, by=by, at=now, why=why, note=made.note)
    return made

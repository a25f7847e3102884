"""Phones: whose they are, what they told us, what lies on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.utils.crypto import salted_hmac

from kewei.field.models import Arrival, Bookmark, Command, Device, Tampering
from kewei.field.rules import UnknownDevice
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

NOUN = N_("外勤设备")
MOST_SHOWN = 200


@dataclass(frozen=True)
class DeviceRow:
    """A phone as a list shows it; `why` and `stopped_at` where it was stopped, `told_at` once it heard of that."""

    pk: int
    name: str
    person: int
    person_name: str
    enrolled_at: datetime
    synced_at: datetime | None
    commands: int
    refused: int
    tampered: int
    why: str
    note: str
    stopped_at: datetime | None
    told_at: datetime | None


@dataclass(frozen=True)
class CommandRow:
    """A command as its phone's page shows it."""

    key: str
    verb: str
    said_at: datetime
    meant_at: datetime
    heard_at: datetime
    done: bool
    sentence: str
    corrects: str


@dataclass(frozen=True)
class TamperingRow:
    """Something that came in a phone's name and was not taken."""

    why: str
    text: str
    address: str
    at: datetime


def secret_of(device: Device) -> str:
    """What the phone signs with, derived anew from its salt and the house's key: 64 hexadecimal characters."""
    return salted_hmac("kewei.field.device", device.salt, algorithm="sha256").hexdigest()


def known_device(pk: int) -> Device:
    """A phone by the number it says it has, whoever asks: its mark must prove it. Raises UnknownDevice."""
    found = Device.objects.select_related("person", "stopped").filter(pk=pk).first()
    if found is None:
        raise UnknownDevice
    return found


def device_for(person: Person, pk: int) -> Device:
    """A phone this person may see. Raises NotFound."""
    found = Device.objects.visible_to(person).select_related("person", "stopped").filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def photos_under_way(person: Person, pk: int) -> tuple[int, int]:
    """Full photos of a phone that are not whole yet, and their missing bytes. Raises NotFound."""
    rows = Arrival.objects.filter(device=device_for(person, pk), came_at=None)
    missing = Sum(F("size") - F("have"), default=0)
    return tuple(rows.aggregate(n=Count("pk"), missing=missing).values())


def live_devices_of(person: int) -> list[Device]:
    """The phones of somebody that were not stopped, whoever asks."""
    return list(Device.objects.filter(person=person, stopped=None).order_by("pk"))


def devices(person: Person, pk: int | None = None) -> list[DeviceRow]:
    """The phones this person may see, the newest first, at most MOST_SHOWN; one query."""
    newest = Bookmark.objects.filter(device=OuterRef("pk")).order_by("-number").values("at")[:1]
    rows = Device.objects.visible_to(person).select_related("person", "stopped")
    if pk is not None:
        rows = rows.filter(pk=pk)
    tampered = Tampering.objects.filter(device=OuterRef("pk")).order_by().values("device")
    counted = rows.annotate(
        told=Count("commands"),
        refused=Count("commands", filter=Q(commands__done=False)),
        heard=Max("commands__heard_at"),
        synced=Subquery(newest),
        tampered=Subquery(tampered.annotate(n=Count("pk")).values("n")),
    ).order_by("-enrolled_at", "-pk")[:MOST_SHOWN]
    return [_row(device) for device in counted]


def _row(device: Any) -> DeviceRow:
    stopped = getattr(device, "stopped", None)
    return DeviceRow(
        device.pk, device.name, device.person_id, device.person.name, device.enrolled_at, device.synced or device.heard,
        device.told, device.refused, device.tampered or 0, stopped.why if stopped else "",
        stopped.note if stopped else "", stopped.at if stopped else None, stopped.told_at if stopped else None,
    )  # fmt: skip


def commands_of(person: Person, pk: int) -> list[CommandRow]:
    """What a phone told us, newest first, at most MOST_SHOWN. Raises NotFound."""
    rows = Command.objects.filter(device=device_for(person, pk)).order_by("-pk")[:MOST_SHOWN]
    fields = ("key", "verb", "said_at", "meant_at", "heard_at", "done", "sentence", "corrects")
    return [CommandRow(*values) for values in rows.values_list(*fields)]


def tamperings_of(person: Person, pk: int) -> list[TamperingRow]:
    """What came in a phone's name and was not taken, newest first. Raises NotFound."""
    rows = Tampering.objects.filter(device=device_for(person, pk)).order_by("-pk")[:MOST_SHOWN]
    return [TamperingRow(*values) for values in rows.values_list("why", "text", "address", "at")]


def held_of(person: Person, pk: int) -> dict[str, int]:
    """How many rows of each kind lie on a phone, as far as we know: what is lost with it. Raises NotFound."""
    newest = Bookmark.objects.filter(device=device_for(person, pk)).order_by("-number").first()
    return {kind: len(keys) for kind, keys in newest.holds.items()} if newest else {}

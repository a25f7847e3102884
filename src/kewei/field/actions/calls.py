"""Which action each command of a phone calls: the same ones as the pages, so that there is no second set of rules."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from kewei.collecting import actions as collecting_actions
from kewei.collecting.actions.promises import Said
from kewei.collecting.rules.promises import Part
from kewei.field.models import Command, Device
from kewei.field.rules import BadCommand, Body, NeedsEarlier
from kewei.people.models import Person
from kewei.terminals import queries as terminals
from kewei.terminals.models import Terminal

# A correction may be corrected; a chain longer than this is a fault.
MOST_CORRECTIONS = 20


@dataclass(frozen=True)
class Doing:
    """A command being done: by whose phone, what it says, when it was meant, the bytes sent with it."""

    device: Device
    body: Body
    meant_at: datetime
    content: bytes | None
    by: Person
    now: datetime

    def made(self, name: str, kind: str) -> int | None:
        """The key of ours a command refers to, or of what another command made. Raises NeedsEarlier, BadCommand."""
        named = self.body.reference(name)
        return made_under(self.by, named, kind) if isinstance(named, str) else named

    def terminal(self) -> Terminal:
        """The terminal it is about, if the person may see it. Raises NeedsEarlier, BadCommand, NotFound."""
        pk = self.made("terminal", "terminal")
        if pk is None:
            raise BadCommand(part="terminal")
        return terminals.terminal_for(self.by, pk)

    def day(self, name: str) -> date:
        """A day that must be there. Raises BadCommand."""
        day = self.body.day(name)
        if day is None:
            raise BadCommand(part=name)
        return day


def made_under(person: Person, key: str, kind: str) -> int:
    """What a command of any of this person's phones made, or the command that corrected it. Raises NeedsEarlier."""
    mine = Command.objects.filter(device__person=person)
    for _ in range(MOST_CORRECTIONS):
        kept = mine.filter(key=key).first()
        if kept is not None and kept.done:
            if kind not in kept.made:
                raise BadCommand(part=kind)
            return kept.made[kind]
        # Refused, or not heard of: whatever was written in its stead counts.
        better = mine.filter(corrects=key).order_by("-done", "-pk").first()
        if better is None:
            raise NeedsEarlier
        key = better.key
    raise NeedsEarlier


def _promise(doing: Doing) -> dict[str, int]:
    """承诺付款  The customer will pay these invoices by these days."""
    body = doing.body
    parts = [Part(due_on, one.whole("fen")) for one in body.parts("parts") if (due_on := one.day("due_on")) is not None]
    said = Said(
        promiser=body.text("promiser", 60), job=body.text("job", 60), authority=body.text("authority", 20) or "unknown",
        form=body.text("form", 20) or "oral", method=body.text("method", 20) or "transfer",
        condition=body.text("condition", 200), note=body.text("note", 200),
    )  # fmt: skip
    made = collecting_actions.make_promise(
        terminal=doing.terminal(), items=body.wholes("items"), parts=parts, said=said, made_on=localdate(doing.meant_at),
        by=doing.by, now=doing.now,
    )  # fmt: skip
    return {"promise": made.pk}


def expect_whole(content: bytes | None, digest: str) -> bytes:
    """The bytes of a photo as its command names them. Raises NeedsEarlier: what was cut off on the way comes again."""
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise NeedsEarlier
    return content


CALLS: dict[str, Callable[[Doing], dict[str, int]]] = {
    "promise": _promise,
}

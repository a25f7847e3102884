"""催收记录: contacts with a debtor, newest first, and the days already taken by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.timezone import localtime, make_aware

from kewei.collecting.models import Contact, ContactItem, Stage
from kewei.collecting.rules.contacting import CONTACT, Made, Plan, may_contact
from kewei.journal import queries_policies
from kewei.journal.bulk import among
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.people.models import Person

SEE = "collecting.see"
_NEAR = timedelta(days=7)


@dataclass(frozen=True)
class ContactRow:
    """A contact as listed; fen. `corrected`: a later record says it better."""

    pk: int
    terminal_id: int
    at: datetime
    channel: str
    ours: bool
    stage: int
    made_by: str
    spoke_with: str
    post: str
    standing: str
    asked_fen: int
    words: str
    outcome: str
    reason: str
    effect: str
    paper: int | None
    next_on: date
    note: str
    corrects: int | None
    corrected: bool
    recorded_by: str
    recorded_at: datetime
    numbers: tuple[str, ...] = ()


_FIELDS = (
    "pk", "terminal_id", "at", "channel", "ours", "stage", "made_by__name", "spoke_with", "post", "standing",
    "asked_fen", "words", "outcome", "reason", "effect", "paper", "next_on", "note", "corrects", "corrected_by",
    "recorded_by__name", "recorded_at",
)  # fmt: skip


def contact_for(person: Person, pk: int, verb: str = SEE) -> Contact:
    """The contact where this person may see it for a verb. Raises NotFound."""
    found = Contact.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal", "paper").first()
    if found is None:
        raise NotFound(noun=N_("催收记录"))
    return found


def is_corrected(pk: int) -> bool:
    """Whether a later record corrects this one."""
    return Contact.objects.filter(corrects=pk).exists()


def contacts_of(person: Person, terminal_id: int, most: int = 100) -> list[ContactRow]:
    """Contacts with a customer, newest first, with the numbers of their invoices; none where not visible."""
    rows = Contact.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-at", "-pk")
    found = list(rows.values_list(*_FIELDS)[:most])
    numbers: dict[int, list[str]] = defaultdict(list)
    asked = ContactItem.objects.filter(contact__in=[row[0] for row in found]).order_by("item__due_date", "item")
    for contact, number in asked.values_list("contact", "item__number"):
        numbers[contact].append(number)
    return [ContactRow(*(*row[:19], row[19] is not None, *row[20:], tuple(numbers[row[0]]))) for row in found]


def history(
    terminal_ids: Sequence[int], day: date, *, planned: bool = True, without: int | None = None
) -> dict[int, list[Made]]:
    """Contacts we made with these customers within a week of a day, but for one, and with `planned` the steps meant for that
    day or later, whoever asks; two queries."""
    found: dict[int, list[Made]] = defaultdict(list)
    first = make_aware(datetime.combine(day - _NEAR, time.min))
    made = Contact.objects.filter(among("terminal_id", terminal_ids), ours=True, at__gte=first, corrected_by=None)
    if without is not None:
        made = made.exclude(pk=without)
    for terminal, channel, at in made.values_list("terminal", "channel", "at"):
        found[terminal].append(Made(channel, localtime(at).date()))
    if planned:
        waiting = Stage.objects.filter(among("terminal_id", terminal_ids), act_on__gte=day)
        for terminal, channel, on in waiting.values_list("terminal", "channel", "act_on"):
            found[terminal].append(Made(channel, on))
    return dict(found)


def refused_now(terminal_id: int, channel: str, now: datetime) -> Refused | None:
    """Why a customer may not be spoken to through a channel at this moment (hours, days off, caps), or None; whoever asks."""
    day = localtime(now).date()
    policy = queries_policies.in_force(CONTACT, day).value
    made = history([terminal_id], day, planned=False).get(terminal_id, [])
    return may_contact(Plan(channel, localtime(now).replace(tzinfo=None)), made, policy)

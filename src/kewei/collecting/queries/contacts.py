"""催收记录: contacts of a debtor, and the days already taken by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils.timezone import localtime, make_aware

from kewei.collecting.models import Contact, Stage
from kewei.collecting.rules.contacting import Made
from kewei.journal.bulk import among

_NEAR = timedelta(days=7)


def history(terminal_ids: Sequence[int], day: date, *, planned: bool = True) -> dict[int, list[Made]]:
    """Contacts we made with these customers within a week of a day, and with `planned` the steps waiting for a later
    day, whoever asks; two queries."""
    found: dict[int, list[Made]] = defaultdict(list)
    first = make_aware(datetime.combine(day - _NEAR, time.min))
    made = Contact.objects.filter(among("terminal_id", terminal_ids), ours=True, at__gte=first, corrected_by=None)
    for terminal, channel, at in made.values_list("terminal", "channel", "at"):
        found[terminal].append(Made(channel, localtime(at).date()))
    if planned:
        waiting = Stage.objects.filter(among("terminal_id", terminal_ids), act_on__gt=day)
        for terminal, channel, on in waiting.values_list("terminal", "channel", "act_on"):
            found[terminal].append(Made(channel, on))
    return dict(found)

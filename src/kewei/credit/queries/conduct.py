"""信用行为: what customers' conduct came to, as known at the end of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from kewei.credit.models import Conduct
from kewei.credit.rules.conduct import PRESSED, PRESSED_NO_MORE, Record, Seen, record_of
from kewei.journal.bulk import among, chunks

WINDOW_DAYS = 365


def records(terminal_ids: Collection[int], day: date, window_days: int = WINDOW_DAYS) -> dict[int, Record]:
    """What the conduct of each of these customers came to over the days before, as known at the end of a day.

    Whoever asks; those of whom nothing was seen are left out.
    """
    known = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)
    since = day - timedelta(days=window_days)
    found: dict[int, list[Seen]] = defaultdict(list)
    for some in chunks(terminal_ids):
        rows = Conduct.objects.filter(among("terminal_id", some), on__gt=since, on__lte=day, noted_at__lt=known)
        for terminal, kind, subject, fen, on in rows.order_by("pk").values_list(
            "terminal", "kind", "subject", "fen", "on"
        ):
            found[terminal].append(Seen(kind, subject, fen, on))
    return {pk: record_of(seen) for pk, seen in found.items()}


def pressed(terminal_ids: Collection[int]) -> set[int]:
    """Which of these customers are noted as pressed now, whoever asks; one query."""
    rows = Conduct.objects.filter(among("terminal_id", list(terminal_ids)), kind__in=(PRESSED, PRESSED_NO_MORE))
    return {pk for pk, kind in dict(rows.order_by("pk").values_list("terminal", "kind")).items() if kind == PRESSED}


def seen_since(day: date) -> list[int]:
    """Customers of whom something was seen since a day."""
    return sorted(set(Conduct.objects.filter(on__gte=day).values_list("terminal", flat=True)))

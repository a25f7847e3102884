"""Where terminals stand, how far it is, and when they receive visitors, for planning; whoever asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from kewei.journal.bulk import among
from kewei.terminals import queries as terminals
from kewei.visits.models import Rhythm, Way
from kewei.visits.rules.plans import END, START, Doors


@dataclass(frozen=True, slots=True)
class Spot:
    """Degrees times a million; `guessed` where it is the middle of the known terminals of the same city."""

    lat_e6: int
    lon_e6: int
    guessed: bool = False

    @property
    def point(self) -> tuple[int, int]:
        """(latitude, longitude) in millionths of a degree."""
        return self.lat_e6, self.lon_e6


def ways_of(person_id: int) -> dict[tuple[int, int], tuple[int, int]]:
    """(metres, minutes) by (terminal or START, terminal or END) of a person's days; empty where nobody measured."""
    rows = Way.objects.filter(person=person_id, ended_at=None).values_list("origin", "target", "metres", "minutes")
    return {(a or START, b or END): (metres, minutes) for a, b, metres, minutes in rows}


def spots_of(terminal_ids: Collection[int]) -> dict[int, Spot]:
    """Where each of these terminals stands. One without a place of its own gets the middle of those of its city among
    them, else of its province; where nothing is known it is left out, and counts as lying where one already is.
    """
    known = terminals.coordinates(terminal_ids) if terminal_ids else {}
    missing = [pk for pk in terminal_ids if pk not in known]
    found = {pk: Spot(lat, lon) for pk, (lat, lon) in known.items()}
    if not missing or not known:
        return found
    about = terminals.dimensions(terminal_ids)
    near: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for pk, point in known.items():
        near[about[pk].province, about[pk].city].append(point)
        near[about[pk].province, ""].append(point)
    for pk in missing:
        if pk in about and about[pk].province:
            points = near.get((about[pk].province, about[pk].city)) or near.get((about[pk].province, ""))
            if points:
                lat, lon = (sum(point[axis] for point in points) // len(points) for axis in (0, 1))
                found[pk] = Spot(lat, lon, guessed=True)
    return found


def doors_of(terminal_ids: Collection[int]) -> dict[int, Doors]:
    """How often and when these terminals are to be visited where somebody said so; the others are left out."""
    rows = Rhythm.objects.filter(among("terminal_id", list(terminal_ids)), ended_at=None)
    fields = ("terminal", "per_month", "minutes", "weekdays", "opens", "closes", "note")
    return {
        pk: Doors(per_month, minutes, tuple(weekdays), opens, closes, note)
        for pk, per_month, minutes, weekdays, opens, closes, note in rows.values_list(*fields)
    }

"""Travel between places: along the road from degrees, or an uploaded matrix."""

from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt

from kewei.kernel.refusals import N_, Refused, refusal
from kewei.visits.rules.planning.values import Travel

EARTH_METRES = 6_371_000


@refusal
class BadTravel(Refused):
    """The uploaded travel matrix cannot be used."""

    code = "bad_travel"
    says = N_("行程矩阵须为 {places} 行 {places} 列非负整数，请核对第 {row} 行")


def by_road(points: Sequence[tuple[int, int]], road_percent: int, metres_per_minute: int) -> Travel:
    """Travel from degrees × 1,000,000 (latitude, longitude): great circle × road factor, whole metres and minutes.

    `road_percent` is road metres for a hundred metres as the crow flies; minutes are rounded up, so that nobody is late
    by rounding.
    """
    metres = tuple(tuple(_crow(a, b) * road_percent // 100 for b in points) for a in points)
    return Travel(metres, tuple(tuple(-(-m // metres_per_minute) for m in row) for row in metres))


def with_ways(travel: Travel, known: Mapping[tuple[int, int], tuple[int, int]]) -> Travel:
    """The travel with (metres, minutes) of some pairs of places as they are known to be."""
    metres, minutes = [list(row) for row in travel.metres], [list(row) for row in travel.minutes]
    for (a, b), (far, long) in known.items():
        metres[a][b], minutes[a][b] = far, long
    return Travel(tuple(map(tuple, metres)), tuple(map(tuple, minutes)))


def by_matrix(metres: Sequence[Sequence[int]], minutes: Sequence[Sequence[int]]) -> Travel:
    """Travel as somebody measured it; refuses what is not a square of whole numbers from nought."""
    places = len(metres)
    for number, row in enumerate([*metres, *minutes], start=1):
        if len(row) != places or len(minutes) != places or any(not isinstance(v, int) or v < 0 for v in row):
            raise BadTravel(places=places, row=(number - 1) % max(places, 1) + 1)
    return Travel(tuple(map(tuple, metres)), tuple(map(tuple, minutes)))


def _crow(a: tuple[int, int], b: tuple[int, int]) -> int:
    lat_a, lon_a, lat_b, lon_b = (radians(v / 1_000_000) for v in (*a, *b))
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return round(2 * EARTH_METRES * asin(min(1, sqrt(h))))

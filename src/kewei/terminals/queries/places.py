"""Provinces, cities and districts to choose from."""

from kewei.terminals import rules


def province_choices() -> list[tuple[str, str]]:
    """(code, name) of every province."""
    return [(d.code, d.name) for d in rules.divisions().provinces()]


def city_choices(province: str) -> list[tuple[str, str]]:
    """(code, name) of the cities of a province, given by code or name; empty for an unknown one."""
    return [(d.code, d.name) for d in rules.divisions().cities(_code(province, ""))]


def district_choices(province: str, city: str) -> list[tuple[str, str]]:
    """(code, name) of the districts of a city, both given by code or name; empty for unknown ones."""
    code = _code(province, city)
    return [] if code.endswith("0000") else [(d.code, d.name) for d in rules.divisions().districts(code)]


def _code(province: str, city: str) -> str:
    """The code of a city, or without one of a province; '' where nothing is known."""
    known = rules.divisions()
    if city.isdigit() and known.get(city):
        return city
    named = known.get(province) if province.isdigit() else None
    return known.place(named.name if named else province, city, "").division

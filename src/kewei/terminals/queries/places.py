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
    return [(d.code, d.name) for d in rules.divisions().districts(_code(province, city))]


def _code(province: str, city: str) -> str:
    known = rules.divisions()
    for given in (city, province):
        if given.isdigit() and known.get(given):
            return given
    if not province and not city:
        return ""
    return known.place(province, city, "").division

"""Questions about people."""

from kewei.people.models import Person, Territory

SYSTEM_LOGIN = "system"


def system() -> Person:
    """系统: the person in whose name jobs and followers act. Made by `kewei init`."""
    return Person.objects.get(login=SYSTEM_LOGIN)


def person_by_login(login: str) -> Person | None:
    """The person with this login who has not left, or None."""
    return Person.objects.filter(login=login, left_at=None).first()


def logins() -> dict[str, Person]:
    """Everybody who has not left, by login."""
    return {p.login: p for p in Person.objects.filter(left_at=None)}


def territory_ids(paths: tuple[str, ...]) -> list[int]:
    """Primary keys of every territory at or under any of the paths."""
    ids: set[int] = set()
    for path in paths:
        ids.update(Territory.objects.filter(path__startswith=path).values_list("pk", flat=True))
    return sorted(ids)

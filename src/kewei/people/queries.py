"""Questions about people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet

from kewei.kernel.refusals import N_, NotFound
from kewei.people import rules
from kewei.people.models import Company, Deputy, LoginAttempt, Person, Post, Territory, Token

SYSTEM_LOGIN = "system"


def system() -> Person:
    """系统: the person in whose name jobs and followers act. Made by `kewei init`."""
    return Person.objects.get(login=SYSTEM_LOGIN)


def acting(login: str = "") -> Person:
    """Who a command acts as: the person named, or the system. Raises NotFound."""
    found = person_by_login(login or SYSTEM_LOGIN)
    if found is None:
        raise NotFound(noun=login or SYSTEM_LOGIN)
    return found


def person_by_login(login: str) -> Person | None:
    """The person with this login who has not left, or None."""
    return Person.objects.filter(login=login, left_at=None).first()


def logins() -> dict[str, Person]:
    """Everybody who has not left, by login."""
    return {p.login: p for p in Person.objects.filter(left_at=None)}


def territory_ids(paths: tuple[str, ...]) -> list[int]:
    """Primary keys of every territory at or under any of the paths."""
    return territories_under(paths)[0]


def territories_under(paths: tuple[str, ...]) -> tuple[list[int], bool]:
    """Primary keys of every territory at or under any of the paths, and whether that is at least half of all."""
    every = Territory.objects.values_list("pk", "path")
    ids = sorted(pk for pk, path in every if path.startswith(paths))
    return ids, 2 * len(ids) >= len(every)


# --- people and posts -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostRow:
    """A post as shown: role is a code, role_name a msgid."""

    pk: int
    role: str
    role_name: str
    territory: str
    territory_code: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class PersonRow:
    """A person as shown in lists and on their card; posts are the live ones."""

    pk: int
    login: str
    name: str
    left_at: datetime | None
    last_login: datetime | None
    posts: tuple[PostRow, ...]


@dataclass(frozen=True)
class TokenRow:
    """A token as shown: never its secret, which is not kept."""

    pk: int
    person: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def territory_names(pks: Iterable[int]) -> dict[int, str]:
    """Names of territories by primary key."""
    return dict(Territory.objects.filter(pk__in=list(pks)).values_list("pk", "name"))


def visible_people(person: Person) -> "QuerySet[Person]":
    """The people `person` may see: all, those with a post in their territories, or only themselves."""
    reach = person.reach("people.see")
    if reach.everything:
        return Person.objects.all()
    near = Person.objects.filter(pk=person.pk)
    if reach.territory_paths:
        near |= Person.objects.filter(
            pk__in=Post.objects.filter(territory__in=territory_ids(reach.territory_paths)).values("person")
        )
    return near


def persons(
    person: Person, text: str = "", role: str = "", left: bool = False, start: int = 0, limit: int | None = 50
) -> tuple[list[PersonRow], int]:
    """One page of people by login, and how many there are; those who left only where `left`."""
    rows = visible_people(person).exclude(login=SYSTEM_LOGIN).order_by("login")
    rows = rows.filter(left_at__isnull=not left)
    if text:
        rows = rows.filter(login__icontains=text) | rows.filter(name__icontains=text)
    if role:
        rows = rows.filter(pk__in=Post.objects.filter(role=role, until=None).values("person"))
    count = rows.count()
    page = rows[start : start + limit] if limit is not None else rows[start:]
    return [_person_row(p) for p in page.prefetch_related(_live_posts())], count


def person_for(person: Person, pk: int) -> Person:
    """The person row, if `person` may see it. Raises NotFound."""
    found = visible_people(person).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("人员"))
    return found


def person_card(person: Person, pk: int) -> PersonRow:
    """A person with their live posts. Raises NotFound."""
    found = visible_people(person).filter(pk=pk).prefetch_related(_live_posts()).first()
    if found is None:
        raise NotFound(noun=N_("人员"))
    return _person_row(found)


def posts_of(person: Person, pk: int) -> list[PostRow]:
    """Every post a person has held, newest first."""
    person_for(person, pk)
    return [
        _post_row(p) for p in Post.objects.filter(person=pk).select_related("territory").order_by("until", "-since")
    ]


def post_for(person: Person, pk: int) -> Post:
    """A post of somebody `person` may see. Raises NotFound."""
    found = Post.objects.filter(pk=pk, person__in=visible_people(person)).select_related("person").first()
    if found is None:
        raise NotFound(noun=N_("任职"))
    return found


def choices_of_people(roles: Iterable[str] = (), *, everybody: bool = False) -> list[tuple[int, str]]:
    """(pk, "name (login)") for choosing: who has not left, or `everybody`; only holders of `roles` where given."""
    rows = Person.objects.all() if everybody else Person.objects.filter(left_at=None).exclude(login=SYSTEM_LOGIN)
    if roles:
        rows = rows.filter(pk__in=Post.objects.filter(role__in=list(roles), until=None).values("person"))
    return [(pk, f"{name} ({login})") for pk, name, login in rows.order_by("login").values_list("pk", "name", "login")]


def holders(roles: Iterable[str], paths: tuple[str, ...] | None = None, or_person: int = 0) -> list[tuple[int, str]]:
    """(pk, name) by login of who holds one of these roles today; with `paths`, in those territories only, or `or_person`."""
    posts = Post.objects.filter(role__in=list(roles), until=None, person__left_at=None)
    if paths is not None:
        near = posts.filter(person=or_person)
        posts = near | posts.filter(territory__in=territory_ids(paths)) if paths else near
    rows = posts.values_list("person__login", "person", "person__name").distinct().order_by("person__login")
    return [(pk, name) for _login, pk, name in rows]


def names(pks: Iterable[int]) -> dict[int, str]:
    """Names by primary key, of people who have left too."""
    return dict(Person.objects.filter(pk__in=list(pks)).values_list("pk", "name"))


def every_territory_name() -> dict[int, str]:
    """Names of all territories by key, whoever may see them."""
    return dict(Territory.objects.values_list("pk", "name"))


def territory_paths() -> dict[int, str]:
    """The path of every territory by primary key, whoever asks."""
    return dict(Territory.objects.values_list("pk", "path"))


def colleague(pk: int) -> Person:
    """Somebody who works here, by key, to give them something to look after. Raises NotFound for one who has left."""
    found = Person.objects.filter(pk=pk, left_at=None).exclude(login=SYSTEM_LOGIN).first()
    if found is None:
        raise NotFound(noun=N_("人员"))
    return found


def top_territory() -> int | None:
    """The territory all others lie under, None where there are several or none."""
    tops = list(Territory.objects.filter(parent=None).values_list("pk", flat=True)[:2])
    return tops[0] if len(tops) == 1 else None


def hold_still(pk: int) -> None:
    """Lock a person's row until the transaction ends, where what they hold is counted and must not change meanwhile."""
    Person.objects.select_for_update().filter(pk=pk).first()


def team(person: Person, verb: str, roles: Iterable[str]) -> dict[int, tuple[str, str]]:
    """(name, login) of the holders of `roles` within this person's reach for a verb, themselves included, by login."""
    reach = person.reach(verb)
    if reach.nothing:
        return {}
    posts = Post.objects.filter(role__in=list(roles), until=None, person__left_at=None)
    if not reach.everything:
        near = posts.filter(territory__in=territory_ids(reach.territory_paths))
        posts = near | posts.filter(person=person)
    rows = posts.order_by("person__login").values_list("person", "person__name", "person__login")
    return {pk: (name, login) for pk, name, login in rows}


def granted_verbs(person: Person) -> list[str]:
    """Every verb the person's live posts (and the token in use) grant, sorted."""
    return sorted(verb for verb in rules.VERBS if person.may(verb))


def _live_posts() -> Prefetch:
    return Prefetch(
        "posts", Post.objects.filter(until=None).select_related("territory").order_by("role"), to_attr="live"
    )


def _person_row(p: Person) -> PersonRow:
    posts = tuple(_post_row(post) for post in p.live)  # type: ignore[attr-defined]
    return PersonRow(p.pk, p.login, p.name, p.left_at, p.last_login, posts)


def _post_row(post: Post) -> PostRow:
    place = post.territory
    role = rules.ROLES[post.role]
    return PostRow(
        post.pk, post.role, role.name, place.name if place else "", place.code if place else "", post.since, post.until
    )


# --- deputies ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeputyRow:
    """Who stands in for whom, from when to when; `ended_at` where it was ended before its time."""

    pk: int
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    since: date
    until: date
    reason: str
    ended_at: datetime | None

    def state(self, day: date) -> str:
        """ended, over, waiting (it has not begun) or live."""
        if self.ended_at is not None:
            return "ended"
        if self.until < day:
            return "over"
        return "waiting" if day < self.since else "live"


def stands_in_for(person: Person, day: date) -> list[Person]:
    """Whoever this person decides for on a day, who works here still; nobody where the posts held now forbid it (4.4).

    A token of the API speaks for its owner only: its scopes say nothing of what others may.
    """
    if getattr(person, "limited_to", None) is not None or not rules.may_stand_in({held.role for held in person.held}):
        return []
    rows = Deputy.objects.filter(taker=person, since__lte=day, until__gte=day, ended_at=None, giver__left_at=None)
    return [row.giver for row in rows.select_related("giver").order_by("giver__login")]


def deputies(person: Person, most: int = 100) -> list[DeputyRow]:
    """This person's deputies and those they stand in for, newest first; everybody's for whoever appoints people."""
    rows = deputies_ended_by(person) | Deputy.objects.filter(taker=person)
    names = ("pk", "giver__login", "giver__name", "taker__login", "taker__name", "since", "until", "reason", "ended_at")
    return [DeputyRow(*values) for values in rows.order_by("-pk").values_list(*names)[:most]]


def deputies_ended_by(person: Person) -> "QuerySet[Deputy]":
    """The deputies this person may end: their own; everybody's where they appoint people."""
    return Deputy.objects.all() if person.may("people.appoint") else Deputy.objects.filter(giver=person)


def choices_of_deputies(giver: Person) -> list[tuple[int, str]]:
    """Whom this person may appoint as (pk, "name (login)"): no colleague whose posts forbid standing in (4.4)."""
    roles = [role for role in rules.ROLES if role != "system" and rules.may_stand_in({role})]
    return [one for one in choices_of_people(roles) if one[0] != giver.pk]


# --- territories ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """Who holds a post somewhere; role is a msgid."""

    name: str
    role: str


@dataclass(frozen=True)
class TerritoryRow:
    """A territory in the tree; depth 0 is the top."""

    pk: int
    code: str
    name: str
    depth: int
    parent: int | None
    people: tuple["Holder", ...]

    @property
    def indent(self) -> str:
        """Full-width spaces that show the depth."""
        return "　" * self.depth


def territories(person: Person) -> list[TerritoryRow]:
    """The tree, depth first, with who holds a live post at each node; only what `person` may see."""
    rows = list(_visible_territories(person))
    holders: dict[int, list[Holder]] = {}
    posts = Post.objects.filter(until=None, territory__in=rows).order_by("person__login")
    for place, name, role in posts.values_list("territory", "person__name", "role"):
        holders.setdefault(place, []).append(Holder(name, rules.ROLES[role].name))
    children: dict[int | None, list[Territory]] = {}
    known = {t.pk for t in rows}
    for t in sorted(rows, key=lambda t: t.code):
        children.setdefault(t.parent_id if t.parent_id in known else None, []).append(t)
    tree: list[TerritoryRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for t in children.get(parent, []):
            tree.append(TerritoryRow(t.pk, t.code, t.name, depth, t.parent_id, tuple(holders.get(t.pk, ()))))
            walk(t.pk, depth + 1)

    walk(None, 0)
    return tree


def territory_for(person: Person, pk: int) -> Territory:
    """A territory `person` may see. Raises NotFound."""
    found = _visible_territories(person).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=N_("区域"))
    return found


def territory_named(person: Person, code: str) -> Territory:
    """The territory with this code, if `person` may see it. Raises NotFound."""
    found = _visible_territories(person).filter(code=code).first()
    if found is None:
        raise NotFound(noun=N_("区域"))
    return found


def territory_by_code(code: str) -> Territory | None:
    """The territory with this code, or None."""
    return Territory.objects.filter(code=code).first()


def _visible_territories(person: Person) -> "QuerySet[Territory]":
    reach = person.reach("people.see")
    if reach.everything:
        return Territory.objects.all()
    return Territory.objects.filter(pk__in=territory_ids(reach.territory_paths))


# --- tokens and attempts ----------------------------------------------------------------------------------------------


def tokens(person: Person, owner: int | None = None) -> list[TokenRow]:
    """Tokens `person` may see, newest first: their own, or everybody's with people.token; of one owner where given."""
    rows = _visible_tokens(person).select_related("person").order_by("-made_at", "-pk")
    if owner is not None:
        rows = rows.filter(person=owner)
    return [
        TokenRow(t.pk, t.person.login, t.name, tuple(t.scopes), t.made_at, t.expires_at, t.revoked_at) for t in rows
    ]


def token_for(person: Person, pk: int) -> Token:
    """A token `person` may see. Raises NotFound."""
    found = _visible_tokens(person).filter(pk=pk).select_related("person").first()
    if found is None:
        raise NotFound(noun=N_("令牌"))
    return found


def live_token(digest: str, now: datetime) -> Token | None:
    """The token with this digest, neither revoked nor expired, of somebody who has not left."""
    token = Token.objects.select_related("person").filter(digest=digest, revoked_at=None, person__left_at=None).first()
    return token if token and (token.expires_at is None or token.expires_at > now) else None


def _visible_tokens(person: Person) -> "QuerySet[Token]":
    return Token.objects.all() if person.may("people.token") else Token.objects.filter(person=person)


def failures_of_login(login: str, now: datetime) -> list[datetime]:
    """When signing in with this login failed within the window, since it last succeeded."""
    failed: list[datetime] = []
    rows = LoginAttempt.objects.filter(login=login, at__gt=now - rules.ATTEMPTS_WINDOW).order_by("pk")
    for at, succeeded in rows.values_list("at", "succeeded"):
        failed = [] if succeeded else [*failed, at]
    return failed


def failures_of_address(address: str, now: datetime, *, tokens: bool = False) -> list[datetime]:
    """When signing in from this address failed within the window; a success of somebody there forgives nothing.

    Bad tokens are counted apart (they have no login): a forgotten script must not lock its whole office out.
    """
    rows = LoginAttempt.objects.filter(address=address, at__gt=now - rules.ATTEMPTS_WINDOW, succeeded=False)
    rows = rows.filter(login="") if tokens else rows.exclude(login="")
    return list(rows.values_list("at", flat=True))


# --- the company ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CompanyCard:
    """What letters and statements print about us; texts may be empty."""

    name: str = ""
    credit_code: str = ""
    address: str = ""
    bank: str = ""
    account: str = ""
    phone: str = ""
    set_at: datetime | None = None


def company() -> CompanyCard:
    """The version in force; an empty card where none was set."""
    row = Company.objects.order_by("-pk").first()
    if row is None:
        return CompanyCard()
    return CompanyCard(row.name, row.credit_code, row.address, row.bank, row.account, row.phone, row.set_at)


def company_versions() -> list[CompanyCard]:
    """Every version, newest first."""
    return [
        CompanyCard(c.name, c.credit_code, c.address, c.bank, c.account, c.phone, c.set_at)
        for c in Company.objects.order_by("-pk")
    ]

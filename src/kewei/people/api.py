"""People as JSON: who I am, people, posts, territories."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from kewei.people import actions, queries, rules
from kewei.people.paging import Limit, Page, Start, page

router = Router(tags=["people"])


class PostOut(Schema):
    """A post 任职: role code and name, and where ('' for the whole company)."""

    id: int
    role: str
    role_name: str
    territory_code: str
    territory: str
    since: datetime
    until: datetime | None


class PersonOut(Schema):
    """A person with their live posts."""

    id: int
    login: str
    name: str
    left_at: datetime | None
    posts: list[PostOut]


class MeOut(PersonOut):
    """The person asking, and what they may do with the key in use."""

    verbs: list[str]


class TerritoryOut(Schema):
    """A territory; parent is the id of the one above."""

    id: int
    code: str
    name: str
    parent: int | None
    depth: int


class PersonIn(Schema):
    """A new person; without a password they cannot sign in yet."""

    login: str
    name: str
    password: str | None = None


class PostIn(Schema):
    """A new post; without a territory it is for the whole company."""

    role: str
    territory: str | None = None


class DeputyOut(Schema):
    """Who stands in for whom (logins), and whether they do today: live, waiting, over or ended."""

    id: int
    giver: str
    taker: str
    since: date
    until: date
    reason: str
    state: str


class DeputyIn(Schema):
    """Somebody to decide in my place; `taker` is a login."""

    taker: str
    since: date
    until: date
    reason: str = ""


@router.get("/me", response=MeOut)
def me(request):
    """Who I am and what I may do."""
    card = queries.person_card(request.user, request.user.pk)
    return {**_person(card), "verbs": queries.granted_verbs(request.user)}


@router.get("/persons", response=Page[PersonOut])
def persons(request, text: str = "", role: str = "", left: bool = False, start: Start = 0, limit: Limit = 50):
    """People, by login. Needs people.see; otherwise only oneself."""
    rows, count = queries.persons(request.user, text, role, left, start, limit)
    return page(request, [_person(row) for row in rows], count, start, limit)


@router.post("/persons", response={201: PersonOut})
def add_person(request, body: PersonIn):
    """Add a person. Needs people.appoint."""
    person = actions.add_person(by=request.user, now=timezone.now(), **body.dict())
    return Status(201, _person(queries.person_card(request.user, person.pk)))


@router.get("/persons/{int:pk}", response=PersonOut)
def person(request, pk: int):
    """One person."""
    return _person(queries.person_card(request.user, pk))


@router.post("/persons/{int:pk}/posts", response={201: PersonOut})
def give_post(request, pk: int, body: PostIn):
    """Give a person a post. Needs people.appoint."""
    whom = queries.person_for(request.user, pk)
    where = queries.territory_named(request.user, body.territory) if body.territory else None
    actions.give_post(person=whom, role=body.role, territory=where, by=request.user, now=timezone.now())
    return Status(201, _person(queries.person_card(request.user, pk)))


@router.delete("/posts/{int:pk}", response={204: None})
def end_post(request, pk: int):
    """End a post. Needs people.appoint."""
    actions.end_post(post=queries.post_for(request.user, pk), by=request.user, now=timezone.now())
    return Status(204, None)


@router.get("/territories", response=list[TerritoryOut])
def territories(request):
    """The territory tree, depth first."""
    return [
        {"id": t.pk, "code": t.code, "name": t.name, "parent": t.parent, "depth": t.depth}
        for t in queries.territories(request.user)
    ]


@router.get("/roles", response=dict[str, list[str]])
def roles(request):
    """Every role and its verbs."""
    return {code: sorted(role.verbs) for code, role in rules.ROLES.items() if code != "system"}


@router.get("/deputies", response=list[DeputyOut])
def deputies(request):
    """My deputies and whom I stand in for, newest first; everybody's with people.appoint."""
    return [_deputy(row) for row in queries.deputies(request.user)]


@router.post("/deputies", response={201: DeputyOut})
def appoint_deputy(request, body: DeputyIn):
    """Somebody decides in my place from a day to a day."""
    named = queries.person_by_login(body.taker)
    taker = queries.colleague(named.pk if named else 0)
    given = body.dict(exclude={"taker"})
    made = actions.appoint_deputy(taker=taker, by=request.user, now=timezone.now(), **given)
    return Status(201, _deputy(next(row for row in queries.deputies(request.user) if row.pk == made.pk)))


@router.delete("/deputies/{int:pk}", response={204: None})
def end_deputy(request, pk: int):
    """End one of my deputies before its time; anybody's with people.appoint."""
    actions.end_deputy(pk=pk, by=request.user, now=timezone.now())
    return Status(204, None)


def _deputy(row: queries.DeputyRow) -> dict:
    return {
        "id": row.pk, "giver": row.giver, "taker": row.taker, "since": row.since, "until": row.until,
        "reason": row.reason, "state": row.state(timezone.localdate()),
    }  # fmt: skip


def _person(row: queries.PersonRow) -> dict:
    posts = [
        {
            "id": p.pk, "role": p.role, "role_name": _(p.role_name), "territory": p.territory,
            "territory_code": p.territory_code, "since": p.since, "until": p.until,
        }
        for p in row.posts
    ]  # fmt: skip
    return {"id": row.pk, "login": row.login, "name": row.name, "left_at": row.left_at, "posts": posts}

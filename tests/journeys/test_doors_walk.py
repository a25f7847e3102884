"""Promise 8: every address and every path of the API, walked as 孙, as 周 and as nobody. A new address walks along."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import count, groupby
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.journeys import doors

from kewei.config.api import api

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]

ADDRESSES = doors.addresses()
# So many doors of a room are one test.
AT_ONCE = 12
KEYS = count()


def parts(doors_of_all: Iterable[Any], room_of: Callable[[Any], str]) -> Any:
    """Doors in parts of one room each, named after it, as parameters of one test."""
    found = []
    for room, of_room in groupby(sorted(doors_of_all, key=room_of), key=room_of):
        rows = list(of_room)
        chunks = [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]
        found += [pytest.param(chunk, id=f"{room}-{n}") for n, chunk in enumerate(chunks)]
    return found


def room_of(address: doors.Address) -> str:
    """The room an address leads into."""
    name = address.route.removeprefix("api/") if address.name.startswith("api") else address.name.replace(":", "/")
    return name.partition("/")[0] or "house"


# What somebody who has not signed in may meet; everything else asks them to.
OPEN = {"people:login", "set_language", "api:api-root"}
# Whoever holds the address of a calendar may read it; it opens nothing else.
OPEN |= {"visits:feed"}
# The field app's own page holds nothing of anybody's, and phones prove themselves by their mark.
OPEN |= {f"field:{name}" for name in ("app", "worker", "manifest", "icon", "sync", "photo", "piece", "leave")}
# Signing in or out in the middle of the walk would end it.
NOT_WALKED = {"people:logout", "people:login"}


@pytest.fixture(scope="module")
def furnished(django_db_setup, django_db_blocker):
    """One house for all doors: furnishing it costs more than looking at some; what a test changes is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield doors.furnish()
        transaction.set_rollback(True)


@pytest.fixture
def world(furnished, db):
    return furnished


def client_of(person) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(person)
    return client


@pytest.mark.parametrize("part", parts(ADDRESSES, room_of))
def test_a_stranger_learns_nothing_and_changes_nothing(part, world):
    """孙 learns nothing of Wang's; 周 sees Wang's hospital but never its money (domain 4.4)."""
    before = doors.belongings(world)
    for address in part:
        if address.name in NOT_WALKED:
            continue
        for path in doors.paths(address, world.things):
            walk(path, world, world.staff.sun, world.secrets)
            walk(path, world, world.staff.zhou, world.money)
    assert doors.belongings(world) == before, part


def walk(path: str, world: doors.World, person: Any, secrets: set[str]) -> None:
    """Ask every way there is, as a page, as a fragment, as a file; then send forms."""
    client = client_of(person)
    for number, query in enumerate(doors.queries(world.things)):
        expect_nothing(client.get(path, query), secrets, path, query)
        if number in {0, 3}:
            expect_nothing(client.get(path, query, headers={"HX-Request": "true"}), secrets, path, "htmx")
    nothing, everything = doors.bodies(world.things)
    for method, body in (("post", nothing), *((method, everything) for method in doors.UNSAFE)):
        answer = send(client, method, path, body)
        expect_nothing(answer, secrets, path, method)
        if answer.status_code == 302:  # what was begun is looked at, and gone on with
            expect_nothing(client.get(answer["Location"]), secrets, path, method, answer["Location"])
            expect_nothing(client.post(answer["Location"]), secrets, path, method, answer["Location"])


def send(client: Client, method: str, path: str, body: dict) -> Any:
    """A form to a page, JSON to the API."""
    headers = {"Idempotency-Key": f"sun-{next(KEYS)}"}
    if method == "post" and not path.startswith("/api/"):
        return client.post(path, body, headers=headers)
    return getattr(client, method)(path, json.dumps(body), content_type="application/json", headers=headers)


def expect_nothing(answer: Any, secrets: set[str], *where: Any) -> None:
    assert answer.status_code < 500, (where, answer.status_code)
    assert doors.given_away(answer, secrets) == [], where


@pytest.mark.parametrize("part", parts(ADDRESSES, room_of))
def test_nobody_gets_in_before_signing_in(part):
    client = Client()
    for address in part:
        for path in doors.paths(address, defaultdict(lambda: 1)):
            for method in ("get", *doors.UNSAFE):
                answer = getattr(client, method)(path)
                if address.name in OPEN:
                    assert answer.status_code < 500
                elif path.startswith("/api/") and address.name != "api:docs":
                    assert answer.status_code in {401, 404, 405}, (path, method, answer.status_code)
                else:
                    assert answer.status_code == 302, (path, method, answer.status_code)
                    assert answer["Location"].startswith("/people/login")


# --- the API as it describes itself -----------------------------------------------------------------------------------


def operations() -> list[tuple[str, str, dict]]:
    """(path, method, description) of every operation."""
    schema = api.get_openapi_schema()
    return [
        (path, method, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()
    ]


def example(schema: dict, part: dict, things: dict[str, Any], name: str = "") -> Any:
    """A body that fits a schema as far as one can tell, about Wang's things wherever a name says which."""
    part = part if "$ref" not in part else schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    part = next((p for p in part.get("anyOf", []) if p.get("type") != "null"), part)
    stem = name.removesuffix("_id").removesuffix("s")
    if part.get("type") == "object":
        return {key: example(schema, sub, things, key) for key, sub in part.get("properties", {}).items()}
    if part.get("type") == "array":
        return [example(schema, part.get("items", {}), things, name)]
    if part.get("enum"):
        return part["enum"][0]
    if part.get("type") == "integer":
        return things.get(stem, 100) if not isinstance(things.get(stem), str) else 100
    if part.get("type") == "boolean":
        return True
    if part.get("format", "").startswith("date"):
        return "2026-11-20"
    return {"customer": things["code"], "code": things["code"], "invoice": things["number"]}.get(stem, "孙试")


@pytest.mark.parametrize("part", parts(operations(), lambda operation: operation[0].split("/")[2] or "house"))
def test_an_api_request_that_fits_tells_sun_nothing_of_wangs(part, world):
    """The walk above sends whatever; this one sends what each operation asks for, filled with Wang's numbers."""
    schema = api.get_openapi_schema()
    before = doors.belongings(world)
    for path, method, operation in part:
        for person, secrets in ((world.staff.sun, world.secrets), (world.staff.zhou, world.money)):
            ask_fittingly(schema, path, method, operation, world, client_of(person), secrets)
    assert doors.belongings(world) == before, [(method, path) for path, method, _operation in part]


def ask_fittingly(
    schema: dict, path: str, method: str, operation: dict, world: doors.World, client: Client, secrets: set[str]
) -> None:
    """One operation with what it asks for, all at once and each parameter alone."""
    route = path.removeprefix("/").replace("{", "<").replace("}", ">")
    names = tuple((p["name"], "str") for p in operation.get("parameters", []) if p["in"] == "path")
    query = {
        p["name"]: example(schema, p["schema"], world.things, p["name"])
        for p in operation.get("parameters", [])
        if p["in"] == "query"
    }
    query |= {key: "荆门" for key in ("text", "q", "search") if key in query}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = example(schema, content.get("schema", {}), world.things) if content else {}
    for filled in doors.paths(doors.Address(route, "", names), world.things):
        if method == "get":
            for asked in (query, *({k: v} for k, v in query.items() if k not in {"start", "limit"})):
                expect_nothing(client.get(filled, asked), secrets, filled, asked)
        else:
            headers = {"Idempotency-Key": f"sun-{next(KEYS)}"}
            answer = getattr(client, method)(filled, json.dumps(body), content_type="application/json", headers=headers)
            expect_nothing(answer, secrets, filled, method)


# --- the walk itself --------------------------------------------------------------------------------------------------


def test_the_walk_sees_what_the_director_may_see(world):
    """A walk that finds nothing anywhere would prove nothing: as the director it finds plenty."""
    client = client_of(world.staff.zheng)
    found: set[str] = set()
    for address in ADDRESSES:
        if address.name not in NOT_WALKED:
            for path in doors.paths(address, world.things):
                found |= set(doors.given_away(client.get(path), world.secrets))
    assert {world.staff.wangs_hospital.name, "荆门错误"} <= found


def test_an_address_nobody_can_fill_fails():
    with pytest.raises(doors.Unfillable, match="surprise"):
        doors.paths(doors.Address("new/<int:surprise>", "", (("surprise", "int"),)), {})


def test_text_in_files_is_read(world):
    from io import BytesIO

    import xlsxwriter
    from django.http import HttpResponse

    file = BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet().write(0, 0, world.staff.wangs_hospital.name)
    book.close()
    assert doors.given_away(HttpResponse(file.getvalue()), world.secrets) == [world.staff.wangs_hospital.name]

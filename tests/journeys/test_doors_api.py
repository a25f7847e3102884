"""The API's frame: one shape of refusal, pages, keys, the description, and no path that breaks whatever is sent."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from tests import cast

from kewei.config.api import api
from kewei.config.wsgi import application
from kewei.journal import queries as journal
from kewei.people import actions as people_actions
from kewei.people.models import Person
from kewei.people.rules import VERBS

pytestmark = [pytest.mark.django_db, pytest.mark.once]

EXAMPLES = 12
schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = application


@pytest.fixture
def staff():
    return cast.assemble()


@pytest.fixture
def zheng(staff):
    client = Client()
    client.force_login(staff.zheng)
    return client


# --- whatever is sent -------------------------------------------------------------------------------------------------


@pytest.fixture
def secret(staff):
    """A token of the director's, for everything a director may do."""
    scopes = sorted(verb for verb in VERBS if staff.zheng.may(verb))
    _token, secret = people_actions.make_token(
        person=staff.zheng, name="fuzz", scopes=scopes, by=staff.zheng, now=cast.MORNING
    )
    return secret


@pytest.fixture
def one_connection():
    """Requests go through the real WSGI application, which ends by dropping a connection in a transaction: the test's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_operation_breaks(case, secret, one_connection):
    """Every operation of the description, with what fits it and what does not: never a 5xx."""
    key = {"Idempotency-Key": str(case.id)} if case.method == "POST" else {}
    case.call_and_validate(headers={"Authorization": f"Bearer {secret}", **key}, checks=[not_a_server_error])


def test_every_number_asked_for_has_a_largest():
    """A number no table can keep is refused with its name, not by the database; keys in an address are bounded at once."""
    description = api.get_openapi_schema()
    asked = {
        f"{method} {path} {field['name']}": field["schema"]
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        for field in operation.get("parameters", [])
        if field["in"] == "query"
    }
    asked |= {
        f"{method} {path} body": body["content"]
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if (body := operation.get("requestBody"))
    }
    named = description["components"]["schemas"]
    unbounded = {name for name, schema in asked.items() if any(_unbounded(schema, named))}
    assert unbounded == set()


def _unbounded(schema, named):
    """Integers without a maximum in a schema and in what it refers to."""
    if isinstance(schema, dict):
        if schema.get("type") == "integer" and not {"maximum", "exclusiveMaximum"} & set(schema):
            yield schema
        if "$ref" in schema:
            yield from _unbounded(named[schema["$ref"].rsplit("/", 1)[1]], named)
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _unbounded(part, named)


# --- one shape --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("get", "/api/people/persons/999999", None, 404, "not_found"),
        ("get", "/api/people/persons/99999999999999999999999", None, 404, "not_found"),
        ("get", "/api/terminals/15833698053395341312/prospect", None, 404, "not_found"),
        ("get", "/api/nowhere", None, 404, "not_found"),
        ("delete", "/api/people/me", None, 405, "wrong_method"),
        ("get", "/api/people/persons?limit=0", None, 422, "bad_request"),
        ("get", "/api/people/persons?start=-1", None, 422, "bad_request"),
        ("get", "/api/people/persons?text=%00", None, 400, "unreadable"),
        ("post", "/api/people/persons", "{", 400, "unreadable"),
        ("post", "/api/people/persons", b"\xff", 400, "unreadable"),
        ("post", "/api/people/persons", '{"login": "a\\u0000b", "name": "x"}', 400, "unreadable"),
        ("post", "/api/people/persons", '{"login": "ab", "name": "\\ud800"}', 400, "unreadable"),
        ("post", "/api/people/persons", '{"login": "ab"}', 422, "bad_request"),
        ("post", "/api/people/persons", '{"login": "A B", "name": "x"}', 422, "bad_login"),
        ("post", "/api/people/persons", '{"login": "wang", "name": "x"}', 409, "login_taken"),
    ],
)
def test_a_refusal_has_a_code_numbers_and_a_sentence(zheng, method, path, body, status, code):
    answer = (
        getattr(zheng, method)(path, body, content_type="application/json") if body else getattr(zheng, method)(path)
    )
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code)
    assert set(told) == {"code", "numbers", "sentence"}
    assert told["sentence"]
    assert Person.objects.count() == len(cast.PEOPLE)


def test_emoji_written_as_a_pair_of_escapes_is_no_fault(zheng):
    body = '{"login": "chen", "name": "\\u9648\\ud83d\\ude00"}'
    answer = zheng.post("/api/people/persons", body, content_type="application/json")
    assert (answer.status_code, answer.json()["name"]) == (201, "陈😀")


def test_a_refusal_is_said_in_the_language_asked_for(staff, client):
    client.force_login(staff.sun)
    chinese = client.post("/api/people/persons", {"login": "x1", "name": "x"}, content_type="application/json")
    assert chinese.status_code == 403
    assert "没有权限" in chinese.json()["sentence"]
    english = client.get("/api/people/persons/999", headers={"Accept-Language": "en"}).json()
    assert english["code"] == "not_found"
    assert not any("一" <= character <= "鿿" for character in english["sentence"])


def test_a_fault_of_ours_is_told_without_details(staff, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(staff.zheng)
    monkeypatch.setattr("kewei.people.api.queries.granted_verbs", lambda person: 1 / 0)
    answer = client.get("/api/people/me")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert "division" not in answer.content.decode()


def test_a_list_comes_in_pages_that_lead_to_the_next(zheng):
    seen, address = [], "/api/people/persons?limit=3&role="
    while address:
        told = zheng.get(address).json()
        assert told["count"] == len(cast.PEOPLE) - 1  # the system is nobody
        seen += [row["login"] for row in told["items"]]
        address = told["next"]
    assert seen == sorted(seen)
    assert len(set(seen)) == len(cast.PEOPLE) - 1


def test_a_request_too_long_is_refused_before_it_is_read(zheng, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    answer = zheng.post("/api/people/persons", b"x" * (1024 * 1024 + 1), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# --- the description --------------------------------------------------------------------------------------------------


def test_the_api_is_described_on_a_page_of_our_own_without_scripts(zheng):
    page = zheng.get("/api/docs").content.decode()
    for path, operations in zheng.get("/api/openapi.json").json()["paths"].items():
        for operation in operations.values():
            assert path in page
            assert operation["operationId"] in page


def test_every_operation_says_what_it_is_for():
    silent = [
        f"{method} {path}"
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
        if not operation.get("description")
    ]
    assert silent == []


def test_what_posts_money_asks_for_a_key():
    """An operation whose verb changes the ledger has the header in its description, and required."""
    without = []
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            if method == "post" and path.startswith("/api/receivables/"):
                keys = [p for p in operation.get("parameters", []) if p["name"] == "Idempotency-Key"]
                if not keys or not keys[0]["required"]:
                    without.append(path)
    assert without == []


def test_the_change_feed_follows_the_reader(staff, client):
    people_actions.set_company(name="甲公司", by=staff.zheng, now=cast.MORNING)
    client.force_login(staff.zheng)
    assert client.get("/api/journal/facts").json()["items"][0]["name"] == "people.company_set"
    client.force_login(staff.wang)
    assert client.get("/api/journal/facts").json()["items"] == []
    assert journal.count_facts(staff.wang) == 0

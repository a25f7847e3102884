"""The REST API: each room's `router` under /api/<room>/, one way to sign in, one shape of refusal."""

import json
import logging
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from kewei.config.middleware import Broken, NoCsrf, Unreadable, refused
from kewei.config.rooms import APPS
from kewei.kernel.refusals import N_, NotFound, Refused, refusal
from kewei.people import actions as people_actions
from kewei.people.paging import Problem
from kewei.people.rules import NotSignedIn

log = logging.getLogger("kewei.api")


@refusal
class BadRequest(Refused):
    code = "bad_request"
    says = N_("请求的内容不对：{errors}")


class HouseParser(Parser):
    """JSON as every table can keep it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body; refused where it holds a NUL or half a character, which PostgreSQL does not take."""
        text = request.body.decode("utf-8")
        asked = json.loads(text)
        if "\\u" in text or "\x00" in text:
            again = json.dumps(asked, ensure_ascii=False)
            again.encode("utf-8")  # half of a surrogate pair cannot be
            if "\\u0000" in again:
                raise Unreadable
        return asked


class Bearer(HttpBearer):
    """Authorization: Bearer kewei_…; the person is limited to the token's scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token's owner, or a refusal: a bad token never falls back on the session."""
        address = request.META.get("REMOTE_ADDR", "")
        request.user = people_actions.sign_in_with_token(secret=token.strip(), address=address, now=timezone.now())
        return request.user


class SignedIn(APIKeyCookie):
    """The session of the web application; what changes something needs its CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        """The signed-in person, or None."""
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise NoCsrf
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Asked for by the base class; `__call__` does not use it."""
        return request.user


class HouseAPI(NinjaAPI):
    """Ninja, with the house's refusals described for every operation."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.drawn_up: dict[tuple[str | None, str], Any] = {}

    def get_openapi_schema(self, **given: Any) -> Any:
        """The OpenAPI description; every operation may answer with a Problem. Drawn up once for each language."""
        wanted = (get_language(), repr(sorted(given.items())))
        if wanted not in self.drawn_up:
            self.drawn_up[wanted] = self._draw_up(**given)
        return self.drawn_up[wanted]

    def _draw_up(self, **given: Any) -> Any:
        schema = super().get_openapi_schema(**given)
        schema["components"].setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                responses = operation["responses"]
                responses.setdefault("401", {"description": "not signed in, or a bad token", **answer})
                responses.setdefault("4XX", {"description": "refused", **answer})
        return schema


def readers_only(view):
    """The description of the API is for those who may use it: by session or by token."""

    def checked(request, *args, **kwargs):
        try:
            reader = SIGN_IN[0](request) or SIGN_IN[1](request)
            if not reader:
                raise NotSignedIn
        except Refused as refusal:
            return refused(request, refusal)
        return view(request, *args, **kwargs)

    checked.login_required = False  # type: ignore[attr-defined]
    return checked


SIGN_IN = [Bearer(), SignedIn()]
api = HouseAPI(
    title="Kewei 客维",
    version=version("kewei"),
    description="Money is whole fen; days are ISO dates; moments are ISO with offset. "
    "A refusal has a code, its numbers and a sentence.",
    parser=HouseParser(),
    docs_url=None,
    openapi_url="/openapi.json",
    docs_decorator=readers_only,
    auth=SIGN_IN,
    urls_namespace="api",
)


@api.exception_handler(Refused)
def say_no(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal of any room."""
    return refused(request, refusal)


@api.exception_handler(ValidationError)
def say_what_is_wrong(request: HttpRequest, failure: ValidationError) -> HttpResponse:
    """Every field that does not fit, in the shape of a refusal."""
    errors = [
        {"field": ".".join(str(part) for part in e["loc"]), "problem": e["msg"], "type": e["type"]}
        for e in failure.errors
    ]
    sentence = gettext(BadRequest.says).format(errors="; ".join(f"{e['field']}: {e['problem']}" for e in errors))
    return JsonResponse({"code": BadRequest.code, "numbers": {"errors": errors}, "sentence": sentence}, status=422)


@api.exception_handler(Http404)
def say_not_found(request: HttpRequest, failure: Http404) -> HttpResponse:
    """What does not exist for this person."""
    return refused(request, NotFound(noun=N_("这个地址")))


@api.exception_handler(HttpError)
def say_http(request: HttpRequest, failure: HttpError) -> HttpResponse:
    """What ninja itself refuses: no credentials, or a body it cannot read."""
    return refused(request, NotSignedIn() if failure.status_code == 401 else Unreadable())


@api.exception_handler(Exception)
def say_broken(request: HttpRequest, failure: Exception) -> HttpResponse:
    """A fault of ours: logged and reported to whoever listens, told without details."""
    log.exception("%s %s", request.method, request.path)
    got_request_exception.send(sender=None, request=request)
    return refused(request, Broken())


def mount() -> None:
    """Every room that has an api drawer."""
    for room in APPS:
        if room != "config" and find_spec(f"kewei.{room}.api"):
            router = getattr(import_module(f"kewei.{room}.api"), "router", None)
            if router is not None:
                prefix = "" if room == "desk" else f"/{room}"  # as its pages, the desk stands at the front
                api.add_router(prefix, router, tags=router.tags or [room], url_name_prefix=room)


def docs(request: HttpRequest) -> HttpResponse:
    """The API on one page, read from its own description; no script."""
    return render(request, "config/api_docs.html", {"rooms": described(api.get_openapi_schema())})


def described(schema: dict) -> list[dict]:
    """Operations by room, with parameters and bodies as plain rows for the page."""
    rooms: dict[str, list[dict]] = {}
    for address, operations in schema["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {})
            rooms.setdefault((operation.get("tags") or [address.split("/")[2]])[0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": address,
                    "summary": operation.get("summary", ""),
                    "description": operation.get("description", ""),
                    "parameters": [
                        {
                            "name": p["name"],
                            "where": p["in"],
                            "required": p.get("required", False),
                            "type": type_of(p.get("schema", {})),
                            "description": p.get("description", ""),
                        }
                        for p in operation.get("parameters", [])
                    ],
                    "body": [
                        {"type": kind, "fields": fields_of(schema, content.get("schema", {}))}
                        for kind, content in body.items()
                    ],
                    "answers": [
                        {
                            "status": status,
                            "description": answer.get("description", ""),
                            "fields": answer_fields(schema, answer),
                        }
                        for status, answer in operation["responses"].items()
                        if status not in ("401", "4XX")
                    ],
                }
            )
    return [{"name": name, "operations": rows} for name, rows in rooms.items()]


def answer_fields(schema: dict, answer: dict) -> list[dict]:
    """The fields of a JSON answer, or none."""
    content = answer.get("content", {}).get("application/json", {})
    return fields_of(schema, content.get("schema", {}))


def fields_of(schema: dict, part: dict) -> list[dict]:
    """Name, type and whether required, of an object's fields; of a list's items where it is a list."""
    part = resolve(schema, part)
    if part.get("type") == "array":
        part = resolve(schema, part.get("items", {}))
    required = set(part.get("required", []))
    return [
        {"name": name, "type": type_of(kind), "required": name in required, "description": kind.get("description", "")}
        for name, kind in part.get("properties", {}).items()
    ]


def resolve(schema: dict, part: dict) -> dict:
    """Follow a reference into the components."""
    name = part.get("$ref", "").rpartition("/")[2]
    return schema["components"]["schemas"].get(name, part) if name else part


def type_of(part: dict) -> str:
    """A type as one reads it: integer, string (date), list of X, X or null."""
    if "$ref" in part:
        return part["$ref"].rpartition("/")[2]
    if "anyOf" in part:
        return " | ".join(type_of(p) for p in part["anyOf"])
    if part.get("type") == "array":
        return f"[{type_of(part.get('items', {}))}]"
    if "enum" in part:
        return " | ".join(str(value) for value in part["enum"])
    return part.get("type", "any") + (f" ({part['format']})" if "format" in part else "")


mount()
_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    _pattern.callback.login_required = False  # ninja asks itself, and answers 401 where a page would redirect
urlpatterns = ([path("docs", docs, name="docs"), *_patterns], _app, _namespace)

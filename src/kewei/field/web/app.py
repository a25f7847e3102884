"""The app itself: one page without anybody's data, its worker, its manifest and icons; all of it may be kept on a phone."""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.field.rules import CONFLICTS, PIECE_BYTES, SMALL_BYTES, VERBS
from kewei.field.rules.icon import png
from kewei.field.web.words import APP
from kewei.kernel.refusals import N_, NotFound

MODULES = ("store", "outbox", "sync", "photo", "shapes", "screens")
ASSETS = ("field/field.css", "field/main.js", *(f"field/{name}.js" for name in MODULES))
# What the phone makes of photos: bytes of a small picture at most, bytes of a piece of a full one.
SIZES = {"small": SMALL_BYTES, "piece": PIECE_BYTES}
ICONS = (180, 192, 512)
# What the app asks of a phone: one point when checking in, and the camera's picture; both only here (domain 4.8).
PERMISSIONS = "camera=(self), microphone=(), geolocation=(self), payment=()"


def open_page(view: Any) -> Any:
    """Answered before signing in, with nothing of anybody's in it, asked for again at each start."""

    @login_not_required
    @require_GET
    def answered(request: HttpRequest, **given: Any) -> HttpResponse:
        answer = view(request, **given)
        answer.headers.setdefault("Cache-Control", "no-cache")
        answer.headers["Permissions-Policy"] = PERMISSIONS
        return answer

    return answered


@open_page
def app(request: HttpRequest) -> HttpResponse:
    """外勤应用  The page the phone keeps; everything on it comes out of the phone's own store."""
    page = {
        "modules": {name: static(f"field/{name}.js") for name in MODULES},
        "words": words(),
        "addresses": addresses(),
        "sizes": SIZES,
        "version": version(get_language()),
    }
    return render(request, "field/app.html", page)


@open_page
def worker(request: HttpRequest) -> HttpResponse:
    """The worker that answers for the app while there is no network: only for the app's own files."""
    kept = [reverse("field:app"), *(static(name) for name in ASSETS), reverse("field:icon", args=[192])]
    text = render_to_string(
        "field/worker.js", {"version": json.dumps(version(get_language())), "kept": json.dumps(kept)}
    )
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@open_page
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to know to install the app."""
    return JsonResponse(
        {
            "name": _("客维外勤"), "short_name": _("客维外勤"), "lang": get_language(), "id": reverse("field:app"),
            "start_url": reverse("field:app"), "scope": reverse("field:app"), "display": "standalone",
            "orientation": "portrait", "background_color": "#f5f7f8", "theme_color": "#155e6b",
            "icons": [
                {"src": reverse("field:icon", args=[size]), "sizes": f"{size}x{size}", "type": "image/png",
                 "purpose": purpose}
                for size in (192, 512) for purpose in ("any", "maskable")
            ],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


@open_page
def icon(request: HttpRequest, size: int) -> HttpResponse:
    """The icon in one of the sizes phones ask for."""
    if size not in ICONS:
        raise NotFound(noun=N_("这个页面"))
    return HttpResponse(_icon(size), content_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@cache
def _icon(size: int) -> bytes:
    return png(size)


def version(language: str | None) -> str:
    """Changes when anything the phone keeps of the app changes, its words and language too."""
    return _version(language) if not settings.DEBUG else _version.__wrapped__(language)


@lru_cache(maxsize=8)
def _version(language: str | None) -> str:
    files = [finders.find(name) for name in ASSETS]
    mark = hashlib.sha256(json.dumps([language, words(), addresses(), SIZES, ASSETS]).encode())
    for file in files:
        if file:
            with open(file, "rb") as content:
                mark.update(content.read())
    return mark.hexdigest()[:16]


def addresses() -> dict[str, str]:
    """Where the app finds the house."""
    names = ("app", "worker", "sync", "photo", "piece", "leave", "enrol", "conflicts", "devices")
    return {name: reverse(f"field:{name}") for name in names}


def words() -> dict[str, Any]:
    """Everything the app says, in the reader's language: scripts hold no sentences."""
    return {
        "verbs": {verb: _(said) for verb, said in VERBS.items()},
        "app": {name: _(said) for name, said in APP.items()},
        "conflicts": [[_(one.what), _(one.then)] for one in CONFLICTS],
    }


URLS = [
    path("", app, name="app"),
    path("worker.js", worker, name="worker"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("icon-<int:size>.png", icon, name="icon"),
]

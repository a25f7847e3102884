"""Addresses: each room's web drawer under its own prefix, the API, and the language switch."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from kewei.config.api import urlpatterns as kewei_api
from kewei.config.rooms import APPS


def room_urls():
    """Every room with a web drawer, under /<room>/; the desk is the front page, the house itself at /house/."""
    for room in APPS:
        web = import_module(f"kewei.{room}.web") if find_spec(f"kewei.{room}.web") else None
        if hasattr(web, "urlpatterns"):
            yield path(PREFIX.get(room, f"{room}/"), include((f"kewei.{room}.web", room), namespace=room))


PREFIX = {"desk": "", "config": "house/"}

urlpatterns = [
    # The language can be switched before signing in.
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("api/", kewei_api),
    *room_urls(),
]

handler400 = "kewei.config.middleware.unreadable"
handler404 = "kewei.config.middleware.not_found"
handler500 = "kewei.config.middleware.broken"

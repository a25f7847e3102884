"""Pages of collecting, by topic."""

from typing import Any

from django.urls import path

from kewei.collecting.web import techniques

TECHNIQUES = [path("techniques/", techniques.library, name="techniques")]

urlpatterns: list[Any] = [*TECHNIQUES]

"""Pages of collecting, by topic."""

from typing import Any

from django.urls import path

from kewei.collecting.web import techniques
from kewei.collecting.web.letters import LETTERS
from kewei.collecting.web.wordings import WORDINGS

TECHNIQUES = [path("techniques/", techniques.library, name="techniques")]

urlpatterns: list[Any] = [
    *LETTERS,
    *TECHNIQUES,
    *WORDINGS,
]

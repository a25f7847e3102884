"""Pages of collecting, by topic."""

from typing import Any

urlpatterns: list[Any] = []

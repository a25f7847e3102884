"""Pages of insight, by topic."""

from typing import Any

urlpatterns: list[Any] = []

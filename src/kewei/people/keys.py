"""Keys as a request sends them: in an address, or of the rows ticked. What is none is left out, never refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict

# What one press of a button is done to at the most, where a page has no bound of its own.
MOST_TICKED = 2_000


def key_of(text: str | None) -> int | None:
    """A key as text, None where it is none or longer than any database keeps."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def ticked(data: QueryDict, name: str = "id", most: int | None = None) -> list[int]:
    """Keys of the rows ticked, each once, in their order, at most so many."""
    keys = (key_of(text) for text in dict.fromkeys(data.getlist(name)))
    return [key for key in keys if key is not None][:most]


def came_with(request: HttpRequest) -> dict[str, Any]:
    """What a form begins with: the customer named in its address."""
    key = key_of(request.GET.get("terminal"))
    return {} if key is None else {"terminal": key}

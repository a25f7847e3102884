"""Where pages of other rooms are, by URL name: a page that is not built has no address."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


@cache
def address(name: str) -> str:
    """The path of a page by its URL name; an empty text where there is no such page."""
    return address_of(name)


def address_of(name: str, *args: Any, **asked: Any) -> str:
    """The path of a page of something, with what is asked of it; an empty text where there is no such page."""
    try:
        path = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(asked)}" if asked else path

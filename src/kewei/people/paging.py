"""What every API of the house answers alike: pages of a list, and refusals."""

from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from ninja import Field, Path, Query, Schema

from kewei.kernel.ids import LARGEST_KEY

T = TypeVar("T")

Start = Annotated[int, Query(ge=0, le=1_000_000_000, description="how many rows to skip")]
Limit = Annotated[int, Query(ge=1, le=500, description="how many rows at most")]
Pk = Annotated[int, Query(ge=1, le=LARGEST_KEY)]
Key = Annotated[int, Field(ge=1, le=LARGEST_KEY)]
KeyInPath = Annotated[int, Path(ge=1, le=LARGEST_KEY)]


class Page(Schema, Generic[T]):
    """One page of a list: its rows, how many there are in all, and the address of the next page."""

    items: list[T]
    count: int
    next: str | None = None


class Problem(Schema):
    """A refusal: a stable code, the numbers it is about, and a sentence in the reader's language."""

    code: str
    numbers: dict[str, Any]
    sentence: str


def page(request, items: list, count: int, start: int, limit: int) -> dict:
    """The body of a Page; `next` keeps the other parameters of the request."""
    more = start + limit < count
    asked = {**request.GET.dict(), "start": start + limit, "limit": limit}
    return {"items": items, "count": count, "next": f"{request.path}?{urlencode(asked)}" if more else None}

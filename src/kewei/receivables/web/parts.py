"""What the pages of receivables and of the rooms above share: the day asked for, the way to a neighbour's page; and forms
that post once, as journal.web has them."""

from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kewei.journal.web import once, or_error
from kewei.kernel.refusals import N_
from kewei.people.listing import views

__all__ = ["FROM_DUE", "address", "as_of", "day_in", "once", "or_error", "today"]


def today() -> date:
    """The day it is where the company is."""
    return timezone.localdate()


def day_in(text: str | None, otherwise: date) -> date:
    """A day of an address; what is none, or lies ahead, is left out rather than refused."""
    try:
        asked = date.fromisoformat(text or "")
    except ValueError:
        return otherwise
    return min(asked, today())


def as_of(request: HttpRequest, listing: str) -> date:
    """The day a list is asked for: in its address, or in the reader's usual view of it where the address says nothing."""
    if request.GET:
        return day_in(request.GET.get("as_of"), today())
    usual = next((view for view in views.of(request.user, listing) if view.usual), None)
    return day_in(QueryDict(usual.query).get("as_of") if usual else None, today())


# Receivables know no demand and no promise: what restarts the clock is kept in a room above.
FROM_DUE = N_("自到期日起算，不计催收、承诺、付款的重新起算；准确的看催收的时效时钟")


def address(name: str, *args: Any) -> str:
    """The path of a page, possibly of a room above; an empty text where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""

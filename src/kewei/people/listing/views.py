"""Saved views: a person's own name for what they asked of a list."""

from __future__ import annotations

from datetime import datetime

from kewei.kernel.refusals import N_, NotFound, Refused, refusal
from kewei.people.frame import action
from kewei.people.models import Person, SavedView

MOST_VIEWS = 30


@refusal
class ViewNeedsName(Refused):
    code = "view_needs_name"
    says = N_("请给这个视图起个名字")


@refusal
class TooManyViews(Refused):
    code = "too_many_views"
    says = N_("每个列表最多保存 {most} 个视图，请先删除不用的")


def of(person: Person, listing: str) -> list[SavedView]:
    """A person's views of a list, in the order they were made."""
    return list(SavedView.objects.filter(person=person, listing=listing).order_by("pk"))


@action
def keep_view(*, listing: str, name: str, query: str, usual: bool = False, by: Person, now: datetime) -> SavedView:
    """保存视图  Keep what is asked of a list under a name; the same name again replaces it.

    Raises ViewNeedsName, TooManyViews.
    """
    by.must("people.keep_view")
    name = " ".join(name.split())[:40]
    if not name:
        raise ViewNeedsName
    others = SavedView.objects.filter(person=by, listing=listing).exclude(name=name)
    if others.count() >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    if usual:
        others.filter(usual=True).update(usual=False)
    view, _ = SavedView.objects.update_or_create(
        person=by, listing=listing, name=name, defaults={"query": query, "usual": usual, "made_at": now}
    )
    return view


@action
def drop_view(*, listing: str, pk: int, by: Person, now: datetime) -> None:
    """删除视图  Forget a view of one's own. Raises NotFound."""
    by.must("people.keep_view")
    if not SavedView.objects.filter(person=by, listing=listing, pk=pk).delete()[0]:
        raise NotFound(noun="view")

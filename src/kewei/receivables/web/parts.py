"""What the pages of receivables share: the day asked for, forms that post once, the way to a neighbour's page."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.journal import actions as journal_actions
from kewei.journal.rules import BadKey
from kewei.kernel.refusals import N_, KeyReused, Refused
from kewei.people.listing import views

# What a form carries beside what it asks for.
ENVELOPE = {"csrfmiddlewaretoken", "form_key"}
_KEY = re.compile(r"[0-9a-f]{32}")


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


def once(request: HttpRequest, verb: str, do: Callable[[], Any]) -> Any:
    """Do what a form asks once for its hidden key: pressed twice, it answers the same again.

    `do` returns a JSON-able answer. Raises BadKey, KeyReused where the form was changed after it had been sent.
    """
    key = request.POST.get("form_key", "")
    if not _KEY.fullmatch(key):
        raise BadKey(key=key[:80])
    asked = {name: request.POST.getlist(name) for name in sorted(request.POST) if name not in ENVELOPE}
    return journal_actions.once(
        key=f"form:{request.user.pk}:{key}", verb=verb, body=[request.path, asked], by=request.user, now=timezone.now(),
        do=do,
    )  # fmt: skip


def or_error(form: Any, do: Callable[[], Any], beside: dict[str, str] | None = None) -> Any:
    """What `do` returns; a refusal becomes an error of the form, beside the field it is about."""
    try:
        return do()
    except KeyReused:
        form.renew_key()
        form.add_error(None, _("这张表单已经提交过，之后内容又有改动。如确实要再登记一笔，请再按一次。"))
    except Refused as why:
        field = (beside or {}).get(why.code)
        told = " ".join(words for words in (why.sentence(_), why.advice(_)) if words)
        form.add_error(field if field in form.fields else None, told)
    return None

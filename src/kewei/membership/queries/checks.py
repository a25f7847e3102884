"""What can be wrong in the ledger of points and coupons, for `kewei check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from kewei.membership.models import Enrolment, Lot, Posting
from kewei.membership.rules.ledger import FEN, LIABILITY, POINTS


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: its code (rules.FINDINGS has the sentence), what it is about, and numbers."""

    code: str
    about: str
    numbers: dict[str, Any]


def findings() -> Iterator[Finding]:
    """Every finding of the room, whoever asks: movements that do not sum to nought, lots and balances that differ."""
    sums = Posting.objects.values("movement", "unit").annotate(sum=Sum("amount")).exclude(sum=0).order_by("movement")
    for row in sums:
        yield Finding("membership_movement_unbalanced", str(row["movement"]), {"unit": row["unit"], "sum": row["sum"]})
    lots = Lot.objects.annotate(posted=Coalesce(Sum("postings__amount"), 0)).exclude(posted=F("left"))
    for pk, left, posted in lots.order_by("pk").values_list("pk", "left", "posted"):
        yield Finding("membership_lot_differs", str(pk), {"left": left, "posted": posted})
    members = Enrolment.objects.annotate(
        points_left=Coalesce(Sum("lots__left", filter=Q(lots__unit=POINTS)), 0),
        fen_left=Coalesce(Sum("lots__left", filter=Q(lots__unit=FEN)), 0),
    ).exclude(points_left=F("points"), fen_left=F("fen"))
    for pk, points, points_left in members.order_by("pk").values_list("pk", "points", "points_left"):
        yield Finding("membership_balance_differs", str(pk), {"points": points, "lots": points_left})
    owed: Any = (
        Posting.objects.filter(account=LIABILITY).values("movement__enrolment", "unit").annotate(sum=Sum("amount"))
    )
    for one in owed.filter(sum__lt=0).order_by("movement__enrolment"):
        yield Finding("membership_below_nought", str(one["movement__enrolment"]), {"unit": one["unit"]})

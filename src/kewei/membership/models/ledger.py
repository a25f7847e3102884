"""积分与价格券的账: movements and their postings are append-only; a lot sums what is left of one promise."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.membership.models.benefits import Benefit
from kewei.membership.models.programmes import Enrolment, RulesVersion

PERSON = settings.AUTH_USER_MODEL


class Movement(models.Model):
    """One act of the ledger, whose postings sum to nought in each unit. `document` is the red-letter note or invoice on
    which a price benefit appears; `reverses` what it undoes."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="movements", db_index=False)
    kind = models.CharField(max_length=10)
    on = models.DateField()
    words = models.CharField(max_length=200, blank=True)
    # The month whose purchases it counts ("sales:2026-10"), where it counts a month's.
    source = models.CharField(max_length=40, blank=True)
    rules = models.ForeignKey(RulesVersion, null=True, on_delete=models.PROTECT, related_name="+")
    benefit = models.ForeignKey(Benefit, null=True, on_delete=models.PROTECT, related_name="movements")
    document = models.ForeignKey("receivables.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    intake = models.ForeignKey("journal.Intake", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["enrolment", "id"]), models.Index(fields=["source"])]


class Lot(models.Model):
    """一批积分，或一张价格券: what was promised at once, what is left of it, and its last day.

    `left` is written by the movement that changes it, and never leaves 0..amount.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="lots", db_index=False)
    unit = models.CharField(max_length=6)
    number = models.CharField(max_length=30, blank=True)
    amount = models.BigIntegerField()
    left = models.BigIntegerField()
    earned_on = models.DateField()
    expires_on = models.DateField()
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="lots")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left__gte=0, left__lte=F("amount")), name="lot_left_within_amount"),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="a_coupon_number_once"),
        ]
        indexes = [
            models.Index(fields=["enrolment", "unit", "expires_on"], condition=Q(left__gt=0), name="lots_left"),
            models.Index(fields=["expires_on"], condition=Q(left__gt=0), name="lots_by_end"),
        ]


class Posting(models.Model):
    """分录: an account, a unit, a signed amount; of what we owe, the lot too. Append-only."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=10)
    unit = models.CharField(max_length=6)
    amount = models.BigIntegerField()
    lot = models.ForeignKey(Lot, null=True, on_delete=models.PROTECT, related_name="postings")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="a_posting_moves_something"),
            models.CheckConstraint(
                condition=Q(account="liability", lot__isnull=False) | (~Q(account="liability") & Q(lot=None)),
                name="what_is_owed_lies_in_a_lot",
            ),
        ]

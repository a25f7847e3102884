"""An order, its lines, its states one after the other, and what the gate said of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.terminals.models import ThroughTerminal


class Order(models.Model):
    """订单: what a customer asked for; `state` repeats the newest OrderState, written by the action that appends it."""

    number = models.CharField(max_length=30, unique=True)
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    ship_to = models.ForeignKey(
        "terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer_ref = models.CharField(max_length=60, blank=True)
    payment = models.CharField(max_length=12, default="credit")
    term_days = models.IntegerField(null=True)
    wanted_on = models.DateField(null=True)
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=12, default="page")
    total_fen = models.BigIntegerField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    state = models.CharField(max_length=16)
    state_at = models.DateTimeField()
    intake = models.ForeignKey("journal.Intake", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["terminal", "-placed_at"]),
            models.Index(fields=["state", "-placed_at"]),
            models.Index(fields=["-placed_at"]),
            models.Index(fields=["customer_ref"]),
        ]
        constraints = [models.CheckConstraint(condition=Q(total_fen__gte=0), name="order_total_not_below_nought")]


class OrderLine(models.Model):
    """订单行: a product, how much of it (in thousandths) and its price with VAT; sums follow its deliveries and returns."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    place = models.IntegerField()
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    quantity_milli = models.BigIntegerField()
    price_fen = models.BigIntegerField()
    fen = models.BigIntegerField()
    note = models.CharField(max_length=120, blank=True)
    cancelled_milli = models.BigIntegerField(default=0)
    delivered_milli = models.BigIntegerField(default=0)
    returned_milli = models.BigIntegerField(default=0)
    invoiced_milli = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    quantity_milli__gt=0,
                    cancelled_milli__gte=0,
                    delivered_milli__gte=0,
                    returned_milli__gte=0,
                    returned_milli__lte=F("delivered_milli"),
                    delivered_milli__lte=F("quantity_milli") - F("cancelled_milli"),
                    invoiced_milli__lte=F("delivered_milli"),
                ),
                name="order_line_within_its_quantity",
            ),
            models.UniqueConstraint(fields=["order", "place"], name="one_line_per_place"),
        ]


class OrderState(models.Model):
    """订单状态: the order came into a state, by whom, when and why; append-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=16)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Verdict(models.Model):
    """关口结论: what the gate said of an order at one moment (entry, recheck, release, invoice); append-only.

    `case` is everything it looked at, `policies` the labels of the versions it judged by; both give `verdicts` again,
    bit by bit. `digest` covers all three.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="verdicts")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=10)
    outcome = models.CharField(max_length=6)
    blocked_by = models.JSONField(default=list)
    verdicts = models.JSONField()
    case = models.JSONField()
    policies = models.JSONField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order", "-id"]),
            models.Index(fields=["terminal", "-at"]),
            models.Index(fields=["outcome", "-at"]),
        ]


class SpecialRelease(models.Model):
    """特批: somebody with the authority let an order pass what could be waived, for a reason, until a day; append-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="releases")
    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="+")
    waives = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    over_fen = models.BigIntegerField(default=0)
    authority = models.CharField(max_length=80)
    expires_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stands_in_for = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

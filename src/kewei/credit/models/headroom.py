"""额度占用: what orders have taken of a customer's headroom; movements append-only, summaries in rows of their own."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Account(models.Model):
    """信用账户: one row per customer, locked by whoever takes or gives back headroom; a summary of rows elsewhere.

    `ordered_fen` and `delivered_fen` sum the reservations; `grade` is the newest score's. `kewei check` recomputes both.
    """

    terminal = models.OneToOneField("terminals.Terminal", primary_key=True, on_delete=models.PROTECT, related_name="+")
    ordered_fen = models.BigIntegerField(default=0)
    delivered_fen = models.BigIntegerField(default=0)
    grade = models.CharField(max_length=2, blank=True)
    score = models.ForeignKey("credit.Score", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ordered_fen__gte=0, delivered_fen__gte=0), name="headroom_taken_not_below_nought"
            )
        ]


class Reservation(models.Model):
    """占用: what one order (`reference`, such as `orders.order:17`) holds now of a customer's headroom, and until when."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=60, unique=True)
    ordered_fen = models.BigIntegerField(default=0)
    delivered_fen = models.BigIntegerField(default=0)
    until = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ordered_fen__gte=0, delivered_fen__gte=0), name="reservation_not_below_nought"
            )
        ]
        indexes = [
            models.Index(fields=["terminal"], condition=~Q(ordered_fen=0, delivered_fen=0), name="live_reservations"),
            models.Index(fields=["until"], condition=Q(ordered_fen__gt=0), name="reservations_by_end"),
        ]


class HeadroomMove(models.Model):
    """A movement of headroom, append-only: `part` is ordered or delivered, `fen` positive where it is taken."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=60)
    part = models.CharField(max_length=10)
    fen = models.BigIntegerField()
    why = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(fen=0), name="a_move_moves_something")]
        indexes = [models.Index(fields=["terminal", "id"]), models.Index(fields=["reference"])]

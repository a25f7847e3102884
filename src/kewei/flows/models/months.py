"""Months: their states as rows, and what was posted of them. Append-only; a difference is another row."""

from django.conf import settings
from django.db import models

from kewei.flows.models.through import ThroughDistributor
from kewei.terminals.models import ThroughTerminal


class MonthState(models.Model):
    """A month of the whole company was frozen, or adjusted after that; without a row it is open. `told` has its figures."""

    month = models.DateField()
    state = models.CharField(max_length=10)
    note = models.CharField(max_length=200, blank=True)
    told = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["month", "-id"])]


class Usage(models.Model):
    """What a terminal took of a product through a distributor in a month, posted to sales; later rows are differences.

    `appeal` is the kind of appeal where the row adjusts a frozen month. Quantity in thousandths of the product's unit.
    """

    distributor = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    quantity_milli = models.BigIntegerField()
    fen = models.BigIntegerField()
    appeal = models.CharField(max_length=16, blank=True)
    why = models.CharField(max_length=200, blank=True)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()

    objects = ThroughDistributor.as_manager()
    by_terminal = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["month", "distributor"]),
            models.Index(fields=["terminal", "-month"]),
        ]

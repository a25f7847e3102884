"""增值服务 and 库存: what we did for an institution for nothing, and what it told us lies on its shelf (1C rows 35-36)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.membership.models.programmes import Programme
from kewei.terminals.models import ThroughTerminal

PERSON = settings.AUTH_USER_MODEL


class Service(models.Model):
    """A service asked for, until somebody says what came of it."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="services")
    kind = models.CharField(max_length=16)
    words = models.CharField(max_length=300)
    due_on = models.DateField()
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["terminal", "-asked_at"]),
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="open_services"),
        ]


class StockTold(models.Model):
    """A terminal's stock of a product as counted or told on a day, units of the product; append-only, the newest counts. A row
    that takes another back (an import undone) says only that: neither counts."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    units = models.BigIntegerField()
    near_units = models.BigIntegerField(default=0)
    near_on = models.DateField(null=True)
    batch = models.CharField(max_length=40, blank=True)
    intake = models.ForeignKey("journal.Intake", null=True, on_delete=models.PROTECT, related_name="+")
    takes_back = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_back_by")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(units__gte=0, near_units__gte=0, near_units__lte=F("units")), name="stock_told_makes_sense"
            )
        ]
        indexes = [models.Index(fields=["terminal", "product", "-on"])]

"""Names as a distributor writes them, which terminal or product each stands for, since when, and who said so."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.flows.models.through import ThroughDistributor


class Name(models.Model):
    """A customer as one distributor writes it: the same text with the same codes and place is one name."""

    distributor = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=64, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    licence = models.CharField(max_length=60, blank=True)
    province = models.CharField(max_length=30, blank=True)
    city = models.CharField(max_length=30, blank=True)
    county = models.CharField(max_length=30, blank=True)
    first_at = models.DateTimeField()

    objects = ThroughDistributor.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["distributor", "key"], name="one_name_of_a_distributor")]


class NameAlias(models.Model):
    """Which terminal a name stands for; without one it is known to have no card. Ended by a later row, never deleted."""

    name = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="aliases", db_index=False)
    terminal = models.ForeignKey("terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10)
    probability_bp = models.IntegerField(null=True)
    why = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name", "-id"])]
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="one_live_name_alias")]


class Asking(models.Model):
    """复核: a name nobody but a person can place; `candidates` with their reasons as matching gave them, `fen` its worth in
    the month that asked. Closed when an alias is made."""

    name = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="askings", db_index=False)
    month = models.DateField()
    fen = models.BigIntegerField()
    candidates = models.JSONField(default=list)
    why = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["closed_at", "-fen"])]
        constraints = [models.UniqueConstraint(fields=["name"], condition=Q(closed_at=None), name="one_open_asking")]


class Decision(models.Model):
    """What one person said of a name; where two are needed the alias waits for the second to say the same. Append-only."""

    asking = models.ForeignKey(Asking, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    choice = models.CharField(max_length=10)
    place = models.SmallIntegerField(null=True)
    terminal = models.ForeignKey("terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asking", "by"], name="one_word_of_each_person")]


class Goods(models.Model):
    """A product as one distributor writes it: name, spec, unit and its own code."""

    distributor = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=32)
    product = models.CharField(max_length=160)
    spec = models.CharField(max_length=80, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=64, blank=True)
    first_at = models.DateTimeField()

    objects = ThroughDistributor.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["distributor", "key"], name="one_goods_of_a_distributor")]


class GoodsAlias(models.Model):
    """Which product goods are; `per` of the unit written hold `times` of the product's. Without a product they are not ours."""

    goods = models.ForeignKey(Goods, on_delete=models.PROTECT, related_name="aliases", db_index=False)
    product = models.ForeignKey("products.Product", null=True, on_delete=models.PROTECT, related_name="+")
    times = models.IntegerField(default=1)
    per = models.IntegerField(default=1)
    how = models.CharField(max_length=10)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["goods", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["goods"], condition=Q(ended_at=None), name="one_live_goods_alias"),
            models.CheckConstraint(condition=Q(times__gt=0, per__gt=0), name="unit_factor_above_nought"),
        ]

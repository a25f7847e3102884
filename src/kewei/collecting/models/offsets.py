"""抵账: a thing taken instead of money, who agreed, and what became of it (domain 2.15)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Offset(models.Model):
    """以物抵债: the debt ends only when the thing is ours; `verdicts` is what the rules said when it was proposed.

    `letter` is the agreement on paper, the newest one where an earlier one was dropped.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    asset = models.CharField(max_length=16)
    words = models.CharField(max_length=300)
    agreed_on = models.DateField()
    offset_fen = models.BigIntegerField()
    value_fen = models.BigIntegerField()
    valued_on = models.DateField()
    valued_how = models.CharField(max_length=120, blank=True)
    searched_on = models.DateField(null=True)
    invoiced = models.BooleanField(default=False)
    title = models.ForeignKey("journal.Attachment", on_delete=models.PROTECT, related_name="+")
    plan = models.CharField(max_length=200, blank=True)
    plan_until = models.DateField(null=True)
    verdicts = models.JSONField(default=list)
    policy = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    state_at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)
    letter = models.OneToOneField("collecting.Letter", null=True, on_delete=models.PROTECT, related_name="+")
    receipt = models.OneToOneField("receivables.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    performed_on = models.DateField(null=True)
    disposed_on = models.DateField(null=True)
    proceeds_fen = models.BigIntegerField(null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(offset_fen__gt=0, value_fen__gt=0), name="offset_above_nought")
        ]
        indexes = [models.Index(fields=["terminal", "-agreed_on"]), models.Index(fields=["state", "-agreed_on"])]


class OffsetItem(models.Model):
    """An invoice a thing is taken for."""

    offset = models.ForeignKey(Offset, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offset", "entry"], name="an_item_once_in_an_offset")]


class OffsetOpinion(models.Model):
    """抵债意见: legal, finance or quality agrees or not; append-only."""

    offset = models.ForeignKey(Offset, on_delete=models.PROTECT, related_name="opinions")
    part = models.CharField(max_length=10)
    approve = models.BooleanField()
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offset", "part"], name="one_opinion_of_each_part")]

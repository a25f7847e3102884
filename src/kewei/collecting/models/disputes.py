"""争议单: what a customer says is wrong with an invoice, who sees to it, and what we found (domain 2.17)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.terminals.models import ThroughTerminal


class Dispute(models.Model):
    """争议: of one invoice, for its own amount; `state` and `upheld_fen` repeat the newest DisputeState."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=4)
    fen = models.BigIntegerField()
    words = models.CharField(max_length=300)
    told_by = models.CharField(max_length=60, blank=True)
    department = models.CharField(max_length=20)
    raised_on = models.DateField()
    answer_by = models.DateField(null=True)
    paper = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=12)
    state_at = models.DateTimeField()
    upheld_fen = models.BigIntegerField(default=0)
    red_letter = models.ForeignKey(
        "receivables.Entry", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fen__gt=0, upheld_fen__gte=0, upheld_fen__lte=F("fen")), name="dispute_within_its_amount"
            )
        ]
        indexes = [
            models.Index(fields=["terminal", "-raised_on"]),
            models.Index(fields=["state", "answer_by"]),
        ]


class DisputeState(models.Model):
    """争议处理: the dispute came into a state, by whom, when, with which words and amount; append-only."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=12)
    fen = models.BigIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

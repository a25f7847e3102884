"""我方承诺: what we promised a customer (domain 1F row 83)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class OurPromise(models.Model):
    """我方承诺: what, by when, who keeps it, and what came of it; the invoice at stake where there is one."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey("receivables.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    words = models.CharField(max_length=300)
    fen = models.BigIntegerField(null=True)
    made_on = models.DateField()
    due_on = models.DateField()
    promised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    outcome = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen=None) | Q(fen__gt=0), name="our_promise_above_nought")]
        indexes = [models.Index(fields=["terminal", "-made_on"]), models.Index(fields=["state", "due_on"])]

"""授信额度 and what secures it (domain 2.8, 2.17, 3.5)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Limit(models.Model):
    """A limit granted, until it ends. No live limit means no credit. `parts` may limit parts of exposure on their own.

    A `for_group` limit binds the terminal and its members together; a temporary one is added to the fixed one.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    for_group = models.BooleanField(default=False)
    temporary = models.BooleanField(default=False)
    fen = models.BigIntegerField()
    parts = models.JSONField(default=dict)
    term_days = models.IntegerField()
    since = models.DateField()
    until = models.DateField()
    application = models.ForeignKey("credit.Application", null=True, on_delete=models.PROTECT, related_name="limits")
    method = models.CharField(max_length=80, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fen__gte=0), name="limit_not_below_nought"),
            models.UniqueConstraint(
                fields=["terminal", "for_group", "temporary"], condition=Q(ended_at=None), name="one_live_limit"
            ),
        ]
        indexes = [models.Index(fields=["terminal", "-granted_at"]), models.Index(fields=["until"])]


class Security(models.Model):
    """担保登记: a guarantee with its own end, or a deposit (which counts against exposure instead) (domain 2.17, 4.6)."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    guarantor = models.CharField(max_length=120, blank=True)
    fen = models.BigIntegerField()
    debt = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    paper = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="security_above_nought")]
        indexes = [models.Index(fields=["until"])]

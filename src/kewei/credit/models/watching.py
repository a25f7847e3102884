"""停止赊销 and 预警: holds and early-warning findings, each a row until somebody, or the end of its reason, lifts it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Hold(models.Model):
    """停止赊销: no credit orders while it lives. `reason` is a code of rules.holds.REASONS; an automatic one names its
    `cause` (a fact's subject, a rule) and is lifted by the follower that sees the cause gone."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    automatic = models.BooleanField(default=False)
    cause = models.CharField(max_length=120, blank=True)
    until = models.DateField(null=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal", "reason"], condition=Q(lifted_at=None), name="one_live_hold_per_reason"
            )
        ]
        indexes = [models.Index(fields=["terminal"], condition=Q(lifted_at=None), name="live_holds")]


class Finding(models.Model):
    """预警: something about a customer that may become a loss; open until somebody says what came of it."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    grave = models.BooleanField(default=False)
    detail = models.JSONField(default=dict)
    found_on = models.DateField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal", "kind", "key"], condition=Q(closed_at=None), name="one_open_finding_of_a_key"
            )
        ]
        indexes = [
            models.Index(fields=["terminal", "-found_on"]),
            models.Index(fields=["-grave", "found_on"], condition=Q(closed_at=None), name="open_findings"),
        ]

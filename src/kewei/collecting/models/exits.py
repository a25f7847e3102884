"""升级 and 退出决定: how high a debt was taken on either side, and how it is given up (domain 1G rows 93, 96, 105; 4.11)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Escalation(models.Model):
    """升级: a debt was taken one rung higher, inside the customer or inside the house; append-only."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=10)
    rung = models.CharField(max_length=20)
    whom = models.CharField(max_length=80)
    why = models.CharField(max_length=200)
    policy = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-at"])]


class Exit(models.Model):
    """退出决定: what is done with a debt that is not worth pursuing as before; proposed by one, decided by another.

    `steps` are codes of rules.exits.STEPS, `write_off_fen` what is written off; `findings` [[level, code, numbers], …] as
    they stood when it was proposed. The claim itself never ends by it.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    steps = models.JSONField()
    write_off_fen = models.BigIntegerField(default=0)
    overdue_fen = models.BigIntegerField()
    limitation_checked_on = models.DateField(null=True)
    why = models.CharField(max_length=500)
    findings = models.JSONField(default=list)
    policy = models.CharField(max_length=80)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminal"], condition=Q(agreed=None), name="one_open_exit_of_a_debtor"),
            models.CheckConstraint(condition=Q(write_off_fen__gte=0), name="write_off_not_below_nought"),
        ]
        indexes = [models.Index(fields=["terminal", "-proposed_at"])]

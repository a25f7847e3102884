"""时效事件: what restarts limitation and cannot be read off ledger, letters or promises; claims on guarantors (domain 4.6)."""

from django.conf import settings
from django.db import models

from kewei.terminals.models import ThroughTerminal


class ClockEvent(models.Model):
    """A demand, acknowledgement, agreement or proceedings, with its proof and how strong that is.

    Without items it concerns the whole account: every invoice written by `on`. It `runs_from` a later day where
    instalments end or proceedings ended then, and is `pending` while they have not. A mistake is taken back, and recorded
    again.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    how = models.CharField(max_length=16)
    on = models.DateField()
    runs_from = models.DateField(null=True)
    pending = models.BooleanField(default=False)
    signer = models.CharField(max_length=12)
    names_content = models.BooleanField(default=False)
    proof = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    strength = models.CharField(max_length=12)
    words = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_back_at = models.DateTimeField(null=True)
    taken_back_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-on"])]


class ClockEventItem(models.Model):
    """An invoice an event concerns; a part of it demanded restarts the whole (诉讼时效规定 9)."""

    event = models.ForeignKey(ClockEvent, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "entry"], name="an_item_once_in_an_event")]


class GuaranteeClaim(models.Model):
    """主张保证责任: a guarantor was asked, or the debtor sued, on a day; append-only."""

    security = models.ForeignKey("credit.Security", on_delete=models.PROTECT, related_name="+")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    how = models.CharField(max_length=16)
    proof = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

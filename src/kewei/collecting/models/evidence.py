"""证据: files somebody added to an invoice because they prove it, and packs that were handed out (domain 4.6, 4.8)."""

from django.conf import settings
from django.db import models

from kewei.terminals.models import ThroughTerminal


class EvidencePaper(models.Model):
    """证据文件: proves one part of an invoice until somebody takes it off."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    attachment = models.ForeignKey("journal.Attachment", on_delete=models.PROTECT, related_name="+")
    on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()


class EvidencePack(models.Model):
    """证据包: what left the house for counsel, to whom, with the digest of the archive; append-only (domain 4.8: sharing record)."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    items = models.JSONField()
    fen = models.BigIntegerField()
    recipient = models.CharField(max_length=120)
    files = models.IntegerField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

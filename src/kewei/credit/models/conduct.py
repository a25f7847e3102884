"""信用行为: what rooms above have seen of a customer that its ledger does not show (domain 2.7, 2.14, 2.17)."""

from django.conf import settings
from django.db import models

from kewei.terminals.models import ThroughTerminal


class Conduct(models.Model):
    """A promise kept or broken, a dispute raised or answered, counting from `on`; append-only.

    `subject` tells what it is about ("collecting.promise:7"): of several about the same thing the newest counts.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=60)
    fen = models.BigIntegerField(default=0)
    on = models.DateField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    noted_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "on"]), models.Index(fields=["on"])]

"""学到的: what was learnt from the ledger on a day, with everything it was learnt from; append-only (design §4.5)."""

from django.conf import settings
from django.db import models


class Study(models.Model):
    """Recovery curves, a model of late payment, an expected loss, or a forecast of cash.

    `policy` is the label of the version that made it; `inputs` with it give `told` again. Money in fen, shares in basis
    points, days past due.
    """

    kind = models.CharField(max_length=20)
    as_of = models.DateField()
    policy = models.CharField(max_length=80, blank=True)
    inputs = models.JSONField(default=dict)
    told = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "-as_of", "-id"])]

"""Files that could not be taken in, until somebody says what their columns are or sets them aside."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.flows.models.through import ThroughDistributor


class Unread(models.Model):
    """A distributor's file and why it was not taken in, as code and numbers; its bytes are kept while it waits for the
    meaning of its columns. `file` is what came of it; closed without one it was set aside."""

    distributor = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    code = models.CharField(max_length=60)
    numbers = models.JSONField(default=dict)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    file = models.ForeignKey("flows.File", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = ThroughDistributor.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["distributor", "digest"], condition=Q(closed_at=None), name="one_open_unread_file"
            )
        ]

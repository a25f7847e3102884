"""后台任务: long work somebody asked for, done by the worker part by part, so that a page can say how far it is."""

from django.conf import settings
from django.db import models


class Run(models.Model):
    """A regrade of everybody, or a preview of who would move if a policy read like `body`.

    `cursor` is the last customer done: a part and the step of the cursor are one transaction, so that a run whose
    worker died goes on where it was. `counts` say how many went from which grade to which ("B>C"), `moved` the first.
    """

    kind = models.CharField(max_length=12)
    policy = models.CharField(max_length=60, blank=True)
    body = models.JSONField(null=True)
    as_of = models.DateField()
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    moved = models.JSONField(default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="regrade", finished_at=None), name="one_regrade_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(finished_at=None), name="runs_under_way")]

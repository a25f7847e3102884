"""学到的: what was learnt from the ledger on a day, with everything it was learnt from; append-only (design §4.5)."""

from django.conf import settings
from django.db import models


class LearningRun(models.Model):
    """重新学习: studies somebody asked to have made anew, made by the worker one after the other.

    `what` is a kind of study or "all", `kinds` the studies in their order, `told` what stood in the way of each made so
    far ("" where nothing did). A study and the step of `done` are one transaction: a run whose worker died goes on.
    """

    what = models.CharField(max_length=20)
    kinds = models.JSONField()
    as_of = models.DateField()
    done = models.SmallIntegerField(default=0)
    told = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["what"], condition=models.Q(finished_at=None), name="one_learning_of_a_kind_at_a_time"
            )
        ]


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

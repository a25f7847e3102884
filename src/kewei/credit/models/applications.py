"""客户授信申请表 and its chain of opinions (domain 2.8)."""

from django.conf import settings
from django.db import models

from kewei.terminals.models import ThroughTerminal


class Application(models.Model):
    """An application for credit. What it says never changes; `state`, `step`, `waiting_for` and `step_due_at`
    summarise its opinions, row by row appended, and are written by the action that appends one.

    `route` is the list of steps the authority matrix gave it: [{"role": "manager", "verb": "credit.approve"}, …];
    `file` holds the figures of the day it was handed in (12 months, exposure, grade), `suggestion` the limit method
    line by line with the published alternatives, `statutory` the term test of domain 4.3.
    """

    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=12)
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    for_group = models.BooleanField(default=False)
    survey = models.ForeignKey("credit.Survey", null=True, on_delete=models.PROTECT, related_name="+")
    score = models.ForeignKey("credit.Score", null=True, on_delete=models.PROTECT, related_name="+")
    wanted_fen = models.BigIntegerField()
    wanted_term_days = models.IntegerField()
    wanted_until = models.DateField()
    suggested_fen = models.BigIntegerField(null=True)
    suggestion = models.JSONField(default=dict)
    file = models.JSONField(default=dict)
    statutory = models.JSONField(default=dict)
    over_reason = models.CharField(max_length=500, blank=True)
    accepts_bills = models.BooleanField(default=False)
    pledged = models.BooleanField(default=False)
    waives = models.JSONField(default=list)
    matrix = models.CharField(max_length=80)
    route = models.JSONField(default=list)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="waiting")
    step = models.IntegerField(default=0)
    waiting_for = models.CharField(max_length=20, blank=True)
    step_due_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["terminal", "-applied_at"]),
            models.Index(fields=["state", "waiting_for", "applied_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["terminal"],
                condition=models.Q(kind="temporary", state="waiting"),
                name="one_temporary_application_at_a_time",
            )
        ]


class Opinion(models.Model):
    """意见: what one person said at one step; append-only. `word` is agree, reduce, condition, return, reject, escalate or withdraw."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="opinions")
    step = models.IntegerField()
    role = models.CharField(max_length=20)
    word = models.CharField(max_length=12)
    fen = models.BigIntegerField(null=True)
    term_days = models.IntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stands_in_for = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

"""权益: what a member is to get, on which legal ground, within which cap, as the table of conduct judged it (domain 4.5).

There is no column for a person: the member itself gets it, or nobody does.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.membership.models.programmes import Enrolment
from kewei.terminals.models import ThroughTerminal

PERSON = settings.AUTH_USER_MODEL


class Benefit(models.Model):
    """A benefit wanted for a member. What it says never changes; `state` sums its opinions. `lines` are what the table of
    conduct said, by the version in `policy`."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="benefits")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    words = models.CharField(max_length=300)
    fen = models.BigIntegerField()
    channel = models.CharField(max_length=12)
    ground = models.CharField(max_length=300)
    cap_fen = models.BigIntegerField()
    tied = models.BooleanField(default=False)
    near_tender = models.BooleanField(default=False)
    evidence = models.JSONField(default=list)
    outcome = models.CharField(max_length=6)
    lines = models.JSONField(default=list)
    sides = models.JSONField(default=list)
    policy = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="waiting")
    intake = models.ForeignKey("journal.Intake", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gte=0), name="benefit_not_below_nought")]
        indexes = [
            models.Index(fields=["terminal", "-proposed_at"]),
            models.Index(fields=["state", "-proposed_at"]),
        ]


class BenefitOpinion(models.Model):
    """意见: compliance or counsel agrees, or does not; append-only."""

    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="opinions")
    side = models.CharField(max_length=12)
    agrees = models.BooleanField()
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["benefit", "side"], name="a_side_says_once")]

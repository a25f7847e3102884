"""会员计划, its rules as versions, its states as rows; members are institutions, with the tier they stand in (1C rows 30-32)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal

PERSON = settings.AUTH_USER_MODEL


class Programme(models.Model):
    """A programme for institutions. What it says never changes; `state` is the newest of its states.

    `segment` narrows to {kinds, provinces}; empty lists mean everybody. `ground` is the legal ground of its benefits.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=300)
    ground = models.CharField(max_length=300)
    segment = models.JSONField(default=dict)
    since = models.DateField()
    until = models.DateField()
    budget_fen = models.BigIntegerField()
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="proposed")
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(budget_fen__gt=0), name="a_programme_has_a_budget")]


class ProgrammeState(models.Model):
    """A programme was proposed, approved, turned down or ended; append-only."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=10)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class RulesVersion(models.Model):
    """How members earn and rise, from a day on; a version never changes, and counts once it is approved."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    since = models.DateField()
    body = models.JSONField()
    source = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="a_version_of_rules_once")]


class RulesDecision(models.Model):
    """Somebody else approved a version of the rules, or did not; append-only."""

    version = models.OneToOneField(RulesVersion, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Enrolment(models.Model):
    """入会: an institution in a programme, until it ends. `basis` is what it was verified by on that day.

    `points` and `fen` sum what is left of its lots: the row is locked by whoever earns or spends; `kewei check` compares.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateField()
    tier = models.CharField(max_length=20)
    basis = models.JSONField(default=dict)
    points = models.BigIntegerField(default=0)
    fen = models.BigIntegerField(default=0)
    enrolled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField()
    ended_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=0, fen__gte=0), name="member_balance_not_below_nought"),
            models.UniqueConstraint(
                fields=["programme", "terminal"], condition=Q(ended_at=None), name="a_member_once_per_programme"
            ),
        ]
        indexes = [models.Index(fields=["terminal", "-since"]), models.Index(fields=["programme", "terminal"])]


class TierMove(models.Model):
    """等级变动: from which tier to which, by which money in twelve months, and why; append-only."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="tier_moves")
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    as_of = models.DateField()
    basis_fen = models.BigIntegerField()
    way = models.CharField(max_length=10)
    numbers = models.JSONField(default=dict)
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

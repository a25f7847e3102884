"""案件 and the ladder: a case per debtor, the steps it was asked by, how far each item has climbed, who works on it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Case(models.Model):
    """案件: all that one debtor has overdue; opens with the first overdue item and closes with the last by itself.

    `stage` is the highest any of its open items has reached. `overdue_fen`, `oldest_due` and `items` summarise the
    ledger of the last run. `owner` sells to the debtor; `decided_by` asked for the credit and stays on the case.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    why = models.CharField(max_length=20, blank=True)
    stage = models.SmallIntegerField(default=0)
    stage_on = models.DateField()
    overdue_fen = models.BigIntegerField()
    oldest_due = models.DateField()
    items = models.IntegerField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminal"], condition=Q(closed_on=None), name="one_open_case_of_a_debtor")
        ]
        indexes = [
            models.Index(fields=["terminal", "-opened_on"]),
            models.Index(fields=["-overdue_fen"], condition=Q(closed_on=None), name="open_cases_by_amount"),
            models.Index(fields=["oldest_due"], condition=Q(closed_on=None), name="open_cases_by_age"),
        ]


class Stage(models.Model):
    """一步: what a debtor was asked for on one day, at one stage; append-only. Reminders before the due date have no case.

    `items` is [[entry, fen], …] as it stood; `act_on` the first day on which the channel may be used; `policy` the
    label of the ladder.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="stages")
    stage = models.SmallIntegerField()
    again = models.SmallIntegerField(default=0)
    on = models.DateField()
    items = models.JSONField()
    asked_fen = models.BigIntegerField()
    channel = models.CharField(max_length=12)
    document = models.CharField(max_length=12, blank=True)
    act_on = models.DateField()
    policy = models.CharField(max_length=80)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(asked_fen__gt=0), name="stage_asks_above_nought")]
        indexes = [
            models.Index(fields=["terminal", "-on"]),
            models.Index(fields=["act_on", "channel"]),
        ]


class Level(models.Model):
    """The highest rung an item has reached (rules.ladder.Rung.place), so that none is reached twice."""

    item = models.OneToOneField(
        "receivables.Entry", primary_key=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    place = models.SmallIntegerField()
    on = models.DateField()


class Member(models.Model):
    """案件成员: somebody who works on a case, in a part of CASE_ROLES, until they leave."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    since = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "role"], condition=Q(until=None), name="once_in_a_role_of_a_case"
            )
        ]


class Run(models.Model):
    """催收日程: the run of one day; `done_at` is empty until every customer was looked at. Locked while a part is done."""

    day = models.DateField(unique=True)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    opened = models.IntegerField(default=0)
    stepped = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)

"""今日催收: the ranking of a day, one line per customer; written anew by every run (docs/algorithms/worklist.md)."""

from django.db import models

from kewei.terminals.models import ThroughTerminal


class Ranking(models.Model):
    """排序: when the list was last made, of what, by which policies; `compare` is what the first lines of each order win."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    customers = models.IntegerField()
    overdue_fen = models.BigIntegerField()
    worth_fen = models.BigIntegerField()
    compare = models.JSONField(default=dict)
    policies = models.JSONField(default=list)


class Line(models.Model):
    """One customer of the list. A summary: what it says can be worked out again from the ledger of its day.

    `asked_fen` is what may be asked for today; `why` is [[code, numbers], …] of rules.value.WHY,
    `basis` of rules.value.BASES.
    """

    terminal = models.OneToOneField(
        "terminals.Terminal", primary_key=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    segment = models.CharField(max_length=20)
    stage = models.SmallIntegerField()
    days = models.IntegerField()
    items = models.IntegerField()
    overdue_fen = models.BigIntegerField()
    asked_fen = models.BigIntegerField()
    worth_fen = models.BigIntegerField()
    gain_fen = models.BigIntegerField()
    stake_fen = models.BigIntegerField()
    cost_fen = models.BigIntegerField()
    technique = models.CharField(max_length=30, blank=True)
    role = models.CharField(max_length=20, blank=True)
    reasons = models.JSONField(default=list)
    why = models.JSONField(default=list)
    basis = models.CharField(max_length=10, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        # One per order in which the list is paged through.
        indexes = [
            models.Index(fields=["-worth_fen", "terminal"], name="lines_by_worth"),
            models.Index(fields=["-days", "terminal"], name="lines_by_age"),
            models.Index(fields=["-overdue_fen", "terminal"], name="lines_by_amount"),
        ]

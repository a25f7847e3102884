"""催收任务 and what they cost: something to be done about a debtor by a day; outlay and time spent (domain 1E row 60)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Task(models.Model):
    """任务: a technique to be used on a debtor by somebody, or by whoever has a role, until a day; open until `closed_at`.

    `done` says whether it was done or dropped, `outcome` what came of it.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    technique = models.CharField(max_length=30)
    role = models.CharField(max_length=20)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    done = models.BooleanField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terminal", "technique"], condition=Q(closed_at=None), name="one_open_task_of_a_technique"
            )
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(closed_at=None), name="open_tasks_by_day"),
            models.Index(fields=["terminal", "-set_at"]),
        ]


class Expense(models.Model):
    """催收费用: outlay and minutes spent on a debtor; append-only, a mistake is a row that takes it back."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    fen = models.BigIntegerField()
    minutes = models.IntegerField()
    on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="expenses")
    takes_back = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_back_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(fen=0, minutes=0), name="expense_of_something")]
        indexes = [models.Index(fields=["terminal", "-on"]), models.Index(fields=["on"])]

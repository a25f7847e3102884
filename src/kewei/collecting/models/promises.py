"""承诺付款: what a customer promised to pay, in instalments, for which invoices, and what became of it (domain 2.14)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Promise(models.Model):
    """承诺付款: `state` and `paid_fen` repeat the newest PromiseState, written by the action that appends it.

    A promise that was moved names the one it `replaces`; `moved` counts how often it was. `due_on` is its last day.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    fen = models.BigIntegerField()
    made_on = models.DateField()
    due_on = models.DateField()
    promiser = models.CharField(max_length=60)
    job = models.CharField(max_length=60, blank=True)
    authority = models.CharField(max_length=12)
    form = models.CharField(max_length=12)
    method = models.CharField(max_length=12)
    condition = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=200, blank=True)
    paper = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    moved = models.IntegerField(default=0)
    state = models.CharField(max_length=12)
    state_at = models.DateTimeField()
    paid_fen = models.BigIntegerField(default=0)
    policy = models.CharField(max_length=80)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0, paid_fen__gte=0), name="promise_above_nought")]
        indexes = [
            models.Index(fields=["terminal", "-made_on"]),
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["due_on"]),
        ]


class PromisePart(models.Model):
    """分期: an amount by a day. Append-only: another day is another promise."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="parts")
    place = models.IntegerField()
    due_on = models.DateField()
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise", "place"], name="one_part_per_place"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="promise_part_above_nought"),
        ]


class PromiseItem(models.Model):
    """承诺的发票: an invoice stands in one promise still to be performed at most, while `live`."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    open_fen = models.BigIntegerField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(live=True), name="one_live_promise_of_an_item"),
            models.UniqueConstraint(fields=["promise", "entry"], name="an_item_once_in_a_promise"),
        ]


class PromiseState(models.Model):
    """承诺状态: the promise came into a state, by whom, when and why; append-only."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=12)
    paid_fen = models.BigIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

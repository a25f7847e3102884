"""Tables of winning customers: what a prospect card holds beyond the customer card it grows into (domain 2.1, 5.2)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models.cards import Terminal, ThroughTerminal


class Prospect(models.Model):
    """潜在客户: what is known of a terminal before it buys; the card itself is the terminal's from the first day.

    `stage` and `stage_since` repeat the live Stage, so that boards and lists need one table. `touched_at` is when
    somebody last worked on it: whoever leaves it alone too long loses it to the pool. `estimate_fen` is the monthly
    demand of the category in fen, `yearly_fen` all it buys in a year.
    """

    terminal = models.OneToOneField(Terminal, primary_key=True, on_delete=models.CASCADE, related_name="prospect")
    stage = models.CharField(max_length=20)
    stage_since = models.DateTimeField()
    source = models.CharField(max_length=20)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    licence_number = models.CharField(max_length=60, blank=True, default="", db_index=True)
    scope_text = models.CharField(max_length=500, blank=True, default="")
    paper_check = models.CharField(max_length=20, blank=True, default="")
    outpatients = models.IntegerField(null=True, blank=True)
    floor_area = models.IntegerField(null=True, blank=True)
    stores = models.IntegerField(null=True, blank=True)
    yearly_fen = models.BigIntegerField(null=True, blank=True)
    estimate_fen = models.BigIntegerField(null=True, blank=True)
    estimate_units = models.IntegerField(null=True, blank=True)
    estimate_basis = models.CharField(max_length=20, blank=True, default="")
    estimate_on = models.DateField(null=True, blank=True)
    rivals = models.CharField(max_length=500, blank=True, default="")
    buying_process = models.CharField(max_length=1000, blank=True, default="")
    pays_by = models.CharField(max_length=20, blank=True, default="")
    pays_after_days = models.IntegerField(null=True, blank=True)
    first_order_fen = models.BigIntegerField(null=True, blank=True)
    first_order_on = models.DateField(null=True, blank=True)
    obstacles = models.CharField(max_length=1000, blank=True, default="")

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["stage", "stage_since"]), models.Index(fields=["stage", "touched_at"])]


class Stage(models.Model):
    """阶段: a prospect is in a stage since a moment, until another; `why` and `note` say why it was dropped or moved back."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=20, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    # Who worked on it then: conversion is counted for them, whoever has it now.
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=60)

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["since"]), models.Index(fields=["holder", "since"])]
        constraints = [models.UniqueConstraint(fields=["terminal"], condition=Q(until=None), name="one_live_stage")]


class NextAction(models.Model):
    """下次行动: what is to be done next about a terminal, by whom, by which day; done, or dropped, it stays as a row."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="next_actions")
    what = models.CharField(max_length=200)
    due_on = models.DateField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    done = models.BooleanField(default=False)
    outcome = models.CharField(max_length=200, blank=True, default="")

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "ended_at", "due_on"]), models.Index(fields=["ended_at", "due_on"])]
        constraints = [
            models.UniqueConstraint(fields=["terminal"], condition=Q(ended_at=None), name="one_live_next_action")
        ]


class PoolReturn(models.Model):
    """回到公海: a prospect left its owner's hands: given back with a reason, or taken by the rule for idle ones.

    Claims need no rows of their own: they are the owner's Links.
    """

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="pool_returns")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True, default="")
    idle_days = models.IntegerField(null=True, blank=True)
    policy = models.CharField(max_length=60, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "at"]), models.Index(fields=["person", "at"])]


class Potential(models.Model):
    """潜力级: A, B or C of a terminal with its basis: demand, its third among its like, our share (domain 5.2).

    A class ends only when another begins; `judged` marks one a person set over the rule's.
    """

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="potentials")
    potential = models.CharField(max_length=1)
    third = models.IntegerField(null=True, blank=True)
    demand_fen = models.BigIntegerField(null=True, blank=True)
    share_bp = models.IntegerField(null=True, blank=True)
    basis = models.CharField(max_length=20)
    among = models.CharField(max_length=80, blank=True, default="")
    peers = models.IntegerField(default=0)
    barrier = models.BooleanField(default=False)
    judged = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="")
    policy = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["potential", "until"])]
        constraints = [models.UniqueConstraint(fields=["terminal"], condition=Q(until=None), name="one_live_potential")]


class Target(models.Model):
    """开发目标: how many new customers a representative is to win in a month; the newest row counts."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    customers = models.IntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "month", "set_at"])]

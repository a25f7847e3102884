"""Tables of twins: cards that may be one terminal, and cards that were made one (domain 2.1, 5.6)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.terminals.models.cards import Terminal


class TwinPair(models.Model):
    """疑似重复: two cards that may be the same terminal, with the reasons; decided by a person: the same, or apart."""

    low = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+")
    high = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)
    score = models.IntegerField()
    found_at = models.DateTimeField()
    decided = models.CharField(max_length=10, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["decided", "-score"])]
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="one_pair"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="pair_in_order"),
        ]


class Merge(models.Model):
    """合并: one card stands for another while nobody has undone it; rows of the merged card stay where they are.

    `undo` is what undoing needs: links, group and aliases as they were.
    """

    kept = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="merged_into")
    why = models.CharField(max_length=200)
    undo = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="one_live_merge"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="not_into_itself"),
        ]

"""账务核销 and 已核销收回: how an agreed exit was carried out in the books, and what came back all the same (domain 3.7, 4.11)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.collecting.models.exits import Exit
from kewei.terminals.models import ThroughTerminal


class WriteOff(models.Model):
    """账务核销: the entry that took an agreed exit's amount off the books; append-only, the claim goes on.

    `items` are [[invoice, fen], …], `evidence` [[kind, note], …] of rules.write_offs.EVIDENCE, `papers` the attachments
    that show it, `findings` [[level, code, numbers], …] as they stood. `pursued`: the claim is pursued off the books.
    """

    decision = models.OneToOneField(Exit, on_delete=models.PROTECT, related_name="carried_out")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.OneToOneField("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    items = models.JSONField()
    evidence = models.JSONField()
    papers = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    policy = models.CharField(max_length=80)
    pursued = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="something_is_written_off")]
        indexes = [models.Index(fields=["terminal", "-at"])]


class Recovery(models.Model):
    """已核销收回: so much of a write-off was paid by a receipt after all; `rest` is what is still written off; append-only."""

    write_off = models.ForeignKey(WriteOff, on_delete=models.PROTECT, related_name="recoveries")
    receipt = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    rest = models.ForeignKey("receivables.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="something_came_back_after_all")]

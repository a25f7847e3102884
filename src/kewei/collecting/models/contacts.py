"""催收记录 (domain 2.11) and 逾期原因 (3.2): who was spoken to about which invoices, and why each is late."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class Contact(models.Model):
    """催收记录: one contact with a debtor; never changed, a correction is another row that names it."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey("collecting.Case", null=True, on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    ours = models.BooleanField(default=True)
    stage = models.SmallIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    spoke_with = models.CharField(max_length=60, blank=True)
    post = models.CharField(max_length=60, blank=True)
    standing = models.CharField(max_length=12)
    asked_fen = models.BigIntegerField()
    words = models.CharField(max_length=500)
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=4)
    effect = models.CharField(max_length=12)
    paper = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    next_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(asked_fen__gte=0), name="contact_asks_not_below_nought")]
        indexes = [models.Index(fields=["terminal", "-at"]), models.Index(fields=["made_by", "-at"])]


class ContactItem(models.Model):
    """An invoice a contact was about, and the fen asked for."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    fen = models.BigIntegerField()


class Reason(models.Model):
    """逾期原因: why an item is late, by a code of 3.2, up to two more, who sees to it and until when; the live one counts.

    Anything changed ends the row and begins a new one; `noted_on` is the day from which on the code has been the same.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=4)
    also = models.JSONField(default=list)
    side = models.CharField(max_length=8)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    noted_on = models.DateField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="one_live_reason_of_an_item")
        ]
        indexes = [
            models.Index(fields=["terminal"], condition=Q(ended_at=None), name="live_reasons"),
            models.Index(fields=["owner", "due_on"], condition=Q(ended_at=None), name="live_reasons_by_owner"),
            models.Index(fields=["item", "-noted_at"]),
        ]

"""函件: texts of letters, letters with the amounts the ledger had, their seal, their way and their arrival (domain 2.13)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.terminals.models import ThroughTerminal


class Wording(models.Model):
    """函件模板: one version of the text of a kind of letter; the highest number is in force, append-only."""

    kind = models.CharField(max_length=20)
    number = models.IntegerField()
    title = models.CharField(max_length=40)
    body = models.TextField()
    why = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="one_wording_of_a_number")]


class Letter(models.Model):
    """函件: what one customer is asked for, by amounts as the ledger had them at `stamped_at`.

    `paper` is everything it says, kept from the moment it is sealed (or sent, where no seal is needed); `mark` is the
    digest printed on it.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    stage = models.CharField(max_length=4, blank=True)
    state = models.CharField(max_length=10)
    day = models.DateField()
    stamped_at = models.DateTimeField()
    total_fen = models.BigIntegerField()
    interest_fen = models.BigIntegerField(default=0)
    rate_bp = models.IntegerField(default=0)
    pay_by = models.DateField()
    wording = models.IntegerField(default=0)
    given = models.JSONField(default=dict)
    paper = models.JSONField(null=True)
    mark = models.CharField(max_length=64, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    dropped_why = models.CharField(max_length=200, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="a_letter_asks_for_something"),
            models.UniqueConstraint(
                fields=["terminal", "kind", "day"], condition=~Q(state="dropped"), name="one_letter_of_a_kind_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["terminal", "-day"]),
            models.Index(fields=["state", "-day"]),
        ]

    @property
    def number(self) -> str:
        """What stands on the paper: 催字〔2026〕000123号."""
        return f"催字〔{self.day.year}〕{self.pk:06d}号"


class LetterLine(models.Model):
    """函件明细: what a letter asks for of one item: open then, disputed then, asked for, days overdue, interest."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="lines")
    entry = models.ForeignKey("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    open_fen = models.BigIntegerField()
    disputed_fen = models.BigIntegerField(default=0)
    fen = models.BigIntegerField()
    overdue_days = models.IntegerField()
    interest_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fen__gt=0, fen__lte=F("open_fen") - F("disputed_fen")), name="no_line_over_what_is_open"
            )
        ]


class SealDecision(models.Model):
    """用印审批: somebody other than the drafter allowed the seal, or did not; append-only."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="seals")
    approved = models.BooleanField()
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Sending(models.Model):
    """发出: how a letter left the house, and what its waybill names as content; append-only."""

    letter = models.OneToOneField(Letter, primary_key=True, on_delete=models.PROTECT, related_name="sending")
    channel = models.CharField(max_length=10)
    on = models.DateField()
    carrier = models.CharField(max_length=60, blank=True)
    waybill = models.CharField(max_length=60, blank=True)
    content = models.CharField(max_length=200, blank=True)
    content_named = models.BooleanField(default=True)
    receipt = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Arrival(models.Model):
    """妥投: whether a letter reached the customer, who signed for it, and how well that is proved; append-only."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="arrivals")
    arrived = models.BooleanField()
    on = models.DateField()
    signer = models.CharField(max_length=60, blank=True)
    signer_role = models.CharField(max_length=20, blank=True)
    strength = models.CharField(max_length=10)
    proof = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

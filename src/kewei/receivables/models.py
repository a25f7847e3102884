"""Tables of receivables: postings, entries and allocations are append-only; items summarise them, one row each."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from kewei.terminals.models import ThroughTerminal

INVOICE, RED_LETTER, RECEIPT, REVERSAL = "invoice", "red_letter", "receipt", "reversal"
# 账务核销: what will not come is taken off the books; the claim goes on.
WRITE_OFF = "write_off"
DEBIT, CREDIT = 1, -1
REASON_LENGTH = 200


def _written_out(condition: str) -> RawSQL:
    return RawSQL(condition, (), output_field=models.BooleanField())  # noqa: S611 - only what stands in this file


class ItemSet(ThroughTerminal):
    """Items, and the conditions their partial indexes are made for."""

    def still_open(self) -> Self:
        """Items with something open. Written out, because SQLite cannot match a parameter with an index's condition."""
        return self.filter(_written_out('"receivables_item"."open_fen" > 0'))

    def of_side(self, side: int) -> Self:
        """Items on one side, written out likewise."""
        return self.filter(_written_out(f'"receivables_item"."side" = {side:d}'))


class Posting(models.Model):
    """凭证: one act of bookkeeping.

    Its entries and allocations stand or fall together; a fact vouches for their digest.
    """

    verb = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    intake = models.ForeignKey("journal.Intake", null=True, on_delete=models.PROTECT, related_name="+")


class Entry(models.Model):
    """A document on a customer's account: invoice, red-letter note, receipt, write-off, or the reversal of one of them.

    `side` is +1 where it adds to what the customer owes (an invoice; the reversal of a receipt or red-letter note), −1
    where it takes away. `on` is the document's own date, from which it counts in any as-of view. Money in fen, always
    positive.
    """

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    # The index on (terminal, on) serves this key too; every index less makes an import faster.
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    side = models.SmallIntegerField()
    number = models.CharField(max_length=60)
    on = models.DateField()
    due_date = models.DateField(null=True)
    total_fen = models.BigIntegerField()
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by", db_index=False
    )

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="entry_total_above_nought"),
            models.CheckConstraint(condition=Q(side__in=[DEBIT, CREDIT]), name="entry_side_is_debit_or_credit"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="an_entry_is_reversed_once"
            ),
        ]
        indexes = [models.Index(fields=["terminal", "on"])]


class InvoiceDetail(models.Model):
    """What an invoice or red-letter note says beyond its amount.

    数电发票 fields (domain 4.9), where given. Append-only.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="invoice_detail")
    original = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="red_letters")
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    fields = models.JSONField(default=dict)


class ReceiptDetail(models.Model):
    """How money came in.

    Method, payer where it is not the debtor, bill fields, memo (domain 2.16, 4.3, 4.9). Append-only.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="receipt_detail")
    method = models.CharField(max_length=20, blank=True)
    payer_name = models.CharField(max_length=120, blank=True)
    payer = models.ForeignKey("terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=120, blank=True)
    memo = models.CharField(max_length=300, blank=True)
    fields = models.JSONField(default=dict)


class Allocation(models.Model):
    """核销: fen of a credit entry settle a debit entry, counting from the day `on`.

    A reversal is the same, negative, naming it.
    """

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="allocations")
    debit = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="settled_by")
    credit = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="spent_on")
    fen = models.BigIntegerField()
    on = models.DateField()
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fen__gt=0, reverses=None) | Q(fen__lt=0, reverses__isnull=False), name="allocation_sign"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="an_allocation_is_reversed_once"
            ),
        ]


class Item(models.Model):
    """未清项: what is still open of an entry, kept by the posting that changes it, checked by `kewei check`.

    `released_on` is the last day on which a reversed allocation gave money back to it: a new allocation counts from
    that day at the earliest, else some past day would show more settled than there was.
    """

    # Its entry's own keys are checked by the database, and an entry cannot be deleted: asking again for the summary
    # would cost a third of an import. `kewei check` compares the two.
    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, related_name="item", db_constraint=False
    )
    terminal = models.ForeignKey(
        "terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=12)
    side = models.SmallIntegerField()
    number = models.CharField(max_length=60)
    on = models.DateField()
    due_date = models.DateField(null=True)
    total_fen = models.BigIntegerField()
    open_fen = models.BigIntegerField()
    released_on = models.DateField(null=True)
    live = models.BooleanField(default=True)

    objects = ItemSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_fen__gte=0, open_fen__lte=F("total_fen")), name="item_open_within_total"
            ),
            # With the operator class of prefixes, it also finds numbers by their beginning.
            models.UniqueConstraint(
                fields=["kind", "number"],
                condition=Q(live=True),
                name="one_live_document_of_a_number",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
            ),
        ]
        indexes = [
            # Covers the sums of one customer or of a page of them.
            models.Index(
                fields=["terminal", "side", "due_date", "open_fen"],
                condition=Q(open_fen__gt=0),
                name="open_items_of_terminal",
            ),
            # One per order in which the whole book is paged through.
            models.Index(fields=["due_date", "entry"], condition=Q(open_fen__gt=0, side=1), name="open_debits_by_due"),
            models.Index(
                fields=["open_fen", "entry"], condition=Q(open_fen__gt=0, side=1), name="open_debits_by_amount"
            ),
            models.Index(fields=["on", "entry"], condition=Q(open_fen__gt=0, side=-1), name="open_credits_by_day"),
            models.Index(
                fields=["number"],
                condition=Q(live=False),
                name="reversed_items_by_number",
                opclasses=["varchar_pattern_ops"],
            ),
        ]


class Bill(models.Model):
    """承兑汇票: a bill taken as a receipt; until it is cleared a commercial one still counts as exposure (domain 2.16)."""

    receipt = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="bill")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=40)
    acceptor = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField()
    fen = models.BigIntegerField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="bill_above_nought")]
        indexes = [models.Index(fields=["terminal", "due_on"]), models.Index(fields=["due_on"])]


class BillOutcome(models.Model):
    """票据结果: a bill was cleared, or dishonoured; a dishonoured bill's receipt is reversed and its invoices reopen."""

    bill = models.OneToOneField(Bill, primary_key=True, on_delete=models.PROTECT, related_name="outcome")
    cleared = models.BooleanField()
    on = models.DateField()
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class BillCheck(models.Model):
    """票据检查: what was seen of a bill and what came of it; the newest counts, append-only (domain 2.16).

    `sheet` holds the answers, `findings` [[level, code, numbers], …] of rules.bill_checks.CHECKS, `outcome` the gravest.
    """

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="checks")
    sheet = models.JSONField()
    findings = models.JSONField()
    outcome = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class StatementIssued(models.Model):
    """出具的对账单: a statement that left the house as a file, with the mark printed on it; append-only (domain 2.12)."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    first = models.DateField()
    last = models.DateField()
    closing_fen = models.BigIntegerField()
    mark = models.CharField(max_length=64)
    form = models.CharField(max_length=4)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-last"]), models.Index(fields=["-at"])]


class SignBack(models.Model):
    """回签: what a customer signed on a statement: that it agrees, or by how much and why not; the newest counts, append-only."""

    statement = models.ForeignKey(StatementIssued, on_delete=models.PROTECT, related_name="sign_backs")
    agrees = models.BooleanField()
    difference_fen = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    signer = models.CharField(max_length=60)
    job = models.CharField(max_length=60)
    seal = models.CharField(max_length=12)
    on = models.DateField()
    paper = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agrees=True, difference_fen=0) | (Q(agrees=False) & ~Q(difference_fen=0)),
                name="sign_back_agrees_or_differs",
            )
        ]

"""Receipts by bill from before bills were kept: each gets one nobody described, so that it counts as long as it may."""

from calendar import monthrange
from datetime import date

from django.db import migrations

LONGEST_MONTHS = 6


def latest_due(received_on):
    years, month = divmod(received_on.year * 12 + received_on.month - 1 + LONGEST_MONTHS, 12)
    return date(years, month + 1, min(received_on.day, monthrange(years, month + 1)[1]))


def keep_bills(apps, schema_editor):
    detail, bill = apps.get_model("receivables", "ReceiptDetail"), apps.get_model("receivables", "Bill")
    receipts = detail.objects.filter(method="bill", entry__bill=None).select_related("entry")
    made = [
        bill(
            receipt_id=one.entry_id, terminal_id=one.entry.terminal_id, kind="unnamed", number=one.entry.number[:40],
            due_on=latest_due(one.entry.on), fen=one.entry.total_fen,
        )
        for one in receipts.iterator(chunk_size=5_000)
    ]  # fmt: skip
    bill.objects.bulk_create(made, batch_size=1_000)


class Migration(migrations.Migration):
    dependencies = [("receivables", "0004_bills_and_sign_backs")]
    operations = [migrations.RunPython(keep_bills, migrations.RunPython.noop)]

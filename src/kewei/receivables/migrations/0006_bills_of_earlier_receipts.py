"""Receipts by bill from before bills were kept: each gets one nobody described, so that it counts as long as it may."""

from django.db import migrations

from kewei.receivables.rules.bills import unnamed_bill


def keep_bills(apps, schema_editor):
    detail, bill = apps.get_model("receivables", "ReceiptDetail"), apps.get_model("receivables", "Bill")
    receipts = detail.objects.filter(method="bill", entry__bill=None).select_related("entry")
    made = [
        bill(
            receipt_id=one.entry_id, terminal_id=one.entry.terminal_id, kind="unnamed", number=one.entry.number[:40],
            due_on=unnamed_bill(one.entry.on).due_on, fen=one.entry.total_fen,
        )
        for one in receipts.iterator(chunk_size=5_000)
    ]  # fmt: skip
    bill.objects.bulk_create(made, batch_size=1_000)


class Migration(migrations.Migration):
    dependencies = [("receivables", "0005_bills_append_only")]
    operations = [migrations.RunPython(keep_bills, migrations.RunPython.noop)]

from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_initial")]
    operations = [migrations.RunPython(*append_only("receivables_posting", "receivables_entry", "receivables_invoicedetail", "receivables_receiptdetail", "receivables_allocation"))]

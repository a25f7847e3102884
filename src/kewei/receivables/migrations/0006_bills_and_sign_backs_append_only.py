from django.db import migrations

from kewei.journal.protect import append_only

TABLES = [
    "receivables_bill",
    "receivables_billcheck",
    "receivables_billoutcome",
    "receivables_signback",
    "receivables_statementissued",
]


class Migration(migrations.Migration):
    dependencies = [("receivables", "0005_bills_of_earlier_receipts")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

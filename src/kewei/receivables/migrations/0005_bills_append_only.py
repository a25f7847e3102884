from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("receivables", "0004_bills")]
    operations = [migrations.RunPython(*append_only("receivables_bill", "receivables_billoutcome"))]

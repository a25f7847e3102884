from django.db import migrations

from kewei.journal.protect import append_only

TABLES = ["collecting_promisepart", "collecting_promisestate", "collecting_disputestate"]


class Migration(migrations.Migration):
    dependencies = [("collecting", "0001_promises_and_disputes")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

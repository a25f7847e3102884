from django.db import migrations

from kewei.journal.protect import append_only

TABLES = ["collecting_stage", "collecting_contact", "collecting_contactitem"]


class Migration(migrations.Migration):
    dependencies = [("collecting", "0005_cases_and_contacts")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

from django.db import migrations

from kewei.journal.protect import append_only

TABLES = [
    "field_command",
    "field_tampering",
]


class Migration(migrations.Migration):
    dependencies = [("field", "0001_initial")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

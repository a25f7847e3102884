from django.db import migrations

from kewei.journal.protect import append_only

TABLES = [
    "flows_absence",
    "flows_decision",
    "flows_file",
    "flows_goods",
    "flows_layout",
    "flows_monthstate",
    "flows_name",
    "flows_usage",
]


class Migration(migrations.Migration):
    dependencies = [("flows", "0001_initial")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

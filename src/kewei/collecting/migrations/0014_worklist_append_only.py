from django.db import migrations

from kewei.journal.protect import append_only

TABLES = ["collecting_expense", "collecting_escalation"]


class Migration(migrations.Migration):
    dependencies = [("collecting", "0013_worklist_tasks_exits")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

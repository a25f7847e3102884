from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("collecting", "0011_evidence")]
    operations = [migrations.RunPython(*append_only("collecting_evidencepack"))]

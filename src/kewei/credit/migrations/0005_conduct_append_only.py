from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("credit", "0004_conduct")]
    operations = [migrations.RunPython(*append_only("credit_conduct"))]

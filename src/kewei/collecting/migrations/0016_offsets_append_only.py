from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("collecting", "0015_offsets")]
    operations = [migrations.RunPython(*append_only("collecting_offsetitem", "collecting_offsetopinion"))]

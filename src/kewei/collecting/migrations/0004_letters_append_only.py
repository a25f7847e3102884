from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("collecting", "0003_letters")]
    operations = [
        migrations.RunPython(
            *append_only(
                "collecting_wording", "collecting_sealdecision", "collecting_sending", "collecting_arrival"
            )
        )
    ]

from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("field", "0001_tables_of_the_field_app")]
    operations = [migrations.RunPython(*append_only("field_command", "field_tampering"))]

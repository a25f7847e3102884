from django.db import migrations

from kewei.journal.protect import append_only


class Migration(migrations.Migration):
    dependencies = [("receivables", "0007_sign_backs")]
    operations = [migrations.RunPython(*append_only("receivables_statementissued", "receivables_signback"))]

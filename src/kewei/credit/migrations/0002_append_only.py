from django.db import migrations

from kewei.journal.protect import append_only

TABLES = ["credit_surveyreview", "credit_redlinecheck", "credit_score", "credit_opinion", "credit_headroommove"]


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

from django.db import migrations

from kewei.journal.protect import append_only

TABLES = [
    "credit_conduct",
    "credit_headroommove",
    "credit_opinion",
    "credit_redlinecheck",
    "credit_score",
    "credit_surveyreview",
]


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

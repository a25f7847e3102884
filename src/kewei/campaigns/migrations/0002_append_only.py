from django.db import migrations

from kewei.journal.protect import append_only

TABLES = [
    "campaigns_campaignstate",
    "campaigns_composition",
    "campaigns_cost",
    "campaigns_going",
    "campaigns_materialopinion",
    "campaigns_materialversion",
    "campaigns_opinion",
    "campaigns_outcome",
    "campaigns_outcomeline",
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

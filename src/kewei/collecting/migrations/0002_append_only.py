from django.db import migrations

from kewei.journal.protect import append_only

TABLES = [
    "collecting_arrival",
    "collecting_clockeventitem",
    "collecting_contact",
    "collecting_contactitem",
    "collecting_disputestate",
    "collecting_escalation",
    "collecting_evidencepack",
    "collecting_expense",
    "collecting_guaranteeclaim",
    "collecting_offsetitem",
    "collecting_offsetopinion",
    "collecting_promisepart",
    "collecting_promisestate",
    "collecting_recovery",
    "collecting_sealdecision",
    "collecting_sending",
    "collecting_stage",
    "collecting_study",
    "collecting_wording",
    "collecting_writeoff",
]


class Migration(migrations.Migration):
    dependencies = [("collecting", "0001_initial")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

from django.db import migrations

from kewei.journal.protect import append_only

TABLES = [
    "orders_delivery",
    "orders_deliveryline",
    "orders_handover",
    "orders_orderinvoice",
    "orders_orderstate",
    "orders_return",
    "orders_returnline",
    "orders_signedreceipt",
    "orders_specialrelease",
    "orders_verdict",
]


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunPython(*append_only(*TABLES))]

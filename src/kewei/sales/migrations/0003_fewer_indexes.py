import django.db.models.deletion
from django.db import migrations, models

from kewei.journal.protect import append_only

# SQLite alters a table by copying it, and the copy has no triggers: they are taken off before and put back after.
protect, unprotect = append_only("sales_saleline")


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_append_only"),
        ("products", "0002_imports"),
        ("sales", "0002_append_only"),
        ("terminals", "0002_imports_and_orders"),
    ]

    operations = [
        migrations.RunPython(unprotect, protect),
        migrations.AlterField(
            model_name="saleline",
            name="product",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="products.product",
            ),
        ),
        migrations.AlterField(
            model_name="saleline",
            name="terminal",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="terminals.terminal",
            ),
        ),
        migrations.AddIndex(
            model_name="saleline",
            index=models.Index(fields=["day"], name="sales_salel_day_65c3e3_idx"),
        ),
        migrations.RunPython(protect, unprotect),
    ]

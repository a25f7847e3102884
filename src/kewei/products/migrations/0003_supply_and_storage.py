from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0002_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='storage',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='product',
            name='supply',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='product',
            name='tax_bp',
            field=models.IntegerField(blank=True, null=True),
        ),
    ]

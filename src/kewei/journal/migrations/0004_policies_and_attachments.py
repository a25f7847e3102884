import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0003_turn'),
        ('people', '0004_deputies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('filename', models.CharField(max_length=200)),
                ('mime', models.CharField(max_length=60)),
                ('size_bytes', models.BigIntegerField()),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('number', models.IntegerField()),
                ('since', models.DateField()),
                ('source', models.CharField(max_length=300)),
                ('body', models.JSONField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('proposed_at', models.DateTimeField()),
                ('approved', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_why', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['name', 'approved', 'since'], name='journal_pol_name_245cfb_idx')],
                'constraints': [models.UniqueConstraint(fields=('name', 'number'), name='one_policy_version_of_a_number')],
            },
        ),
    ]

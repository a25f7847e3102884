import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kewei.journal.tables import Tables


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0004_policies_and_attachments'),
        ('people', '0004_deputies'),
        ('receivables', '0003_items_ask_no_keys'),
        ('terminals', '0003_vetoes_images_prospects'),
    ]

    operations = [
        Tables(migrations.CreateModel(
            name='Bill',
            fields=[
                ('receipt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='bill', serialize=False, to='receivables.entry')),
                ('kind', models.CharField(max_length=20)),
                ('number', models.CharField(max_length=40)),
                ('acceptor', models.CharField(blank=True, max_length=120)),
                ('issued_on', models.DateField(null=True)),
                ('due_on', models.DateField()),
                ('fen', models.BigIntegerField()),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', 'due_on'], name='receivables_termina_d3d32c_idx'), models.Index(fields=['due_on'], name='receivables_due_on_5414f1_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='bill_above_nought')],
            },
        ),
        migrations.CreateModel(
            name='BillCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.JSONField()),
                ('findings', models.JSONField()),
                ('outcome', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='receivables.bill')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StatementIssued',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('closing_fen', models.BigIntegerField()),
                ('mark', models.CharField(max_length=64)),
                ('form', models.CharField(max_length=4)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', '-last'], name='receivables_termina_ea0d17_idx'), models.Index(fields=['-at'], name='receivables_at_2a8b67_idx')],
            },
        ),
        migrations.CreateModel(
            name='SignBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agrees', models.BooleanField()),
                ('difference_fen', models.BigIntegerField(default=0)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('signer', models.CharField(max_length=60)),
                ('job', models.CharField(max_length=60)),
                ('seal', models.CharField(max_length=12)),
                ('on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_backs', to='receivables.statementissued')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('agrees', True), ('difference_fen', 0)), models.Q(('agrees', False), models.Q(('difference_fen', 0), _negated=True)), _connector='OR'), name='sign_back_agrees_or_differs')],
            },
        ),
        migrations.CreateModel(
            name='BillOutcome',
            fields=[
                ('bill', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='outcome', serialize=False, to='receivables.bill')),
                ('cleared', models.BooleanField()),
                ('on', models.DateField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        )),
    ]

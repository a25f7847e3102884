import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kewei.journal.tables import Tables


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0004_policies_and_attachments'),
        ('people', '0004_deputies'),
        ('terminals', '0002_imports_and_orders'),
    ]

    operations = [
        Tables(migrations.CreateModel(
            name='LicenceImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment')),
                ('licence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='images', to='terminals.licence')),
            ],
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=200)),
                ('undo', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='terminals.terminal')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merged_into', to='terminals.terminal')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('merged',), name='one_live_merge'), models.CheckConstraint(condition=models.Q(('kept', models.F('merged')), _negated=True), name='not_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='NextAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=200)),
                ('due_on', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('done', models.BooleanField(default=False)),
                ('outcome', models.CharField(blank=True, default='', max_length=200)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='next_actions', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'ended_at', 'due_on'], name='terminals_n_person__0a65f0_idx'), models.Index(fields=['ended_at', 'due_on'], name='terminals_n_ended_a_4b023e_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('terminal',), name='one_live_next_action')],
            },
        ),
        migrations.CreateModel(
            name='PoolReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=20)),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('idle_days', models.IntegerField(blank=True, null=True)),
                ('policy', models.CharField(blank=True, default='', max_length=60)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pool_returns', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', 'at'], name='terminals_p_termina_c61c5f_idx'), models.Index(fields=['person', 'at'], name='terminals_p_person__608e91_idx')],
            },
        ),
        migrations.CreateModel(
            name='Potential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('potential', models.CharField(max_length=1)),
                ('third', models.IntegerField(blank=True, null=True)),
                ('demand_fen', models.BigIntegerField(blank=True, null=True)),
                ('share_bp', models.IntegerField(blank=True, null=True)),
                ('basis', models.CharField(max_length=20)),
                ('among', models.CharField(blank=True, default='', max_length=80)),
                ('peers', models.IntegerField(default=0)),
                ('barrier', models.BooleanField(default=False)),
                ('judged', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('policy', models.CharField(max_length=60)),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='potentials', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['potential', 'until'], name='terminals_p_potenti_b1641d_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('terminal',), name='one_live_potential')],
            },
        ),
        migrations.CreateModel(
            name='Prospect',
            fields=[
                ('terminal', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='prospect', serialize=False, to='terminals.terminal')),
                ('stage', models.CharField(max_length=20)),
                ('stage_since', models.DateTimeField()),
                ('source', models.CharField(max_length=20)),
                ('registered_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField()),
                ('licence_number', models.CharField(blank=True, db_index=True, default='', max_length=60)),
                ('scope_text', models.CharField(blank=True, default='', max_length=500)),
                ('paper_check', models.CharField(blank=True, default='', max_length=20)),
                ('outpatients', models.IntegerField(blank=True, null=True)),
                ('floor_area', models.IntegerField(blank=True, null=True)),
                ('stores', models.IntegerField(blank=True, null=True)),
                ('yearly_fen', models.BigIntegerField(blank=True, null=True)),
                ('estimate_fen', models.BigIntegerField(blank=True, null=True)),
                ('estimate_units', models.IntegerField(blank=True, null=True)),
                ('estimate_basis', models.CharField(blank=True, default='', max_length=20)),
                ('estimate_on', models.DateField(blank=True, null=True)),
                ('rivals', models.CharField(blank=True, default='', max_length=500)),
                ('buying_process', models.CharField(blank=True, default='', max_length=1000)),
                ('pays_by', models.CharField(blank=True, default='', max_length=20)),
                ('pays_after_days', models.IntegerField(blank=True, null=True)),
                ('first_order_fen', models.BigIntegerField(blank=True, null=True)),
                ('first_order_on', models.DateField(blank=True, null=True)),
                ('obstacles', models.CharField(blank=True, default='', max_length=1000)),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['stage', 'stage_since'], name='terminals_p_stage_7ce239_idx'), models.Index(fields=['stage', 'touched_at'], name='terminals_p_stage_8a7f5a_idx')],
            },
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(max_length=20)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('why', models.CharField(blank=True, default='', max_length=20)),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('policy', models.CharField(max_length=60)),
                ('holder', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['since'], name='terminals_s_since_0ba690_idx'), models.Index(fields=['holder', 'since'], name='terminals_s_holder__c8a411_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('terminal',), name='one_live_stage')],
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revoked', models.BooleanField(default=False)),
                ('reason', models.CharField(max_length=200)),
                ('placed_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('licence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='terminals.licence')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('licence',), name='one_live_suspension')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('customers', models.IntegerField()),
                ('set_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'month', 'set_at'], name='terminals_t_person__41b317_idx')],
            },
        ),
        migrations.CreateModel(
            name='TwinPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reasons', models.JSONField(default=list)),
                ('score', models.IntegerField()),
                ('found_at', models.DateTimeField()),
                ('decided', models.CharField(blank=True, default='', max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('high', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='terminals.terminal')),
                ('low', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['decided', '-score'], name='terminals_t_decided_cb671d_idx')],
                'constraints': [models.UniqueConstraint(fields=('low', 'high'), name='one_pair'), models.CheckConstraint(condition=models.Q(('low__lt', models.F('high'))), name='pair_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Veto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope_class', models.CharField(blank=True, max_length=30)),
                ('reason', models.CharField(max_length=200)),
                ('until', models.DateField(blank=True, null=True)),
                ('placed_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_why', models.CharField(blank=True, max_length=200)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vetoes', to='terminals.terminal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('terminal', 'scope_class'), name='one_live_veto_per_class')],
            },
        )),
        migrations.AddField(
            model_name='authorised',
            name='letter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment'),
        ),
        migrations.AddField(
            model_name='authorised',
            name='seal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment'),
        ),
        migrations.AddField(
            model_name='licence',
            name='inspected_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='terminal',
            name='lat_e6',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='terminal',
            name='lon_e6',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='licence',
            index=models.Index(fields=['verified_on'], name='terminals_l_verifie_af1665_idx'),
        ),
        migrations.AddIndex(
            model_name='licence',
            index=models.Index(fields=['inspected_on'], name='terminals_l_inspect_a92cc7_idx'),
        ),
        migrations.AddIndex(
            model_name='terminal',
            index=models.Index(fields=['lat_e6', 'lon_e6'], name='terminals_t_lat_e6_e2a4c5_idx'),
        ),
    ]

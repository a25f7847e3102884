import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('journal', '0004_policies_and_attachments'),
        ('people', '0004_deputies'),
        ('people', '__first__'),
        ('products', '0003_supply_and_storage'),
        ('terminals', '0003_vetoes_images_prospects'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('month', models.DateField()),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('goal', models.CharField(max_length=200)),
                ('goal_milli', models.BigIntegerField()),
                ('benefit', models.CharField(max_length=12)),
                ('benefit_words', models.CharField(blank=True, max_length=300)),
                ('cap_fen', models.BigIntegerField()),
                ('proposed_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('territory', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.territory')),
            ],
            options={
                'indexes': [models.Index(fields=['-month'], name='campaigns_c_month_390f0a_idx'), models.Index(fields=['territory', '-month'], name='campaigns_c_territo_085c7e_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_on__gte', models.F('first_on'))), name='a_campaign_has_days'), models.CheckConstraint(condition=models.Q(('cap_fen__gte', 0), ('goal_milli__gte', 0)), name='a_campaign_asks_no_less')],
            },
        ),
        migrations.CreateModel(
            name='CampaignState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=12)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='campaigns.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Composition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.IntegerField()),
                ('held', models.IntegerField()),
                ('seed', models.IntegerField()),
                ('power', models.JSONField()),
                ('ranked', models.IntegerField()),
                ('left_out', models.JSONField(default=dict)),
                ('policies', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='compositions', to='campaigns.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Cost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('fen', models.BigIntegerField()),
                ('on', models.DateField()),
                ('document', models.CharField(blank=True, max_length=60)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='campaigns.campaign')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='a_campaign_cost_is_more_than_nought')],
            },
        ),
        migrations.CreateModel(
            name='Focus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('arm', models.CharField(max_length=10)),
                ('place', models.IntegerField()),
                ('reasons', models.JSONField(default=list)),
                ('findings', models.JSONField(default=list)),
                ('baseline_milli', models.BigIntegerField()),
                ('target_milli', models.BigIntegerField()),
                ('added_at', models.DateTimeField()),
                ('added_why', models.CharField(blank=True, max_length=200)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='focus', to='campaigns.campaign')),
                ('composition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='focus', to='campaigns.composition')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['campaign', 'arm', 'place'], name='campaigns_f_campaig_bff055_idx'), models.Index(fields=['terminal', 'campaign'], name='campaigns_f_termina_e6e9ad_idx'), models.Index(condition=models.Q(('ended_at', None)), fields=['owner', 'campaign'], name='live_focus_by_owner')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('campaign', 'terminal'), name='one_live_place_on_a_list')],
            },
        ),
        migrations.CreateModel(
            name='Going',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visit', models.BigIntegerField()),
                ('day', models.DateField()),
                ('minutes', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('focus', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goings', to='campaigns.focus')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('focus', 'visit'), name='a_visit_counts_once'), models.CheckConstraint(condition=models.Q(('minutes__gte', 0)), name='a_visit_takes_no_less_than_nothing')],
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('product', 'name'), name='one_material_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='MaterialVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('says', models.CharField(max_length=1000)),
                ('valid_until', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('material', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='campaigns.material')),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('material', 'number'), name='one_version_of_a_number')],
            },
        ),
        migrations.CreateModel(
            name='MaterialOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreed', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opinion', to='campaigns.materialversion')),
            ],
        ),
        migrations.CreateModel(
            name='CampaignMaterial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='campaigns.campaign')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.materialversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('campaign', 'version'), name='one_live_use_of_a_version')],
            },
        ),
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreed', models.BooleanField()),
                ('checks', models.JSONField(default=list)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='campaigns.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(max_length=12)),
                ('told', models.JSONField()),
                ('policy', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='outcome', to='campaigns.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='OutcomeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('after_milli', models.BigIntegerField()),
                ('change_milli', models.BigIntegerField()),
                ('focus', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.focus')),
                ('outcome', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='campaigns.outcome')),
            ],
        ),
    ]

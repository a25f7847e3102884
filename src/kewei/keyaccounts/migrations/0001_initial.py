import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kewei.journal.protect import append_only
from kewei.journal.tables import Tables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('terminals', '0003_vetoes_images_prospects'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables(
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('for_group', models.BooleanField(default=False)),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('state', models.CharField(max_length=12)),
                ('state_at', models.DateTimeField()),
                ('newest', models.SmallIntegerField()),
                ('in_force', models.SmallIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', '-first_on'], name='plans_of_a_customer'), models.Index(fields=['state', 'last_on'], name='plans_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'handed_in', 'sent_back', 'live', 'amending'))), fields=('terminal', 'first_on'), name='one_open_plan_from_a_day'), models.CheckConstraint(condition=models.Q(('last_on__gt', models.F('first_on'))), name='a_plan_has_months')],
            },
        ),
        migrations.CreateModel(
            name='PlanState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=12)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='keyaccounts.plan')),
            ],
        ),
        migrations.CreateModel(
            name='Progress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.SmallIntegerField()),
                ('state', models.CharField(max_length=8)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('subject', models.CharField(blank=True, max_length=60)),
                ('on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='progress', to='keyaccounts.plan')),
            ],
            options={
                'indexes': [models.Index(fields=['plan', 'number', '-id'], name='progress_of_an_action')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('subject', ''), _negated=True), fields=('plan', 'number', 'subject'), name='a_visit_says_it_once')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.SmallIntegerField()),
                ('figures', models.JSONField(default=dict)),
                ('reasons', models.JSONField(default=list)),
                ('reason_words', models.CharField(blank=True, max_length=300)),
                ('situation', models.JSONField(default=dict)),
                ('swot', models.JSONField(default=dict)),
                ('warned', models.JSONField(default=list)),
                ('why_words', models.CharField(blank=True, max_length=200)),
                ('policy', models.CharField(blank=True, max_length=80)),
                ('written_at', models.DateTimeField()),
                ('sealed_at', models.DateTimeField(null=True)),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='keyaccounts.plan')),
                ('written_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='versions_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='Risk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.SmallIntegerField()),
                ('kind', models.CharField(max_length=16)),
                ('words', models.CharField(max_length=200)),
                ('level', models.CharField(max_length=8)),
                ('answer', models.CharField(blank=True, max_length=200)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='risks', to='keyaccounts.version')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.SmallIntegerField()),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('lines', models.JSONField()),
                ('figures', models.JSONField(default=dict)),
                ('verdict', models.CharField(max_length=8)),
                ('reasons', models.CharField(blank=True, max_length=500)),
                ('adjust', models.CharField(blank=True, max_length=500)),
                ('policy', models.CharField(max_length=80)),
                ('reviewed_at', models.DateTimeField()),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='keyaccounts.plan')),
                ('reviewed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='keyaccounts.version')),
            ],
            options={
                'indexes': [models.Index(fields=['plan', 'quarter', '-id'], name='reviews_of_a_plan')],
            },
        ),
        migrations.CreateModel(
            name='PlanAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.SmallIntegerField()),
                ('kind', models.CharField(max_length=12)),
                ('words', models.CharField(max_length=200)),
                ('due_on', models.DateField()),
                ('budget_fen', models.BigIntegerField(default=0)),
                ('compliance', models.CharField(blank=True, max_length=40)),
                ('serves', models.CharField(max_length=16)),
                ('visit', models.BooleanField(default=False)),
                ('ours', models.CharField(blank=True, max_length=40)),
                ('theirs', models.CharField(blank=True, max_length=40)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='keyaccounts.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'number'), name='actions_are_numbered'), models.CheckConstraint(condition=models.Q(('budget_fen__gte', 0)), name='budget_not_below_nought'), models.CheckConstraint(condition=models.Q(('kind', 'work'), models.Q(('compliance', ''), _negated=True), _connector='OR'), name='executive_visit_has_its_approval')],
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('baseline', models.BigIntegerField()),
                ('target', models.BigIntegerField()),
                ('milestones', models.JSONField(default=list)),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='keyaccounts.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'kind'), name='a_kind_of_goal_once'), models.CheckConstraint(condition=models.Q(('baseline__gte', 0), ('target__gte', 0)), name='goals_not_below_nought')],
            },
        ),
        migrations.CreateModel(
            name='DecisionRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.SmallIntegerField()),
                ('department', models.CharField(max_length=16)),
                ('post', models.CharField(max_length=40)),
                ('part', models.CharField(max_length=12)),
                ('attitude', models.CharField(max_length=12)),
                ('needs', models.CharField(blank=True, max_length=200)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='keyaccounts.version')),
            ],
        ),
        migrations.CreateModel(
            name='MonthOfEffort',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('visits', models.IntegerField()),
                ('minutes', models.IntegerField()),
                ('expense_fen', models.BigIntegerField()),
                ('told_at', models.DateTimeField()),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['month'], name='effort_by_month')],
                'constraints': [models.UniqueConstraint(fields=('terminal', 'month'), name='one_effort_a_month'), models.CheckConstraint(condition=models.Q(('expense_fen__gte', 0), ('minutes__gte', 0), ('visits__gte', 0)), name='effort_not_below_nought')],
            },
        )
        ),
        migrations.RunPython(
            *append_only("keyaccounts_planstate", "keyaccounts_progress", "keyaccounts_review")
        ),
    ]

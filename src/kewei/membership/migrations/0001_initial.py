import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kewei.journal.protect import append_only

TABLES = [
    "membership_attendance",
    "membership_benefitopinion",
    "membership_meetingcost",
    "membership_meetingstate",
    "membership_minutes",
    "membership_movement",
    "membership_posting",
    "membership_programmestate",
    "membership_rulesdecision",
    "membership_rulesversion",
    "membership_stocktold",
    "membership_tiermove",
]



class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('journal', '0004_policies_and_attachments'),
        ('products', '0003_supply_and_storage'),
        ('receivables', '0006_bills_and_sign_backs_append_only'),
        ('terminals', '0003_vetoes_images_prospects'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('purpose', models.CharField(max_length=300)),
                ('ground', models.CharField(max_length=300)),
                ('segment', models.JSONField(default=dict)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('budget_fen', models.BigIntegerField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(default='proposed', max_length=10)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('budget_fen__gt', 0)), name='a_programme_has_a_budget')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='membership.programme')),
                ('state', models.CharField(max_length=10)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RulesVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='membership.programme')),
                ('number', models.IntegerField()),
                ('since', models.DateField()),
                ('body', models.JSONField()),
                ('source', models.CharField(max_length=300)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('programme', 'number'), name='a_version_of_rules_once')],
            },
        ),
        migrations.CreateModel(
            name='RulesDecision',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='decision', serialize=False, to='membership.rulesversion')),
                ('approved', models.BooleanField()),
                ('why', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='membership.programme')),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('since', models.DateField()),
                ('tier', models.CharField(max_length=20)),
                ('basis', models.JSONField(default=dict)),
                ('points', models.BigIntegerField(default=0)),
                ('fen', models.BigIntegerField(default=0)),
                ('enrolled_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrolled_at', models.DateTimeField()),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', '-since'], name='membership__termina_f7a3b5_idx'), models.Index(fields=['programme', 'terminal'], name='membership__program_3b4bb9_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('fen__gte', 0), ('points__gte', 0)), name='member_balance_not_below_nought'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('programme', 'terminal'), name='a_member_once_per_programme')],
            },
        ),
        migrations.CreateModel(
            name='TierMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tier_moves', to='membership.enrolment')),
                ('before', models.CharField(blank=True, max_length=20)),
                ('after', models.CharField(max_length=20)),
                ('as_of', models.DateField()),
                ('basis_fen', models.BigIntegerField()),
                ('way', models.CharField(max_length=10)),
                ('numbers', models.JSONField(default=dict)),
                ('rules', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='membership.rulesversion')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Benefit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='benefits', to='membership.enrolment')),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('kind', models.CharField(max_length=20)),
                ('words', models.CharField(max_length=300)),
                ('fen', models.BigIntegerField()),
                ('channel', models.CharField(max_length=12)),
                ('ground', models.CharField(max_length=300)),
                ('cap_fen', models.BigIntegerField()),
                ('tied', models.BooleanField(default=False)),
                ('near_tender', models.BooleanField(default=False)),
                ('evidence', models.JSONField(default=list)),
                ('outcome', models.CharField(max_length=6)),
                ('lines', models.JSONField(default=list)),
                ('sides', models.JSONField(default=list)),
                ('policy', models.CharField(max_length=40)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('intake', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.intake')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', '-proposed_at'], name='membership__termina_a3813d_idx'), models.Index(fields=['state', '-proposed_at'], name='membership__state_aa3f0d_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('fen__gte', 0)), name='benefit_not_below_nought')],
            },
        ),
        migrations.CreateModel(
            name='BenefitOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('benefit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='membership.benefit')),
                ('side', models.CharField(max_length=12)),
                ('agrees', models.BooleanField()),
                ('why', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('benefit', 'side'), name='a_side_says_once')],
            },
        ),
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='membership.enrolment')),
                ('kind', models.CharField(max_length=10)),
                ('on', models.DateField()),
                ('words', models.CharField(blank=True, max_length=200)),
                ('source', models.CharField(blank=True, max_length=40)),
                ('rules', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='membership.rulesversion')),
                ('benefit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='membership.benefit')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='receivables.entry')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='membership.movement')),
                ('intake', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.intake')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['enrolment', 'id'], name='membership__enrolme_7037f6_idx'), models.Index(fields=['source'], name='membership__source_3ced4f_idx')],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='membership.enrolment')),
                ('unit', models.CharField(max_length=6)),
                ('number', models.CharField(blank=True, max_length=30)),
                ('amount', models.BigIntegerField()),
                ('left', models.BigIntegerField()),
                ('earned_on', models.DateField()),
                ('expires_on', models.DateField()),
                ('movement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='membership.movement')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('left__gt', 0)), fields=['enrolment', 'unit', 'expires_on'], name='lots_left'), models.Index(condition=models.Q(('left__gt', 0)), fields=['expires_on'], name='lots_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('left__gte', 0), ('left__lte', models.F('amount'))), name='lot_left_within_amount'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='a_coupon_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('movement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='membership.movement')),
                ('account', models.CharField(max_length=10)),
                ('unit', models.CharField(max_length=6)),
                ('amount', models.BigIntegerField()),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='membership.lot')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='a_posting_moves_something'), models.CheckConstraint(condition=models.Q(models.Q(('account', 'liability'), ('lot__isnull', False)), models.Q(models.Q(('account', 'liability'), _negated=True), ('lot', None)), _connector='OR'), name='what_is_owed_lies_in_a_lot')],
            },
        ),
        migrations.CreateModel(
            name='Club',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('purpose', models.CharField(max_length=300)),
                ('programme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='clubs', to='membership.programme')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('founded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='ClubMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('club', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='membership.club')),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('joined_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('joined_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('club', 'terminal'), name='in_a_club_once')],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('club', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='membership.club')),
                ('programme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='membership.programme')),
                ('title', models.CharField(max_length=120)),
                ('purpose', models.CharField(max_length=300)),
                ('agenda', models.JSONField(default=list)),
                ('on', models.DateField()),
                ('place', models.CharField(blank=True, max_length=120)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cost_cap_fen', models.BigIntegerField()),
                ('state', models.CharField(default='proposed', max_length=10)),
                ('proposed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['-on'], name='membership__on_58ca80_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('cost_cap_fen__gte', 0)), name='a_cost_cap_not_below_nought')],
            },
        ),
        migrations.CreateModel(
            name='MeetingState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='membership.meeting')),
                ('state', models.CharField(max_length=10)),
                ('cost_cap_fen', models.BigIntegerField()),
                ('why', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='membership.meeting')),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('job', models.CharField(max_length=12)),
                ('people', models.SmallIntegerField()),
                ('proof', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('meeting', 'terminal', 'job'), name='a_post_came_once'), models.CheckConstraint(condition=models.Q(('people__gt', 0)), name='somebody_came')],
            },
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='membership.meeting')),
                ('words', models.TextField(max_length=4000)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MeetingAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='membership.meeting')),
                ('what', models.CharField(max_length=200)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('due_on', models.DateField()),
                ('set_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('done_words', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['owner', 'due_on'], name='open_meeting_actions')],
            },
        ),
        migrations.CreateModel(
            name='MeetingCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='membership.meeting')),
                ('kind', models.CharField(max_length=10)),
                ('fen', models.BigIntegerField()),
                ('invoice', models.CharField(max_length=60)),
                ('payee', models.CharField(max_length=120)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('fen__gt', 0)), name='a_cost_costs_something')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('programme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='membership.programme')),
                ('kind', models.CharField(max_length=16)),
                ('words', models.CharField(max_length=300)),
                ('due_on', models.DateField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', '-asked_at'], name='membership__termina_f57c20_idx'), models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='open_services')],
            },
        ),
        migrations.CreateModel(
            name='StockTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product')),
                ('on', models.DateField()),
                ('units', models.BigIntegerField()),
                ('near_units', models.BigIntegerField(default=0)),
                ('near_on', models.DateField(null=True)),
                ('batch', models.CharField(blank=True, max_length=40)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', 'product', '-on'], name='membership__termina_f7cec7_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('near_units__gte', 0), ('near_units__lte', models.F('units')), ('units__gte', 0)), name='stock_told_makes_sense')],
            },
        ),
        migrations.RunPython(*append_only(*TABLES)),
    ]

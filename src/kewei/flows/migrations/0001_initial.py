import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from kewei.journal.tables import Tables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
        ('products', '0003_supply_and_storage'),
        ('terminals', '0003_vetoes_images_prospects'),
    ]

    operations = [
        Tables(migrations.CreateModel(
            name='Layout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('headings', models.JSONField()),
                ('mapping', models.JSONField()),
                ('order', models.CharField(max_length=3)),
                ('learned_at', models.DateTimeField()),
                ('distributor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('learned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['distributor', 'kind', '-id'], name='flows_layou_distrib_18081d_idx')],
            },
        ),
        migrations.CreateModel(
            name='File',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('kind', models.CharField(max_length=12)),
                ('filename', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('sheet', models.CharField(blank=True, max_length=60)),
                ('headings', models.JSONField()),
                ('rows', models.IntegerField()),
                ('clean_rows', models.IntegerField()),
                ('aside_rows', models.IntegerField()),
                ('unreadable', models.IntegerField()),
                ('raw_milli', models.BigIntegerField()),
                ('clean_milli', models.BigIntegerField()),
                ('aside_milli', models.BigIntegerField()),
                ('gone', models.IntegerField(default=0)),
                ('drift', models.JSONField(default=dict)),
                ('raw_digest', models.CharField(max_length=64)),
                ('clean_digest', models.CharField(max_length=64)),
                ('taken_at', models.DateTimeField()),
                ('distributor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('layout', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='flows.layout')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='flows.file')),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['month', 'distributor', 'kind'], name='flows_file_month_46b6ff_idx')],
                'constraints': [models.UniqueConstraint(fields=('distributor', 'month', 'kind', 'digest'), name='one_file_once'), models.CheckConstraint(condition=models.Q(('raw_milli', django.db.models.expressions.CombinedExpression(models.F('clean_milli'), '+', models.F('aside_milli')))), name='flow_mass_holds'), models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(models.F('clean_rows'), '+', models.F('aside_rows')))), name='flow_rows_hold')],
            },
        ),
        migrations.CreateModel(
            name='Goods',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32)),
                ('product', models.CharField(max_length=160)),
                ('spec', models.CharField(blank=True, max_length=80)),
                ('unit', models.CharField(blank=True, max_length=20)),
                ('code', models.CharField(blank=True, max_length=64)),
                ('first_at', models.DateTimeField()),
                ('distributor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('distributor', 'key'), name='one_goods_of_a_distributor')],
            },
        ),
        migrations.CreateModel(
            name='GoodsAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('times', models.IntegerField(default=1)),
                ('per', models.IntegerField(default=1)),
                ('how', models.CharField(max_length=10)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('goods', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='flows.goods')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product')),
            ],
            options={
                'indexes': [models.Index(fields=['goods', '-id'], name='flows_goods_goods_i_080fc8_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('goods',), name='one_live_goods_alias'), models.CheckConstraint(condition=models.Q(('per__gt', 0), ('times__gt', 0)), name='unit_factor_above_nought')],
            },
        ),
        migrations.CreateModel(
            name='MonthState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('state', models.CharField(max_length=10)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('told', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['month', '-id'], name='flows_month_month_05f2d4_idx')],
            },
        ),
        migrations.CreateModel(
            name='Name',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32)),
                ('name', models.CharField(max_length=200)),
                ('code', models.CharField(blank=True, max_length=64)),
                ('credit_code', models.CharField(blank=True, max_length=18)),
                ('licence', models.CharField(blank=True, max_length=60)),
                ('province', models.CharField(blank=True, max_length=30)),
                ('city', models.CharField(blank=True, max_length=30)),
                ('county', models.CharField(blank=True, max_length=30)),
                ('first_at', models.DateTimeField()),
                ('distributor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('distributor', 'key'), name='one_name_of_a_distributor')],
            },
        ),
        migrations.CreateModel(
            name='Asking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('fen', models.BigIntegerField()),
                ('candidates', models.JSONField(default=list)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('name', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='askings', to='flows.name')),
            ],
            options={
                'indexes': [models.Index(fields=['closed_at', '-fen'], name='flows_askin_closed__70096f_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('name',), name='one_open_asking')],
            },
        ),
        migrations.CreateModel(
            name='NameAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(max_length=10)),
                ('probability_bp', models.IntegerField(null=True)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('model', models.CharField(blank=True, max_length=40)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, max_length=200)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='flows.name')),
                ('terminal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['name', '-id'], name='flows_namea_name_id_53c0b8_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('name',), name='one_live_name_alias')],
            },
        ),
        migrations.CreateModel(
            name='Usage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('quantity_milli', models.BigIntegerField()),
                ('fen', models.BigIntegerField()),
                ('appeal', models.CharField(blank=True, max_length=16)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('posted_at', models.DateTimeField()),
                ('distributor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('posted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product')),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['month', 'distributor'], name='flows_usage_month_67b419_idx'), models.Index(fields=['terminal', '-month'], name='flows_usage_termina_0949c0_idx')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('kind', models.CharField(max_length=12)),
                ('reason', models.CharField(max_length=24)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('told_at', models.DateTimeField()),
                ('distributor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('told_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['month', 'distributor', 'kind', '-id'], name='flows_absen_month_c2f5bb_idx')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(max_length=10)),
                ('place', models.SmallIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('asking', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='flows.asking')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('asking', 'by'), name='one_word_of_each_person')],
            },
        )),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kewei.journal.tables import Tables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0004_deputies'),
    ]

    operations = [
        Tables(migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('salt', models.CharField(max_length=32, unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('enrolled_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-enrolled_at'], name='field_devic_person__0e46e8_idx')],
            },
        ),
        migrations.CreateModel(
            name='Command',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=36)),
                ('place', models.IntegerField()),
                ('verb', models.CharField(max_length=20)),
                ('body', models.JSONField()),
                ('text_digest', models.CharField(max_length=64)),
                ('corrects', models.CharField(blank=True, max_length=36)),
                ('said_at', models.DateTimeField()),
                ('meant_at', models.DateTimeField()),
                ('heard_at', models.DateTimeField()),
                ('done', models.BooleanField()),
                ('made', models.JSONField(default=dict)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('sentence', models.CharField(blank=True, max_length=500)),
                ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='commands', to='field.device')),
            ],
            options={
                'indexes': [models.Index(fields=['device', '-heard_at'], name='field_comma_device__486a9f_idx'), models.Index(condition=models.Q(('corrects', ''), _negated=True), fields=['device', 'corrects'], name='corrections')],
                'constraints': [models.UniqueConstraint(fields=('device', 'key'), name='a_command_once'), models.CheckConstraint(condition=models.Q(('done', True), models.Q(('code', ''), _negated=True), _connector='OR'), name='a_refusal_has_its_code')],
            },
        ),
        migrations.CreateModel(
            name='Bookmark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('holds', models.JSONField(default=dict)),
                ('taken', models.IntegerField(default=0)),
                ('refused', models.IntegerField(default=0)),
                ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bookmarks', to='field.device')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('device', 'number'), name='one_bookmark_a_round')],
            },
        ),
        migrations.CreateModel(
            name='Stopped',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=12)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stopped', to='field.device')),
            ],
        ),
        migrations.CreateModel(
            name='Tampering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=12)),
                ('text', models.TextField()),
                ('mark', models.CharField(blank=True, max_length=64)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('at', models.DateTimeField()),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tamperings', to='field.device')),
            ],
        )),
    ]

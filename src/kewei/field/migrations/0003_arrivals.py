import django.db.models.deletion
from django.db import migrations, models

from kewei.journal.tables import Tables


class Migration(migrations.Migration):

    dependencies = [
        ('field', '0002_append_only'),
        ('visits', '0003_full_photos'),
    ]

    operations = [
        Tables(migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=36)),
                ('size', models.IntegerField()),
                ('have', models.IntegerField(default=0)),
                ('told_at', models.DateTimeField()),
                ('came_at', models.DateTimeField(null=True)),
                ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='field.device')),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.photo')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('came_at', None)), fields=['device'], name='arrivals_under_way')],
                'constraints': [models.UniqueConstraint(fields=('device', 'key'), name='an_arrival_once'), models.CheckConstraint(condition=models.Q(('have__gte', 0), ('have__lte', models.F('size'))), name='an_arrival_within_its_size')],
            },
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offset', models.IntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('content', models.BinaryField()),
                ('arrival', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='field.arrival')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('arrival', 'offset'), name='a_piece_once')],
            },
        )),
    ]

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from kewei.journal.tables import Tables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('journal', '0004_policies_and_attachments'),
        ('people', '0004_deputies'),
        ('products', '0003_supply_and_storage'),
        ('receivables', '0004_bills_and_sign_backs'),
        ('terminals', '0003_vetoes_images_prospects'),
    ]

    operations = [
        Tables(migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True)),
                ('customer_ref', models.CharField(blank=True, max_length=60)),
                ('payment', models.CharField(default='credit', max_length=12)),
                ('term_days', models.IntegerField(null=True)),
                ('wanted_on', models.DateField(null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('source', models.CharField(default='page', max_length=12)),
                ('total_fen', models.BigIntegerField()),
                ('placed_at', models.DateTimeField()),
                ('state', models.CharField(max_length=16)),
                ('state_at', models.DateTimeField()),
                ('intake', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.intake')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ship_to', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', '-placed_at'], name='orders_orde_termina_4a6c14_idx'), models.Index(fields=['state', '-placed_at'], name='orders_orde_state_3be659_idx'), models.Index(fields=['-placed_at'], name='orders_orde_placed__c426b5_idx'), models.Index(fields=['customer_ref'], name='orders_orde_custome_a57ca8_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('total_fen__gte', 0)), name='order_total_not_below_nought')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True)),
                ('on', models.DateField()),
                ('address', models.CharField(blank=True, max_length=200)),
                ('carrier', models.CharField(blank=True, max_length=120)),
                ('waybill', models.CharField(blank=True, max_length=60)),
                ('temperature', models.CharField(blank=True, max_length=120)),
                ('fen', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(fields=['terminal', '-on'], name='orders_deli_termina_533cab_idx'), models.Index(fields=['order'], name='orders_deli_order_i_8826a8_idx')],
            },
        ),
        migrations.CreateModel(
            name='OrderInvoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lines', models.JSONField(default=list)),
                ('fen', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='orders.delivery')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='receivables.entry')),
            ],
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.IntegerField()),
                ('quantity_milli', models.BigIntegerField()),
                ('price_fen', models.BigIntegerField()),
                ('fen', models.BigIntegerField()),
                ('note', models.CharField(blank=True, max_length=120)),
                ('cancelled_milli', models.BigIntegerField(default=0)),
                ('delivered_milli', models.BigIntegerField(default=0)),
                ('returned_milli', models.BigIntegerField(default=0)),
                ('invoiced_milli', models.BigIntegerField(default=0)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.order')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('cancelled_milli__gte', 0), ('delivered_milli__gte', 0), ('delivered_milli__lte', django.db.models.expressions.CombinedExpression(models.F('quantity_milli'), '-', models.F('cancelled_milli'))), ('invoiced_milli__lte', models.F('delivered_milli')), ('quantity_milli__gt', 0), ('returned_milli__gte', 0), ('returned_milli__lte', models.F('delivered_milli'))), name='order_line_within_its_quantity'), models.UniqueConstraint(fields=('order', 'place'), name='one_line_per_place')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity_milli', models.BigIntegerField()),
                ('fen', models.BigIntegerField()),
                ('batch', models.CharField(blank=True, max_length=40)),
                ('expires_on', models.DateField(null=True)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.delivery')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delivered', to='orders.orderline')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity_milli__gt', 0)), name='something_is_delivered')],
            },
        ),
        migrations.CreateModel(
            name='OrderState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=16)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='states', to='orders.order')),
            ],
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_kind', models.CharField(blank=True, max_length=20)),
                ('price_fen', models.BigIntegerField()),
                ('floor_fen', models.BigIntegerField(null=True)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('source', models.CharField(blank=True, max_length=120)),
                ('set_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terminal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['product', 'terminal', 'customer_kind'], name='orders_pric_product_dc84ad_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('price_fen__gte', 0)), name='price_not_below_nought')],
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True)),
                ('on', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('fen', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='orders.delivery')),
                ('red_letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='receivables.entry')),
                ('terminal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity_milli', models.BigIntegerField()),
                ('fen', models.BigIntegerField()),
                ('invoiced_fen', models.BigIntegerField(default=0)),
                ('back', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='orders.return')),
                ('delivered', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returned', to='orders.deliveryline')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity_milli__gt', 0)), name='something_came_back')],
            },
        ),
        migrations.CreateModel(
            name='SignedReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='orders.delivery')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment')),
            ],
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(max_length=10)),
                ('outcome', models.CharField(max_length=6)),
                ('blocked_by', models.JSONField(default=list)),
                ('verdicts', models.JSONField()),
                ('case', models.JSONField()),
                ('policies', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='orders.order')),
                ('terminal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.terminal')),
            ],
            options={
                'indexes': [models.Index(fields=['order', '-id'], name='orders_verd_order_i_83ccfc_idx'), models.Index(fields=['terminal', '-at'], name='orders_verd_termina_9c43af_idx'), models.Index(fields=['outcome', '-at'], name='orders_verd_outcome_f54675_idx')],
            },
        ),
        migrations.CreateModel(
            name='SpecialRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('waives', models.JSONField(default=list)),
                ('reason', models.CharField(max_length=300)),
                ('over_fen', models.BigIntegerField(default=0)),
                ('authority', models.CharField(max_length=80)),
                ('expires_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='orders.order')),
                ('stands_in_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verdict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.verdict')),
            ],
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('delivery', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='handover', serialize=False, to='orders.delivery')),
                ('receiver_name', models.CharField(max_length=60)),
                ('on', models.DateField()),
                ('temperature', models.CharField(blank=True, max_length=120)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.attachment')),
                ('receiver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='terminals.authorised')),
            ],
        )),
    ]

"""What left the house, who took it, what was invoiced of it, and what came back: all of it append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.orders.models.orders import Order, OrderLine
from kewei.terminals.models import ThroughTerminal


class Delivery(models.Model):
    """发货: goods of one order on one 随货同行单."""

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="deliveries")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    address = models.CharField(max_length=200, blank=True)
    carrier = models.CharField(max_length=120, blank=True)
    waybill = models.CharField(max_length=60, blank=True)
    temperature = models.CharField(max_length=120, blank=True)
    fen = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-on"]), models.Index(fields=["order"])]


class DeliveryLine(models.Model):
    """发货行: so much of a line, of a batch, with its expiry."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="delivered")
    quantity_milli = models.BigIntegerField()
    fen = models.BigIntegerField()
    batch = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity_milli__gt=0), name="something_is_delivered")]


class Handover(models.Model):
    """签收: an authorised person of the customer took a delivery; once per delivery, append-only."""

    delivery = models.OneToOneField(Delivery, primary_key=True, on_delete=models.PROTECT, related_name="handover")
    receiver = models.ForeignKey("terminals.Authorised", null=True, on_delete=models.PROTECT, related_name="+")
    receiver_name = models.CharField(max_length=60)
    on = models.DateField()
    temperature = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    paper = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class SignedReceipt(models.Model):
    """补签收单: a scan of the signed receipt that came after the handover was noted; append-only, the newest is shown."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="receipts")
    paper = models.ForeignKey("journal.Attachment", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class OrderInvoice(models.Model):
    """按发货开票: which delivery an invoice of receivables was made from; append-only."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="invoices")
    entry = models.OneToOneField("receivables.Entry", on_delete=models.PROTECT, related_name="+")
    lines = models.JSONField(default=list)
    fen = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Return(models.Model):
    """退货: goods of a delivery that came back; what was invoiced of them is credited by a red-letter note."""

    number = models.CharField(max_length=30, unique=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="returns")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    reason = models.CharField(max_length=200)
    fen = models.BigIntegerField()
    red_letter = models.ForeignKey("receivables.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()


class ReturnLine(models.Model):
    """退货行: so much of a delivered line; proven ours by its batch (domain 4.9)."""

    back = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    delivered = models.ForeignKey(DeliveryLine, on_delete=models.PROTECT, related_name="returned")
    quantity_milli = models.BigIntegerField()
    fen = models.BigIntegerField()
    invoiced_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity_milli__gt=0), name="something_came_back")]

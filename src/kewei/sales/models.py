"""Tables of sales: lines of what each terminal bought (append-only), months counted from them, why terminals stopped."""

from django.conf import settings
from django.db import models

from kewei.terminals.models import ThroughTerminal


class SaleLine(models.Model):
    """One line: a terminal bought a quantity of a product on a day; quantity in thousandths, money in fen."""

    # The index on (terminal, day) serves this key too; every index less makes an import faster.
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(
        "products.Product", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    product_text = models.CharField(max_length=160, blank=True)
    day = models.DateField()
    quantity_milli = models.BigIntegerField()
    unit_price_fen = models.BigIntegerField(null=True)
    fen = models.BigIntegerField()
    document = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=20)
    intake = models.ForeignKey("journal.Intake", null=True, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["terminal", "day"]),
            models.Index(fields=["product", "day"]),
            models.Index(fields=["day"]),
            models.Index(fields=["document"]),
        ]


class MonthOfTerminal(models.Model):
    """What a terminal bought of a product (or of what a file calls so) in a month from one source, counted from the lines,
    which stay the truth. Bit 0 of `days` is the first of the month, `orders` how many bits are set. Rewritten when lines of
    the month were added."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(
        "products.Product", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    written = models.CharField(max_length=160, blank=True)
    through = models.BooleanField()
    month = models.DateField()
    days = models.BigIntegerField()
    orders = models.IntegerField()
    lines = models.IntegerField()
    quantity_milli = models.BigIntegerField()
    fen = models.BigIntegerField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["month"]),
            models.Index(fields=["terminal", "month"]),
            models.Index(fields=["product", "month"]),
        ]


class PreparedMonth(models.Model):
    """A month as it was last counted: from how many lines, and the same rows as columns for what reads all of them."""

    month = models.DateField(unique=True)
    lines = models.IntegerField()
    columns = models.BinaryField()
    prepared_at = models.DateTimeField()


class Preparation(models.Model):
    """Months were brought up to date: when, how many, and the newest line there was before; newer ones came after."""

    last_line = models.BigIntegerField()
    months = models.IntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Loss(models.Model):
    """Why a terminal stopped buying, as somebody was told on asking; `last_day` is the purchase after which it fell silent.
    A later word about the same silence counts instead; nothing is changed."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)
    last_day = models.DateField()
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-id"]), models.Index(fields=["told_at"])]

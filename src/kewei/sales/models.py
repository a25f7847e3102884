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
    # What we sold in it; what went through distributors stands beside it, not in it.
    fen = models.BigIntegerField(null=True)
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


class Habit(models.Model):
    """购买习惯: how one terminal buys of us, as last reckoned: its rhythm, when its next order is due and after which day its
    silence is an alarm, the chance that it still buys, what it bought in twelve months and in those before. `recency`,
    `frequency` and `money` are fifths of all buyers, 5 the best; bit n of `months` says that it bought n months before that of
    the day reckoned for. Rewritten every night; Reckoning says when."""

    terminal = models.OneToOneField("terminals.Terminal", primary_key=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    purchases = models.IntegerField()
    usual_days = models.IntegerField(null=True)
    spread_days = models.IntegerField(null=True)
    next_day = models.DateField(null=True)
    alarm_day = models.DateField(null=True)
    alive_bp = models.IntegerField(null=True)
    expected_milli = models.BigIntegerField(null=True)
    orders_year = models.IntegerField()
    year_fen = models.BigIntegerField()
    before_fen = models.BigIntegerField()
    recency = models.SmallIntegerField()
    frequency = models.SmallIntegerField()
    money = models.SmallIntegerField()
    mix_bp = models.IntegerField(null=True)
    months = models.BigIntegerField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["alarm_day", "terminal"]), models.Index(fields=["next_day"])]


class Reckoning(models.Model):
    """Habits were reckoned: as of which day, of how many terminals, with what model of buyers; `told` in millionths."""

    as_of = models.DateField()
    terminals = models.IntegerField()
    told = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

"""Tables of sales: lines of what each terminal bought; append-only, corrected by reversing lines."""

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

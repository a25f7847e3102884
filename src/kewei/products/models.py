"""Tables of products: the catalogue with licence scope classes (domain 4.1) and listed prices."""

from django.db import models


class ProductSet(models.QuerySet):
    """Products; everybody who may see products sees all of them."""

    def visible_to(self, person, verb: str = "products.see"):
        """The whole catalogue, or nothing."""
        return self.none() if person.reach(verb).nothing else self


class Product(models.Model):
    """A product as sold: generic name, spec, pack, maker, approval number, scope class."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    trade_name = models.CharField(max_length=80, blank=True)
    spec = models.CharField(max_length=80, blank=True)
    form = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    per_case = models.IntegerField(null=True, blank=True)
    maker = models.CharField(max_length=120, blank=True)
    approval_no = models.CharField(max_length=60, blank=True)
    scope_class = models.CharField(max_length=30, blank=True)
    prescription = models.CharField(max_length=20, blank=True)
    cold_chain = models.BooleanField(default=False)
    # 贮藏, in the words of the package: what the delivery note says of how the goods are kept on the way.
    storage = models.CharField(max_length=80, blank=True)
    lifecycle = models.CharField(max_length=20, blank=True)
    # Won in volume-based procurement, essential, emergency: a duty to supply stands against a credit hold (domain 4.3).
    supply = models.CharField(max_length=20, blank=True)
    tax_bp = models.IntegerField(null=True, blank=True)
    listed_price_fen = models.BigIntegerField(null=True, blank=True)
    search = models.TextField(blank=True)
    extra = models.JSONField(default=dict, blank=True)
    added_at = models.DateTimeField()

    objects = ProductSet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name"])]

    def __str__(self):
        return f"{self.name} {self.spec}".strip()


class ImportedProduct(models.Model):
    """What one import did to one product: made it, or changed fields, each [former, new]; read by undo."""

    intake = models.ForeignKey("journal.Intake", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    created = models.BooleanField()
    changes = models.JSONField(default=dict)

"""价格本: prices and floors by product, for a kind of customer or for one customer, each with its days."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class PriceSet(ThroughTerminal):
    """Prices for everybody are seen by whoever sees orders; one customer's only where the customer is."""

    def visible_to(self, person, verb: str = "orders.see"):
        """Prices of kinds of customers, and those agreed with customers this person may see."""
        reach = person.reach(verb)
        if reach.everything:
            return self
        if reach.nothing:
            return self.none()
        return self.filter(Q(terminal=None) | Q(pk__in=super().visible_to(person, verb).values("pk")))


class Price(models.Model):
    """A price with VAT per unit and the floor below it, in fen; the most particular one in force counts."""

    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    customer_kind = models.CharField(max_length=20, blank=True)
    terminal = models.ForeignKey("terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+")
    price_fen = models.BigIntegerField()
    floor_fen = models.BigIntegerField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)
    source = models.CharField(max_length=120, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = PriceSet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(price_fen__gte=0), name="price_not_below_nought")]
        indexes = [models.Index(fields=["product", "terminal", "customer_kind"])]

"""宣传材料 (domain 4.5): what is shown about a product, by version; nothing is shown that compliance has not approved."""

from django.conf import settings
from django.db import models

PERSON = settings.AUTH_USER_MODEL


class MaterialSet(models.QuerySet):
    """Materials are the company's: whoever sees campaigns may see what is shown in them."""

    def visible_to(self, person, verb: str = "campaigns.see"):
        """All, or nothing."""
        return self.none() if person.reach(verb).nothing else self


class Material(models.Model):
    """A material about a product: a leaflet, slides, a shelf card."""

    name = models.CharField(max_length=80)
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = MaterialSet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "name"], name="one_material_of_a_name")]

    def __str__(self):
        return self.name


class MaterialVersion(models.Model):
    """材料版本: its file, what it says, until when it may be shown; a change is the next version. Only added to."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    says = models.CharField(max_length=1000)
    paper = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = MaterialSet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["material", "number"], name="one_version_of_a_number")]


class MaterialOpinion(models.Model):
    """材料审核: one word of compliance about a version; only added to."""

    version = models.OneToOneField(MaterialVersion, on_delete=models.PROTECT, related_name="opinion")
    agreed = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

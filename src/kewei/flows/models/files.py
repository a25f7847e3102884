"""Files of distributors. Their rows lie in the lake (`kewei.flows.lake`); corrected by a later file, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.flows.models.through import ThroughDistributor


class Layout(models.Model):
    """How one distributor writes one kind of file: which heading means which column; a later one takes its place."""

    distributor = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    headings = models.JSONField()
    mapping = models.JSONField()
    order = models.CharField(max_length=3)
    learned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    learned_at = models.DateTimeField()

    objects = ThroughDistributor.as_manager()

    class Meta:
        indexes = [models.Index(fields=["distributor", "kind", "-id"])]


class File(models.Model):
    """A file (or part of a month) a distributor sent; `replaces` names the one it takes the place of.

    `digest` is the SHA-256 of its bytes, `gone` how many rows of the replaced file it no longer has, `drift` what has
    changed in its headings, `layout` how it was read. `raw_digest` and `clean_digest` name the files of the lake with its
    rows as they stood and those that went on. Quantities in thousandths of the units it is written in.
    """

    distributor = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    kind = models.CharField(max_length=12)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    sheet = models.CharField(max_length=60, blank=True)
    headings = models.JSONField()
    rows = models.IntegerField()
    clean_rows = models.IntegerField()
    aside_rows = models.IntegerField()
    unreadable = models.IntegerField()
    raw_milli = models.BigIntegerField()
    clean_milli = models.BigIntegerField()
    aside_milli = models.BigIntegerField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    gone = models.IntegerField(default=0)
    drift = models.JSONField(default=dict)
    layout = models.ForeignKey(Layout, on_delete=models.PROTECT, related_name="+", db_index=False)
    raw_digest = models.CharField(max_length=64)
    clean_digest = models.CharField(max_length=64)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    objects = ThroughDistributor.as_manager()

    class Meta:
        indexes = [models.Index(fields=["month", "distributor", "kind"])]
        constraints = [
            models.UniqueConstraint(fields=["distributor", "month", "kind", "digest"], name="one_file_once"),
            models.CheckConstraint(condition=Q(raw_milli=models.F("clean_milli") + models.F("aside_milli")), name="flow_mass_holds"),
            models.CheckConstraint(condition=Q(rows=models.F("clean_rows") + models.F("aside_rows")), name="flow_rows_hold"),
        ]  # fmt: skip


class Absence(models.Model):
    """Why a distributor's file of a kind is missing in a month, as told by somebody; the newest word counts."""

    distributor = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    kind = models.CharField(max_length=12)
    reason = models.CharField(max_length=24)
    note = models.CharField(max_length=200, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    objects = ThroughDistributor.as_manager()

    class Meta:
        indexes = [models.Index(fields=["month", "distributor", "kind", "-id"])]

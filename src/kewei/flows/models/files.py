"""Files of distributors, every row as it stood, and what became of it. Posted rows: corrected by a later file, never changed."""

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
    changed in its headings. Quantities in thousandths of the units it is written in.
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


class Raw(models.Model):
    """A row as it stood in its file, for ever: cells in the order of the file's headings; `mark` is their digest."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="raws", db_index=False)
    row = models.IntegerField()
    cells = models.JSONField()
    mark = models.CharField(max_length=32)
    key = models.CharField(max_length=300)
    tag = models.CharField(max_length=8)
    quantity_milli = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "row"], name="one_row_once")]


class Line(models.Model):
    """A row that went on: who was sold (or supplied) what, on which day. Quantity in thousandths of the unit it is written
    in; the live aliases of its name and its goods say which terminal and product that is."""

    raw = models.OneToOneField(Raw, primary_key=True, on_delete=models.PROTECT, related_name="line")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="lines")
    day = models.DateField()
    name = models.ForeignKey("flows.Name", null=True, on_delete=models.PROTECT, related_name="lines")
    goods = models.ForeignKey("flows.Goods", on_delete=models.PROTECT, related_name="lines")
    quantity_milli = models.BigIntegerField()
    batch = models.CharField(max_length=60, blank=True)
    price_fen = models.BigIntegerField(null=True)
    fen = models.BigIntegerField(null=True)
    document = models.CharField(max_length=60, blank=True)
    flags = models.CharField(max_length=40, blank=True)


class Aside(models.Model):
    """A row set aside, with the reason as code and numbers, and the column it stands in."""

    raw = models.OneToOneField(Raw, primary_key=True, on_delete=models.PROTECT, related_name="aside")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="asides")
    column = models.CharField(max_length=4, blank=True)
    heading = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=60)
    numbers = models.JSONField(default=dict)


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

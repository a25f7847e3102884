"""A month's sample of rows that were accepted by themselves, and what reviewers said of them. Append-only."""

from django.conf import settings
from django.db import models


class Sample(models.Model):
    """The rows drawn of a month: how many were wanted, of how many, with which seed; drawn again they would be the same."""

    month = models.DateField(unique=True)
    wanted = models.IntegerField()
    rows = models.IntegerField()
    population = models.IntegerField()
    seed = models.BigIntegerField()
    policy = models.CharField(max_length=60)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()


class Sampled(models.Model):
    """What one name was accepted as, `rows` of whose rows were drawn; `candidates` as the reviewer sees them, none marked.

    `twice` asks a second reviewer too, to measure how far reviewers agree.
    """

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="sampled", db_index=False)
    alias = models.ForeignKey("flows.NameAlias", on_delete=models.PROTECT, related_name="+")
    rows = models.IntegerField()
    candidates = models.JSONField(default=list)
    twice = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sample", "alias"], name="one_alias_once_in_a_sample")]


class SampleWord(models.Model):
    """Which terminal one reviewer says a drawn name means; none where it has no card."""

    sampled = models.ForeignKey(Sampled, on_delete=models.PROTECT, related_name="words", db_index=False)
    terminal = models.ForeignKey("terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sampled", "by"], name="one_sample_word_of_each_person")]

"""Tables of the journal: the chain of facts, keys of what was done once, followers' places, imports and their layouts."""

from django.conf import settings
from django.db import models


class Fact(models.Model):
    """Something that happened: append-only, hash-chained, written in the transaction of the action that did it."""

    seq = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=80, blank=True)
    terminal = models.BigIntegerField(null=True)
    detail = models.TextField(default="{}")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["terminal", "-seq"]), models.Index(fields=["name", "seq"]), models.Index(fields=["subject"])]


class Head(models.Model):
    """The end of the chain: one row, locked while facts are appended. A summary, rebuilt from facts if need be."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class Key(models.Model):
    """A thing asked for with a key: done once, answered the same for ever; the same key with another body is refused."""

    key = models.CharField(max_length=120, unique=True)
    verb = models.CharField(max_length=60)
    body = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Place(models.Model):
    """How far a follower has read the chain."""

    follower = models.CharField(max_length=80, unique=True)
    seq = models.BigIntegerField(default=0)


class SetAside(models.Model):
    """A fact a follower failed on too often: kept where a person can see it and try again."""

    follower = models.CharField(max_length=80)
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+")
    error = models.TextField()
    tries = models.IntegerField(default=0)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)


class Layout(models.Model):
    """How one kind of file names its columns: headings to our columns, remembered from the first time."""

    noun = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    signature = models.CharField(max_length=64, db_index=True)
    mapping = models.JSONField()
    options = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["noun", "name"], name="one_layout_of_a_name")]


class Intake(models.Model):
    """An imported file: what it was, what it made, and whether it was undone."""

    noun = models.CharField(max_length=40)
    filename = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    layout = models.CharField(max_length=80, blank=True)
    made = models.JSONField(default=dict)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

"""Tables of the journal: the chain of facts, keys of what was done once, followers' places, jobs' turns, imports."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.journal import scope
from kewei.people.rules import VERBS


class FactSet(models.QuerySet):
    """Facts, asked for on behalf of somebody."""

    def visible_to(self, person):
        """All with journal.see; otherwise what rooms this person sees told about terminals they see for that room.

        A medical representative sees that a card was changed, but not that its invoice was paid.
        """
        if person.reach("journal.see").everything:
            return self
        seen = Q(pk__in=[])
        for room in sorted({verb.split(".")[0] for verb in VERBS if verb.endswith(".see")} - {"journal"}):
            if person.may(f"{room}.see"):
                seen |= Q(name__startswith=f"{room}.", terminal__in=scope.terminals_visible_to(person, f"{room}.see"))
        return self.filter(seen).exclude(name__in=scope.hidden_from(person))


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

    objects = FactSet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["terminal", "-seq"]),
            models.Index(fields=["name", "seq"]),
            models.Index(fields=["subject"]),
        ]


class Head(models.Model):
    """The end of the chain: one row, locked while facts are appended. A summary, rebuilt from facts if need be."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class Key(models.Model):
    """A thing asked for with a key: done once, answered the same for ever; with another body the key is refused."""

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


class Turn(models.Model):
    """A job of the clock: when it was last taken, when it was done, and what went wrong."""

    job = models.CharField(max_length=80, unique=True)
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)


class PolicyVersion(models.Model):
    """政策版本: one version of a policy; its body never changes, only the decision about it is added.

    In force from `since` on once approved; the later `since` wins, then the higher number.
    """

    name = models.CharField(max_length=60)
    number = models.IntegerField()
    since = models.DateField()
    source = models.CharField(max_length=300)
    body = models.JSONField()
    reason = models.CharField(max_length=200, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "number"], name="one_policy_version_of_a_number")]
        indexes = [models.Index(fields=["name", "approved", "since"])]


class Attachment(models.Model):
    """附件: a file somebody added as evidence, kept once under its digest; never executed, served only as a download."""

    digest = models.CharField(max_length=64, unique=True)
    filename = models.CharField(max_length=200)
    mime = models.CharField(max_length=60)
    size_bytes = models.BigIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

"""友会与座谈会 (1C rows 33-34): who came is an institution and a post; nobody's name is kept (4.8)."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.membership.models.programmes import Programme
from kewei.terminals.models import ThroughTerminal

PERSON = settings.AUTH_USER_MODEL


class OfOwner(models.QuerySet):
    """Clubs and meetings: whoever sees the company sees all, others those they keep and those their customers are in."""

    def visible_to(self, person, verb: str = "membership.see") -> Self:
        """Those that exist for this person."""
        if person.reach(verb).everything:
            return self
        return self.filter(Q(owner=person) | Q(pk__in=self.of_customers(person, verb)))

    def of_customers(self, person, verb):
        """Keys of those in which customers of this person are."""
        raise NotImplementedError


class ClubSet(OfOwner):
    """Clubs by the customers that are in them."""

    def of_customers(self, person, verb):
        """See OfOwner."""
        return ClubMember.objects.visible_to(person, verb).values("club")


class MeetingSet(OfOwner):
    """Meetings by the customers that came."""

    def of_customers(self, person, verb):
        """See OfOwner."""
        return Attendance.objects.visible_to(person, verb).values("meeting")


class Club(models.Model):
    """友会: institutions that meet for a purpose, until it ends."""

    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=300)
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="clubs")
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    founded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects = ClubSet.as_manager()


class ClubMember(models.Model):
    """An institution in a club, until it leaves."""

    club = models.ForeignKey(Club, on_delete=models.PROTECT, related_name="members")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    joined_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["club", "terminal"], condition=Q(left_at=None), name="in_a_club_once")
        ]


class Meeting(models.Model):
    """座谈会 or 友会活动: purpose, agenda and cost cap are approved before anything is spent.

    `state` and `cost_cap_fen` are those of the newest of its states.
    """

    kind = models.CharField(max_length=10)
    club = models.ForeignKey(Club, null=True, on_delete=models.PROTECT, related_name="meetings")
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300)
    agenda = models.JSONField(default=list)
    on = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    cost_cap_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, default="proposed")
    proposed_at = models.DateTimeField()

    objects = MeetingSet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(cost_cap_fen__gte=0), name="a_cost_cap_not_below_nought")]
        indexes = [models.Index(fields=["-on"])]


class MeetingState(models.Model):
    """A meeting was proposed (also: with another cap), approved, turned down or closed; append-only."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=10)
    cost_cap_fen = models.BigIntegerField()
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Attendance(models.Model):
    """出席: an institution, a post and how many; the signed list is kept as an attachment. Append-only."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    job = models.CharField(max_length=12)
    people = models.SmallIntegerField()
    proof = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "terminal", "job"], name="a_post_came_once"),
            models.CheckConstraint(condition=Q(people__gt=0), name="somebody_came"),
        ]


class Minutes(models.Model):
    """纪要: what was said; a later one adds to or corrects it. Append-only."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    words = models.TextField(max_length=4000)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class MeetingAction(models.Model):
    """行动: what somebody of ours does about what was said, until a day."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField(max_length=200)
    owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    set_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_words = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "due_on"], condition=Q(done_at=None), name="open_meeting_actions")]


class MeetingCost(models.Model):
    """费用: an invoice of an organisation; append-only."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="costs")
    kind = models.CharField(max_length=10)
    fen = models.BigIntegerField()
    invoice = models.CharField(max_length=60)
    payee = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="a_cost_costs_something")]

"""拜访计划 (domain 2.3, 5.3): when somebody works, why a terminal deserves a visit, and the month planned from both."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from kewei.people import queries as people
from kewei.people.models import Post
from kewei.terminals.models import ThroughTerminal

PERSON = settings.AUTH_USER_MODEL


class OfPerson(models.QuerySet):
    """Rows that belong to one person's work."""

    def visible_to(self, person, verb: str = "visits.see"):
        """One's own rows; whoever looks after a territory sees those of its people, the company's eyes see all."""
        reach = person.reach(verb)
        if reach.everything:
            return self
        if reach.nothing:
            return self.none()
        mine = Q(person=person)
        if reach.territory_paths:
            below = Post.objects.filter(territory__in=people.territory_ids(reach.territory_paths), until=None)
            mine |= Q(person__in=below.values("person"))
        return self.filter(mine)


class WorkPattern(models.Model):
    """作业安排: where a person's days begin and end, how long they are, how many stops they hold; the live row counts."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    start_name = models.CharField(max_length=60, blank=True)
    # Degrees times a million; none where the day begins at its first stop.
    start_lat_e6 = models.IntegerField(null=True)
    start_lon_e6 = models.IntegerField(null=True)
    end_lat_e6 = models.IntegerField(null=True)
    end_lon_e6 = models.IntegerField(null=True)
    begins_at = models.TimeField()
    minutes_per_day = models.SmallIntegerField()
    stops_per_day = models.SmallIntegerField()
    # Days of the week worked, 1 Monday to 7 Sunday; holidays and make-up days (调休) are the calendar's.
    weekdays = models.JSONField()
    overnight = models.BooleanField(default=False)
    # Road metres for a hundred metres as the crow flies, and how fast one drives.
    road_percent = models.SmallIntegerField()
    metres_per_minute = models.SmallIntegerField()
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OfPerson.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="one_live_work_pattern"),
            models.CheckConstraint(condition=Q(minutes_per_day__gt=0), name="a_day_has_minutes"),
            models.CheckConstraint(condition=Q(stops_per_day__gt=0), name="a_day_has_stops"),
        ]


class Way(models.Model):
    """行程: how far it really is between two places of a person's work, from a file; the live row counts.

    No `origin`: from where the day begins; no `target`: to where it ends. What no row says is reckoned along the road.
    """

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    origin = models.ForeignKey(
        "terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    target = models.ForeignKey(
        "terminals.Terminal", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    metres = models.IntegerField()
    minutes = models.SmallIntegerField()
    intake = models.ForeignKey("journal.Intake", null=True, on_delete=models.PROTECT, related_name="+")
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OfPerson.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person"], condition=Q(ended_at=None), name="live_ways_of_a_person")]
        constraints = [
            models.UniqueConstraint(
                "person", Coalesce("origin", 0), Coalesce("target", 0), condition=Q(ended_at=None), name="one_live_way"
            ),
            models.CheckConstraint(condition=Q(metres__gte=0, minutes__gte=0), name="a_way_is_not_below_nought"),
        ]


class Absence(models.Model):
    """请假、会议: days on which a person makes no visits."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    reason = models.CharField(max_length=60, blank=True)
    noted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OfPerson.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=models.F("first_on")), name="an_absence_ends_after_it_began"
            )
        ]
        indexes = [models.Index(fields=["person", "first_on"])]


class Rhythm(models.Model):
    """拜访频率 of one terminal where it departs from the norm of its class, and when its doors are open (domain 5.3)."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    per_month = models.SmallIntegerField(null=True)
    minutes = models.SmallIntegerField(null=True)
    # Days of the week, 1 to 7, and minutes after midnight from and to; empty means any.
    weekdays = models.JSONField(default=list)
    opens = models.SmallIntegerField(null=True)
    closes = models.SmallIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminal"], condition=Q(ended_at=None), name="one_live_rhythm"),
            models.CheckConstraint(condition=Q(per_month=None) | Q(per_month__gte=0), name="rhythm_not_below_nought"),
        ]


class Wish(models.Model):
    """拜访理由: why a terminal deserves a visit, from which room, how much, within which days, by which role.

    `key` names the reason in its room ("collecting:case:12:ST2"), so that the same reason is never wished for twice.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    source = models.CharField(max_length=24)
    says = models.CharField(max_length=200)
    numbers = models.JSONField(default=dict)
    purpose = models.CharField(max_length=16)
    weight = models.IntegerField()
    must = models.BooleanField(default=False)
    first_on = models.DateField()
    last_on = models.DateField()
    # Who may do it: "" anybody who sells, else a role's code; never an MR for orders, statements or collecting (4.4).
    role = models.CharField(max_length=20, blank=True)
    minutes = models.SmallIntegerField()
    wished_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    wished_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=20, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at=None), name="one_live_wish_per_reason"),
            models.CheckConstraint(condition=Q(last_on__gte=models.F("first_on")), name="a_wish_has_days"),
        ]
        indexes = [
            models.Index(fields=["terminal", "first_on"], condition=Q(ended_at=None), name="live_wishes"),
            models.Index(fields=["last_on"], condition=Q(ended_at=None), name="live_wishes_by_end"),
        ]


class Planning(models.Model):
    """One asking for plans: for whom, for which month, with which seed and seconds, and how far the worker has come."""

    month = models.DateField()
    people = models.JSONField()
    seconds = models.SmallIntegerField()
    seed = models.IntegerField()
    # Whether the plans in force are planned anew, moving as little as possible, instead of new drafts being made.
    keep = models.BooleanField(default=False)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # Progress, which only the worker moves: persons done, the best so far of the one at hand, a wish to take it now.
    done = models.SmallIntegerField(default=0)
    at_hand = models.JSONField(default=dict)
    enough_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed = models.JSONField(default=list)


class Plan(models.Model):
    """拜访计划: one person's month; its stops are rows, its state is the newest of its states."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    planning = models.ForeignKey(Planning, null=True, on_delete=models.PROTECT, related_name="plans")
    # What the planner was given and what it says of its plan: cost in its parts, what found no place and why.
    given = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    policy = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = OfPerson.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-month", "-made_at"])]


class PlanState(models.Model):
    """草稿 draft / 提交 handed_in / 批准 released / 驳回 sent_back / 作废 dropped; only added to (domain 2.3)."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Stop(models.Model):
    """计划拜访: a terminal on a day in its place of the day's order; moved or cancelled, the row ends and says why."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="stops", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    place = models.SmallIntegerField()
    # Minutes after midnight, minutes there, metres from the stop before.
    arrives = models.SmallIntegerField()
    minutes = models.SmallIntegerField()
    metres = models.IntegerField()
    purposes = models.JSONField()
    aim = models.CharField(max_length=200, blank=True)
    wishes = models.JSONField(default=list)
    why = models.JSONField(default=dict)
    fixed = models.BooleanField(default=False)
    # Consent of a hospital to an MR's visit (domain 2.3, 4.4).
    consent = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    with_person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    moved_from = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="moved_to")
    set_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=100, blank=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "day", "terminal"], condition=Q(ended_at=None), name="one_live_stop_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["plan", "day", "place"], condition=Q(ended_at=None), name="live_stops"),
            models.Index(fields=["person", "day"], condition=Q(ended_at=None), name="live_stops_by_person"),
            models.Index(fields=["terminal", "-day"]),
        ]

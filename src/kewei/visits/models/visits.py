"""拜访 (domain 2.4, 2.5): the checklist before leaving, the visit from check-in on, its report and what it brought.

What the law forbids has no column: prescriptions per doctor, family, birthdays, hobbies, home addresses (2.4, 4.8).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal
from kewei.visits.rules.roles import MEDICAL

PERSON = settings.AUTH_USER_MODEL


class OfVisit(ThroughTerminal):
    """Visits and what is said of them: an MR's and those of who sells are kept apart (4.4)."""

    def visible_to(self, person, verb: str = "visits.see"):
        """Those of the terminals this person may see: of MRs only for an MR, of sellers for who sells; whoever leads a
        territory or the company sees both.
        """
        rows, reach = super().visible_to(person, verb), person.reach(verb)
        if is_medical(person):
            return rows.filter(role=MEDICAL)
        return rows if reach.everything or reach.territory_paths else rows.exclude(role=MEDICAL)


def is_medical(person) -> bool:
    """Whether somebody is a medical representative: then they are nothing else (people.rules)."""
    return any(post.role == MEDICAL for post in person.held)


class Checklist(models.Model):
    """出发前检核: the eighteen lines as they stood when they were signed, each with its record and its age (2.5)."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    stop = models.ForeignKey("visits.Stop", null=True, on_delete=models.PROTECT, related_name="checklists")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=20)
    day = models.DateField()
    purposes = models.JSONField()
    # The moment whose figures the lines show; on a phone that is when it last had them.
    as_of = models.DateTimeField()
    lines = models.JSONField()
    expected = models.CharField(max_length=300)
    best = models.CharField(max_length=200)
    least = models.CharField(max_length=200)
    policy = models.CharField(max_length=40)
    signed_at = models.DateTimeField()
    heard_at = models.DateTimeField()

    objects = OfVisit.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-day"]), models.Index(fields=["terminal", "-day"])]


class Visit(models.Model):
    """拜访: begun by a check-in at one point, never a track (4.8); whatever is said of it later is another row."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The person's role on that day: an MR's visit stays an MR's (4.4).
    role = models.CharField(max_length=20)
    stop = models.ForeignKey("visits.Stop", null=True, on_delete=models.PROTECT, related_name="visits")
    unplanned_why = models.CharField(max_length=100, blank=True)
    checklist = models.ForeignKey(Checklist, null=True, on_delete=models.PROTECT, related_name="visits")
    purposes = models.JSONField()
    day = models.DateField()
    # When the person says it was (the phone's clock) and when the server heard of it: both are kept.
    arrived_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    how = models.CharField(max_length=10)
    lat_e6 = models.IntegerField(null=True)
    lon_e6 = models.IntegerField(null=True)
    accuracy_m = models.IntegerField(null=True)
    consented = models.BooleanField(default=False)
    # Metres from the terminal's place, none where either is not known.
    away_m = models.IntegerField(null=True)
    late = models.BooleanField(default=False)
    policy = models.CharField(max_length=40)
    # The newest report, so that lists need not look for it.
    report = models.OneToOneField("visits.Report", null=True, on_delete=models.PROTECT, related_name="newest_of")

    objects = OfVisit.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(lat_e6=None) | Q(consented=True), name="a_place_needs_consent"),
        ]
        indexes = [
            models.Index(fields=["person", "-day"]),
            models.Index(fields=["terminal", "-day"]),
            models.Index(fields=["day"]),
        ]


class Report(models.Model):
    """拜访记录 (2.4): what came of a visit; the newest counts, a correction names what it corrects."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="reports")
    left_at = models.DateTimeField()
    met = models.JSONField(default=list)
    achieved = models.CharField(max_length=10)
    feedback = models.JSONField(default=list)
    adverse = models.BooleanField(default=False)
    adverse_note = models.CharField(max_length=300, blank=True)
    competition = models.CharField(max_length=300, blank=True)
    expense_fen = models.BigIntegerField(default=0)
    expense_kind = models.CharField(max_length=20, blank=True)
    expense_why = models.CharField(max_length=200, blank=True)
    promise = models.IntegerField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    # Words of private life that stand in it, and why they are needed (4.8).
    warned = models.JSONField(default=list)
    why_words = models.CharField(max_length=200, blank=True)
    next_step = models.CharField(max_length=200)
    next_on = models.DateField()
    next_owner = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    late = models.BooleanField(default=False)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    correct_why = models.CharField(max_length=200, blank=True)
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(expense_fen__gte=0), name="expense_not_below_nought")]
        indexes = [models.Index(fields=["next_owner", "next_on"])]


class Mention(models.Model):
    """A product spoken of, with the version of the approved material shown (2.4; required of an MR)."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="mentions")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    material = models.CharField(max_length=60, blank=True)
    feedback = models.CharField(max_length=12, blank=True)


class StockCount(models.Model):
    """库存与近效期: units on the shelf, and those near their end."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="stock")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    units = models.IntegerField()
    near_units = models.IntegerField(default=0)
    near_on = models.DateField(null=True)
    batch = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=0, near_units__gte=0), name="counts_not_below_nought")
        ]


class Intent(models.Model):
    """订单意向: units of a product the terminal says it will order; only of whoever may sell (4.4)."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="intents")
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    units = models.IntegerField()
    by_day = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(units__gt=0), name="an_intent_has_units")]


class Photo(models.Model):
    """照片: an attachment without the camera's own notes about place and device (4.8).

    A phone sends a small picture first; `full_digest` is then of the full one that follows, and blank where none does.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos")
    attachment = models.ForeignKey("journal.Attachment", on_delete=models.PROTECT, related_name="+")
    says = models.CharField(max_length=100, blank=True)
    full_digest = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()


class FullPhoto(models.Model):
    """原图: what a photo's small picture was made from; it came later, once."""

    photo = models.OneToOneField(Photo, on_delete=models.PROTECT, related_name="full")
    attachment = models.ForeignKey("journal.Attachment", on_delete=models.PROTECT, related_name="+")
    came_at = models.DateTimeField()


class Companion(models.Model):
    """协访: who came along."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="companions")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "person"], name="a_companion_once")]


class Remark(models.Model):
    """经理点评: what somebody above says of a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="remarks")
    words = models.CharField(max_length=500)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class AdverseHint(models.Model):
    """不良反应线索 (2.4): must become a report to pharmacovigilance within hours; open until its number is entered."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="adverse_hint")
    words = models.CharField(max_length=300)
    heard_at = models.DateTimeField()
    due_at = models.DateTimeField()
    opened_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, blank=True)
    done_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(done_at=None) | ~Q(number=""), name="a_hint_reported_has_its_number")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(done_at=None), name="open_hints"),
            models.Index(fields=["terminal", "-heard_at"]),
        ]

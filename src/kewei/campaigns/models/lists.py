"""重点名单: the terminals of a campaign with reason, owner, baseline and target, those left alone, and visits made for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.campaigns.models.campaigns import Campaign, OfCampaign
from kewei.campaigns.rules.holding_out import HELD
from kewei.terminals.models import ThroughTerminal

PERSON = settings.AUTH_USER_MODEL


class FocusSet(ThroughTerminal):
    """Listed terminals: visible where the terminal is; who is left alone, only to those who see the whole campaign."""

    def visible_to(self, person, verb: str = "campaigns.see"):
        """Rows of the terminals this person may see; a representative must not know whom the draw left alone."""
        rows = super().visible_to(person, verb)
        reach = person.reach(verb)
        return rows if reach.everything or reach.territory_paths else rows.exclude(arm=HELD)


class Composition(models.Model):
    """名单生成: how a list came about: how many, how many left alone by which draw, why so many, who was left out why.

    `power` is rules.holding_out.Power, `left_out` {finding or reason: count}, `policies` the labels of the versions used.
    The newest counts; only added to.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="compositions")
    size = models.IntegerField()
    held = models.IntegerField()
    seed = models.IntegerField()
    power = models.JSONField()
    ranked = models.IntegerField()
    left_out = models.JSONField(default=dict)
    policies = models.JSONField(default=list)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCampaign.as_manager()


class Focus(models.Model):
    """重点终端: a terminal on a campaign's list; `arm` is where the draw put it. Taken off, the row ends and says why, but it
    stays where the draw put it. Quantities in thousandths a month; `reasons` [[code, numbers, hope], …].
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="focus", db_index=False)
    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    composition = models.ForeignKey(Composition, null=True, on_delete=models.PROTECT, related_name="focus")
    owner = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    arm = models.CharField(max_length=10)
    place = models.IntegerField()
    reasons = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    baseline_milli = models.BigIntegerField()
    target_milli = models.BigIntegerField()
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_why = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects = FocusSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "terminal"], condition=Q(ended_at=None), name="one_live_place_on_a_list"
            )
        ]
        indexes = [
            models.Index(fields=["campaign", "arm", "place"]),
            models.Index(fields=["terminal", "campaign"]),
            models.Index(fields=["owner", "campaign"], condition=Q(ended_at=None), name="live_focus_by_owner"),
        ]


class Going(models.Model):
    """为活动拜访: a visit at a listed terminal that was about the product; minutes are what it cost. Only added to."""

    focus = models.ForeignKey(Focus, on_delete=models.PROTECT, related_name="goings")
    # The key of the visit in the room above, which knows campaigns; campaigns know no visits.
    visit = models.BigIntegerField()
    day = models.DateField()
    minutes = models.IntegerField()
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["focus", "visit"], name="a_visit_counts_once"),
            models.CheckConstraint(condition=Q(minutes__gte=0), name="a_visit_takes_no_less_than_nothing"),
        ]

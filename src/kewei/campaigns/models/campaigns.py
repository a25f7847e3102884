"""活动 (domain 1C 40–41, 4.5): the key product of a month, its way through compliance, what it cost."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kewei.campaigns.rules.holding_out import HELD
from kewei.campaigns.rules.states import RUNNING
from kewei.people import queries as people
from kewei.terminals.models import Terminal

PERSON = settings.AUTH_USER_MODEL
SEE = "campaigns.see"


class CampaignSet(models.QuerySet):
    """Campaigns, always asked for on behalf of somebody."""

    def visible_to(self, person, verb: str = SEE):
        """Those of the territories one looks after; whoever only has terminals sees a campaign once it runs with one of
        theirs on its list. To do anything with it one must look after all of it.
        """
        reach = person.reach(verb)
        if reach.everything:
            return self
        if reach.nothing:
            return self.none()
        mine = Q(territory__in=people.territory_ids(reach.territory_paths)) if reach.territory_paths else Q()
        if verb == SEE:
            from kewei.campaigns.models.lists import Focus

            listed = Focus.objects.filter(terminal__in=Terminal.objects.visible_to(person, verb)).exclude(arm=HELD)
            running = CampaignState.objects.filter(state=RUNNING)
            mine |= Q(pk__in=listed.values("campaign")) & Q(pk__in=running.values("campaign"))
        return self.filter(mine) if mine else self.none()


class Campaign(models.Model):
    """重点产品活动: which product, when, where, what for. Its state is the newest of its states, its list is Focus rows.

    `goal_milli` is how much more a terminal should buy a month, thousandths; `cap_fen` all it may cost.
    """

    name = models.CharField(max_length=80)
    product = models.ForeignKey("products.Product", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    first_on = models.DateField()
    last_on = models.DateField()
    # None: the whole company.
    territory = models.ForeignKey("people.Territory", null=True, on_delete=models.PROTECT, related_name="+")
    goal = models.CharField(max_length=200)
    goal_milli = models.BigIntegerField()
    benefit = models.CharField(max_length=12)
    benefit_words = models.CharField(max_length=300, blank=True)
    cap_fen = models.BigIntegerField()
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    changed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = CampaignSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="a_campaign_has_days"),
            models.CheckConstraint(condition=Q(goal_milli__gte=0, cap_fen__gte=0), name="a_campaign_asks_no_less"),
        ]
        indexes = [models.Index(fields=["-month"]), models.Index(fields=["territory", "-month"])]

    def __str__(self):
        return self.name


class OfCampaign(models.QuerySet):
    """Rows of a campaign are visible where it is."""

    def visible_to(self, person, verb: str = SEE):
        """Rows of the campaigns this person may see for a verb."""
        return self.filter(campaign__in=Campaign.objects.visible_to(person, verb))


class CampaignState(models.Model):
    """草稿 draft / 待审核 handed_in / 退回 sent_back / 同意 approved / 进行 running / 完结 closed / 撤回 withdrawn; only added to."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="states")
    state = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCampaign.as_manager()


class Opinion(models.Model):
    """合规意见: agreed or not, by whom, with every point that was checked (domain 4.5); only added to."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="opinions")
    agreed = models.BooleanField()
    checks = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCampaign.as_manager()


class CampaignMaterial(models.Model):
    """A version of a material this campaign shows; taken away, the row ends."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="materials")
    version = models.ForeignKey("campaigns.MaterialVersion", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OfCampaign.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "version"], condition=Q(ended_at=None), name="one_live_use_of_a_version"
            )
        ]


class Cost(models.Model):
    """费用: what a campaign cost beside visits: to whom is always an institution, a discount names its red-letter note."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="costs")
    kind = models.CharField(max_length=12)
    fen = models.BigIntegerField()
    on = models.DateField()
    document = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCampaign.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fen__gt=0), name="a_campaign_cost_is_more_than_nought")]

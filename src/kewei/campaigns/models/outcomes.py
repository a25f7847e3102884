"""活动结果: what was found when a campaign was closed, as it stood then; only added to."""

from django.conf import settings
from django.db import models

from kewei.campaigns.models.campaigns import Campaign, OfCampaign
from kewei.campaigns.models.lists import Focus

PERSON = settings.AUTH_USER_MODEL


class Outcome(models.Model):
    """The result of a closed campaign: verdict, the numbers behind it (`told`, as queries.results.Found), the policy."""

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="outcome")
    verdict = models.CharField(max_length=12)
    told = models.JSONField()
    policy = models.CharField(max_length=60)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfCampaign.as_manager()


class OutcomeLine(models.Model):
    """What one listed terminal bought in the days of the campaign, thousandths a month, beside its baseline."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="lines")
    focus = models.OneToOneField(Focus, on_delete=models.PROTECT, related_name="+")
    after_milli = models.BigIntegerField()
    change_milli = models.BigIntegerField()

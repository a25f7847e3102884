"""客户信用状况调查表: what was found out about a customer, by whom, with which evidence (domain 2.6)."""

from django.conf import settings
from django.db import models

from kewei.terminals.models import ThroughTerminal


class Survey(models.Model):
    """A survey of the eleven factors. `answers` holds, by factor and field, what rules.survey.FACTORS asks for.

    It may be changed by its surveyor until it is handed in; afterwards only reviews are added to it.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    how = models.CharField(max_length=20)
    surveyed_on = models.DateField()
    surveyor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    opinion = models.TextField(blank=True)
    suggested_grade = models.CharField(max_length=2, blank=True)
    suggested_fen = models.BigIntegerField(null=True)
    suggested_term_days = models.IntegerField(null=True)
    started_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-surveyed_on"]), models.Index(fields=["handed_in_at"])]


class SurveyReview(models.Model):
    """复核: somebody of credit, never the surveyor, accepts a survey or sends it back; append-only."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="reviews")
    accepted = models.BooleanField()
    opinion = models.CharField(max_length=500, blank=True)
    valid_until = models.DateField(null=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey"], condition=models.Q(accepted=True), name="a_survey_is_accepted_once"
            )
        ]


class RedLineCheck(models.Model):
    """红线查询: one official list looked into on a day, with a picture of what it said; append-only."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    survey = models.ForeignKey(Survey, null=True, on_delete=models.PROTECT, related_name="red_lines")
    line = models.CharField(max_length=30)
    found = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    checked_on = models.DateField()
    picture = models.ForeignKey("journal.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "line", "-checked_on"])]

"""信用等级评分: a customer's grade on a day, with everything that made it; append-only (domain 2.7)."""

from django.conf import settings
from django.db import models

from kewei.terminals.models import ThroughTerminal


class Score(models.Model):
    """A score. `inputs` with the sheet of `sheet` (`credit.sheet.existing@2`) give `lines` again, to the last digit.

    Points are in hundredths; `capped_by` and `red_lines` name the reasons for a grade below the points' own.
    """

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    as_of = models.DateField()
    sheet = models.CharField(max_length=80)
    survey = models.ForeignKey("credit.Survey", null=True, on_delete=models.PROTECT, related_name="+")
    points_c = models.IntegerField()
    grade = models.CharField(max_length=2)
    red_lines = models.JSONField(default=list)
    capped_by = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = ThroughTerminal.as_manager()

    class Meta:
        indexes = [models.Index(fields=["terminal", "-as_of", "-id"])]

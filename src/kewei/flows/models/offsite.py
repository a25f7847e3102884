"""院外药房: which pharmacy outside serves a hospital's prescriptions, since when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kewei.terminals.models import ThroughTerminal


class OffSite(models.Model):
    """What this pharmacy takes is the hospital's demand, from a month on; ended by a later word, never deleted."""

    terminal = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+", db_index=False)
    hospital = models.ForeignKey("terminals.Terminal", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = ThroughTerminal.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminal"], condition=Q(ended_at=None), name="one_hospital_of_a_pharmacy"),
            models.CheckConstraint(condition=~Q(terminal=models.F("hospital")), name="off_site_is_another"),
        ]

"""Whose rows of sell-through exist for whom: those of the distributors one may see."""

from django.db import models

from kewei.people.models import Person
from kewei.terminals.models import Terminal


class ThroughDistributor(models.QuerySet):
    """Rows that belong to a distributor are visible where its card is."""

    def visible_to(self, person: Person, verb: str = "flows.see"):
        """Rows of the distributors this person may see for a verb; one statement."""
        if person.reach(verb).everything:
            return self
        return self.filter(distributor__in=Terminal.objects.visible_to(person, verb))

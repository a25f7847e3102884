"""Tells the journal below which terminals a person sees."""

from django.apps import AppConfig


class TerminalsConfig(AppConfig):
    """The terminals as Django knows them."""

    name = "kewei.terminals"

    def ready(self) -> None:
        """A fact about a terminal is visible where the terminal is."""
        from kewei.journal import scope
        from kewei.terminals.models import Terminal
        from kewei.terminals.queries.timeline import hidden_from

        scope.plug(lambda person, verb: Terminal.objects.visible_to(person, verb).values("pk"), hidden_from)

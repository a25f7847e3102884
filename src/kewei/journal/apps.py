"""Plugs the journal's frame into the room below it."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal as Django knows it."""

    name = "kewei.journal"

    def ready(self) -> None:
        """People's actions run in the journal's frame, though people stands below."""
        from kewei.journal.actions import action, record
        from kewei.people import frame

        frame.plug(action=action, record=record)

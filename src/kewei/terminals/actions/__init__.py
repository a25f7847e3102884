"""What can be done with terminals: every public verb of the room."""

from kewei.terminals.actions.cards import (
    add_terminal,
    assign_owner,
    change_terminal,
    close_terminal,
    end_link,
    link,
    reopen_terminal,
)
from kewei.terminals.actions.importing import import_terminals, undo_import_terminals
from kewei.terminals.actions.licence_files import import_licences, undo_import_licences
from kewei.terminals.actions.parts import (
    add_alias,
    add_authorised,
    add_contact,
    end_alias,
    end_authorised,
    end_contact,
    end_licence,
    keep_authorised_paper,
    record_licence,
    set_settlement,
    verify_licence,
)
from kewei.terminals.actions.vetoes import (
    add_licence_image,
    lift_veto,
    place_veto,
    suspend_licence,
    unsuspend_licence,
)

__all__ = [
    "add_alias",
    "add_authorised",
    "add_contact",
    "add_licence_image",
    "add_terminal",
    "assign_owner",
    "change_terminal",
    "close_terminal",
    "end_alias",
    "end_authorised",
    "end_contact",
    "end_licence",
    "end_link",
    "import_licences",
    "import_terminals",
    "keep_authorised_paper",
    "lift_veto",
    "link",
    "place_veto",
    "record_licence",
    "reopen_terminal",
    "set_settlement",
    "suspend_licence",
    "undo_import_licences",
    "undo_import_terminals",
    "unsuspend_licence",
    "verify_licence",
]

"""What the terminals room tells the house."""

TERMINAL_ADDED = "terminals.terminal_added"
TERMINAL_CHANGED = "terminals.terminal_changed"
TERMINAL_CLOSED = "terminals.terminal_closed"
TERMINAL_REOPENED = "terminals.terminal_reopened"
TERMINALS_IMPORTED = "terminals.terminals_imported"
LINK_MADE = "terminals.link_made"
LINK_ENDED = "terminals.link_ended"
ALIAS_ADDED = "terminals.alias_added"
ALIAS_ENDED = "terminals.alias_ended"
CONTACT_ADDED = "terminals.contact_added"
CONTACT_ENDED = "terminals.contact_ended"
LICENCE_RECORDED = "terminals.licence_recorded"
LICENCE_ENDED = "terminals.licence_ended"
SETTLEMENT_SET = "terminals.settlement_set"
AUTHORISED_ADDED = "terminals.authorised_added"
AUTHORISED_ENDED = "terminals.authorised_ended"
LICENCE_VERIFIED = "terminals.licence_verified"
IMPORT_UNDONE = "terminals.import_undone"

# After one of these, somebody may see other terminals than before, or more of them.
CHANGE_WHO_SEES_WHAT = (
    TERMINAL_ADDED,
    TERMINAL_CHANGED,
    TERMINAL_CLOSED,
    TERMINAL_REOPENED,
    TERMINALS_IMPORTED,
    IMPORT_UNDONE,
    LINK_MADE,
    LINK_ENDED,
)

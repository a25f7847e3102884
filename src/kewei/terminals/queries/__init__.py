"""Questions about terminals. The first argument is always the person who asks."""

from kewei.terminals.queries.cards import (
    AliasRow,
    AuthorisedRow,
    Card,
    ClosureRow,
    ContactRow,
    LicenceRow,
    LinkRow,
    SettlementRow,
    alias_for,
    authorised_for,
    card,
    completeness_of,
    contact_for,
    licence_for,
    terminal_for,
    terminal_named,
)
from kewei.terminals.queries.duplicates import Twin, duplicates
from kewei.terminals.queries.importing import by_codes, codes_taken, import_faults, visible_among
from kewei.terminals.queries.licences import EndingLicence, licences_ending
from kewei.terminals.queries.listing import ORDERS, TerminalRow, export_rows, list_terminals
from kewei.terminals.queries.papers import authorised_persons, live_vetoes, missing_papers, paper_policies, papers_of
from kewei.terminals.queries.places import city_choices, district_choices, province_choices
from kewei.terminals.queries.searching import Hit, search
from kewei.terminals.queries.summaries import (
    Dimension,
    dimensions,
    group_heads,
    kind_size_province,
    labels,
    named,
    settlement_terms,
)
from kewei.terminals.queries.timeline import Moment, timeline

__all__ = [
    "ORDERS",
    "AliasRow",
    "AuthorisedRow",
    "Card",
    "ClosureRow",
    "ContactRow",
    "Dimension",
    "EndingLicence",
    "Hit",
    "LicenceRow",
    "LinkRow",
    "Moment",
    "SettlementRow",
    "TerminalRow",
    "Twin",
    "alias_for",
    "authorised_for",
    "authorised_persons",
    "by_codes",
    "card",
    "city_choices",
    "codes_taken",
    "completeness_of",
    "contact_for",
    "dimensions",
    "district_choices",
    "duplicates",
    "export_rows",
    "group_heads",
    "import_faults",
    "kind_size_province",
    "labels",
    "licence_for",
    "licences_ending",
    "list_terminals",
    "live_vetoes",
    "missing_papers",
    "named",
    "paper_policies",
    "papers_of",
    "province_choices",
    "search",
    "settlement_terms",
    "terminal_for",
    "terminal_named",
    "timeline",
    "visible_among",
]

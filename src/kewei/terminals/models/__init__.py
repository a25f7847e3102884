"""Tables of terminals, by topic."""

from kewei.terminals.models.cards import (
    Alias,
    Authorised,
    Closure,
    Contact,
    ImportedTerminal,
    Licence,
    LicenceImage,
    Link,
    SearchLine,
    Settlement,
    Suspension,
    Terminal,
    TerminalSet,
    ThroughTerminal,
    Veto,
)
from kewei.terminals.models.prospects import NextAction, PoolReturn, Potential, Prospect, Stage, Target
from kewei.terminals.models.twins import Merge, TwinPair

__all__ = [
    "Alias",
    "Authorised",
    "Closure",
    "Contact",
    "ImportedTerminal",
    "Licence",
    "LicenceImage",
    "Link",
    "Merge",
    "NextAction",
    "PoolReturn",
    "Potential",
    "Prospect",
    "SearchLine",
    "Settlement",
    "Stage",
    "Suspension",
    "Target",
    "Terminal",
    "TerminalSet",
    "ThroughTerminal",
    "TwinPair",
    "Veto",
]

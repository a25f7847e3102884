"""Terminals as JSON, one file per topic."""

from ninja import Router

from kewei.terminals.api import cards, prospects

router = Router(tags=["terminals"])
# Named addresses first: /prospects is no terminal's.
router.add_router("", prospects.router)
router.add_router("", cards.router)

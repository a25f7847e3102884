"""Visits as JSON, one file per topic. Money is whole fen; days are ISO dates; moments are ISO with offset; metres."""

from ninja import Router

from kewei.visits.api import plans, visits

router = Router(tags=["visits"])
router.add_router("", plans.router)
router.add_router("", visits.router)

"""Visits as JSON, one file per topic. Days are ISO dates, distances metres."""

from ninja import Router

from kewei.visits.api import plans

router = Router(tags=["visits"])
router.add_router("", plans.router)

"""Collecting as JSON, one file per topic. Money is whole fen; days are ISO dates."""

from ninja import Router

from kewei.collecting.api import letters, worklist

router = Router(tags=["collecting"])
router.add_router("", letters.router)
router.add_router("", worklist.router)

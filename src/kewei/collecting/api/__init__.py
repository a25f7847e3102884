"""Collecting as JSON, one file per topic. Money is whole fen; days are ISO dates."""

from ninja import Router

from kewei.collecting.api import cases, clocks, letters, promises, worklist, write_offs

router = Router(tags=["collecting"])
router.add_router("", cases.router)
router.add_router("", clocks.router)
router.add_router("", letters.router)
router.add_router("", promises.router)
router.add_router("", worklist.router)
router.add_router("", write_offs.router)

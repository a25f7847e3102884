"""Sell-through as JSON, one file per topic. Quantities are thousandths of a unit, money whole fen, months their first day."""

from ninja import Router

from kewei.flows.api import files, months, names, samples

router = Router(tags=["flows"])
router.add_router("", files.router)
router.add_router("", names.router)
router.add_router("", months.router)
router.add_router("", samples.router)

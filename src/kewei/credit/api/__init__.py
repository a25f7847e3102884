"""Credit as JSON, by topic: each file adds its operations to the one router."""

from kewei.credit.api import applications, lending, scores, surveys
from kewei.credit.api.parts import router

__all__ = ["applications", "lending", "router", "scores", "surveys"]

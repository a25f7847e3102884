"""Terminals as JSON, by topic: each file adds its operations to the one router."""

from kewei.terminals.api import cards, prospects
from kewei.terminals.api.cards import router

__all__ = ["cards", "prospects", "router"]

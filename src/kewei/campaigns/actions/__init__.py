"""What can be done with campaigns, by topic."""

from kewei.campaigns.actions.campaigns import (
    change_campaign,
    close_campaign,
    give_opinion,
    hand_in,
    note_cost,
    propose_campaign,
    start_campaign,
    withdraw_campaign,
)
from kewei.campaigns.actions.lists import add_terminal, compose_list, count_visit, take_off
from kewei.campaigns.actions.materials import add_version, judge_version, make_material, use_material

__all__ = [
    "add_terminal",
    "add_version",
    "change_campaign",
    "close_campaign",
    "compose_list",
    "count_visit",
    "give_opinion",
    "hand_in",
    "judge_version",
    "make_material",
    "note_cost",
    "propose_campaign",
    "start_campaign",
    "take_off",
    "use_material",
    "withdraw_campaign",
]

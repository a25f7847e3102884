"""What can be done with sell-through: every public verb of the room."""

from kewei.flows.actions.files import ADD, AUTO, REPLACE, Taken, make_again, take_in_file, tell_absence
from kewei.flows.actions.months import adjust_month, freeze_month, post_month
from kewei.flows.actions.names import decide_name, end_alias, match_names, place_goods, propose_prospect
from kewei.flows.actions.offsite import end_off_site, tell_off_site
from kewei.flows.actions.samples import draw_sample, judge_sampled
from kewei.flows.actions.unread import close_unread, keep_unread

__all__ = [
    "ADD",
    "AUTO",
    "REPLACE",
    "Taken",
    "adjust_month",
    "close_unread",
    "decide_name",
    "draw_sample",
    "end_alias",
    "end_off_site",
    "freeze_month",
    "judge_sampled",
    "keep_unread",
    "make_again",
    "match_names",
    "place_goods",
    "post_month",
    "propose_prospect",
    "take_in_file",
    "tell_absence",
    "tell_off_site",
]

"""Tables of membership, by topic."""

from kewei.membership.models.benefits import Benefit, BenefitOpinion
from kewei.membership.models.ledger import Lot, Movement, Posting
from kewei.membership.models.meetings import (
    Attendance,
    Club,
    ClubMember,
    Meeting,
    MeetingAction,
    MeetingCost,
    MeetingState,
    Minutes,
)
from kewei.membership.models.programmes import (
    Enrolment,
    Programme,
    ProgrammeState,
    RulesDecision,
    RulesVersion,
    TierMove,
)
from kewei.membership.models.services import Service, StockTold

__all__ = [
    "Attendance",
    "Benefit",
    "BenefitOpinion",
    "Club",
    "ClubMember",
    "Enrolment",
    "Lot",
    "Meeting",
    "MeetingAction",
    "MeetingCost",
    "MeetingState",
    "Minutes",
    "Movement",
    "Posting",
    "Programme",
    "ProgrammeState",
    "RulesDecision",
    "RulesVersion",
    "Service",
    "StockTold",
    "TierMove",
]

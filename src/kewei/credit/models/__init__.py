"""Tables of credit: surveys, scores, applications, limits, headroom, holds, securities, findings, runs."""

from kewei.credit.models.applications import Application, Opinion
from kewei.credit.models.conduct import Conduct
from kewei.credit.models.headroom import Account, HeadroomMove, Reservation
from kewei.credit.models.limits import Limit, Security
from kewei.credit.models.runs import Run
from kewei.credit.models.scores import Score
from kewei.credit.models.surveys import RedLineCheck, Survey, SurveyReview
from kewei.credit.models.watching import Finding, Hold

__all__ = [
    "Account",
    "Application",
    "Conduct",
    "Finding",
    "HeadroomMove",
    "Hold",
    "Limit",
    "Opinion",
    "RedLineCheck",
    "Reservation",
    "Run",
    "Score",
    "Security",
    "Survey",
    "SurveyReview",
]

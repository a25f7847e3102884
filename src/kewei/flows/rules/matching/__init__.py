"""Which terminal a typed name means (domain 5.6, docs/algorithms/matching.md)."""

from kewei.flows.rules.matching.deciding import Candidate, Match, match
from kewei.flows.rules.matching.features import Asked
from kewei.flows.rules.matching.index import Alias, Index, Master
from kewei.flows.rules.matching.parsing import normalise
from kewei.flows.rules.matching.says import REASONS
from kewei.flows.rules.matching.together import match_together

__all__ = ["REASONS", "Alias", "Asked", "Candidate", "Index", "Master", "Match", "match", "match_together", "normalise"]

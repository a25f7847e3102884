"""Tables of campaigns, by topic."""

from kewei.campaigns.models.campaigns import Campaign, CampaignMaterial, CampaignState, Cost, Opinion
from kewei.campaigns.models.lists import Composition, Focus, Going
from kewei.campaigns.models.materials import Material, MaterialOpinion, MaterialVersion
from kewei.campaigns.models.outcomes import Outcome, OutcomeLine

__all__ = [
    "Campaign",
    "CampaignMaterial",
    "CampaignState",
    "Composition",
    "Cost",
    "Focus",
    "Going",
    "Material",
    "MaterialOpinion",
    "MaterialVersion",
    "Opinion",
    "Outcome",
    "OutcomeLine",
]

"""Tables of sell-through, by topic."""

from kewei.flows.models.files import Absence, File, Layout
from kewei.flows.models.months import MonthState, Usage
from kewei.flows.models.names import Asking, Decision, Goods, GoodsAlias, Name, NameAlias
from kewei.flows.models.offsite import OffSite
from kewei.flows.models.samples import Sample, Sampled, SampleWord
from kewei.flows.models.unread import Unread

__all__ = [
    "Absence",
    "Asking",
    "Decision",
    "File",
    "Goods",
    "GoodsAlias",
    "Layout",
    "MonthState",
    "Name",
    "NameAlias",
    "OffSite",
    "Sample",
    "SampleWord",
    "Sampled",
    "Unread",
    "Usage",
]

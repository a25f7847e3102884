"""Tables of sell-through, by topic."""

from kewei.flows.models.files import Absence, Aside, File, Layout, Line, Raw
from kewei.flows.models.months import MonthState, Usage
from kewei.flows.models.names import Asking, Decision, Goods, GoodsAlias, Name, NameAlias
from kewei.flows.models.offsite import OffSite
from kewei.flows.models.samples import Sample, Sampled, SampleWord
from kewei.flows.models.unread import Unread

__all__ = [
    "Absence",
    "Aside",
    "Asking",
    "Decision",
    "File",
    "Goods",
    "GoodsAlias",
    "Layout",
    "Line",
    "MonthState",
    "Name",
    "NameAlias",
    "OffSite",
    "Raw",
    "Sample",
    "SampleWord",
    "Sampled",
    "Unread",
    "Usage",
]

"""What receivables decide: allocation, matching, ageing, limitation, statements, KPIs. Pure: values in, values out."""

from kewei.receivables.rules.allocation import METHODS as METHODS
from kewei.receivables.rules.allocation import Method as Method
from kewei.receivables.rules.allocation import OpenItem as OpenItem
from kewei.receivables.rules.allocation import Share as Share
from kewei.receivables.rules.allocation import allocate as allocate
from kewei.receivables.rules.allocation import by_age as by_age
from kewei.receivables.rules.allocation import by_number as by_number
from kewei.receivables.rules.allocation import check_shares as check_shares
from kewei.receivables.rules.allocation import exact_sum as exact_sum
from kewei.receivables.rules.allocation import oldest_first as oldest_first
from kewei.receivables.rules.allocation import subset_sum as subset_sum
from kewei.receivables.rules.numbers import tidy_number as tidy_number
from kewei.receivables.rules.refusals import *  # noqa: F403

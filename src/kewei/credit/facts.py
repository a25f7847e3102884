"""What the credit room tells the house."""

from kewei.kernel.refusals import N_

# Headroom, limits, securities, holds, findings.
HEADROOM_MOVED = "credit.headroom_moved"
LIMIT_GRANTED = "credit.limit_granted"
LIMIT_ENDED = "credit.limit_ended"

# Scores.
GRADES_MADE = "credit.grades_made"
SCORED = "credit.scored"

# What people read for each of them.
SAYS: dict[str, str] = {
    HEADROOM_MOVED: N_("额度占用变动"),
    LIMIT_GRANTED: N_("授信额度生效"),
    LIMIT_ENDED: N_("授信额度结束"),
    GRADES_MADE: N_("批量信用评分"),
    SCORED: N_("信用评分"),
}

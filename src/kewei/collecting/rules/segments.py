"""客户分类: the kinds of debtor that are reminded, ranked and learnt from apart (domain 1F row 75, 3.3, 3.7)."""

from kewei.kernel.refusals import N_

PUBLIC, CHAIN, OTHER = "public", "chain", "other"
SEGMENTS: dict[str, str] = {
    PUBLIC: N_("公立医疗机构"),
    "private_hospital": N_("民营医院"),
    "clinic": N_("诊所"),
    "pharmacy": N_("单体药店"),
    CHAIN: N_("连锁药店"),
    "distributor": N_("批发企业"),
    OTHER: N_("其他客户"),
}
# Whoever pays out of public money pays by its clocks: a hospital is no bad payer for being slow (domain 3.3).
_OF: dict[str, str] = {
    "public_hospital": PUBLIC,
    "primary_care": PUBLIC,
    "cdc": PUBLIC,
    "military": PUBLIC,
    "private_hospital": "private_hospital",
    "clinic": "clinic",
    "pharmacy": "pharmacy",
    "chain_hq": CHAIN,
    "chain_store": CHAIN,
    "distributor": "distributor",
    "maker": "distributor",
}


def segment_of(kind: str) -> str:
    """The segment of a kind of terminal."""
    return _OF.get(kind, OTHER)

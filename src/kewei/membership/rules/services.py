"""其它方面的服务: licence help, training, recall help: services to an institution, for nothing and tied to nothing (1C row 36)."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal

KINDS: dict[str, str] = {
    "licence_help": N_("证照办理协助"),
    "training": N_("药师培训（非推广）"),
    "recall_help": N_("召回协助"),
    "expiry_help": N_("近效期处理"),
    "analysis": N_("用量分析"),
    "other": N_("其他服务"),
}


@refusal
class ServiceSaysLittle(Refused):
    code = "service_says_little"
    says = N_("请写明服务种类与内容")


@refusal
class ServiceDone(Refused):
    code = "service_done"
    says = N_("这项服务已经完成")
    status = 409


@refusal
class ServiceTied(Refused):
    code = "service_tied"
    says = N_("服务内容里有与采购挂钩的字样「{word}」：服务不得与采购量挂钩")


# Words by which a service would be tied to buying; the service is refused, not the word excused (domain 4.5).
TYING = ("进货满", "采购满", "订货满", "完成销量", "达到销量", "搭赠")


def check_service(kind: str, words: str) -> None:
    """A service says what it is and asks nothing in return. Raises ServiceSaysLittle, ServiceTied."""
    if kind not in KINDS or not words.strip():
        raise ServiceSaysLittle
    for word in TYING:
        if word in words:
            raise ServiceTied(word=word)


def check_outcome(outcome: str) -> None:
    """What came of a service. Raises ServiceSaysLittle."""
    if not outcome.strip():
        raise ServiceSaysLittle

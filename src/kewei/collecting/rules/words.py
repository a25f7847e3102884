"""用语审核: words that must not stand in anything sent to a customer or said to it (domain 4.7; docs/algorithms/contacting.md)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kewei.kernel.policies import BadPolicy, Policy
from kewei.kernel.refusals import N_, Refused, refusal

# Families: what is wrong with the words, and what may be said instead.
FAMILIES: dict[str, tuple[str, str]] = {
    "threat": (N_("威胁、恐吓"), N_("写明金额、期限和依法将采取的步骤")),
    "exposure": (N_("公开曝光、告知无关的人"), N_("只与该单位的业务联系人沟通")),
    "prosecution": (N_("以并不打算提起的刑事追究相逼"), N_("写明将申请支付令、仲裁或提起诉讼")),
    "insult": (N_("辱骂、贬损"), N_("陈述事实：发票、金额、到期日")),
    "private": (N_("家庭、住所与私人生活"), N_("只谈本单位的付款")),
    "favour": (N_("礼金、宴请等好处"), N_("公开的有条件供货，或经审批的还款计划")),
    "outsider": (N_("讨债公司、社会人员"), N_("律师、公证、仲裁、法院支付令、保理、信用保险")),
}


@refusal
class ForbiddenWords(Refused):
    code = "forbidden_words"
    says = N_("「{words}」不能这样写：{reason}")
    next_step = N_("可以改为：{note}")


@dataclass(frozen=True, slots=True)
class WordPolicy:
    """Phrases by family, and phrases in which they are allowed after all; all folded."""

    phrases: Mapping[str, tuple[str, ...]]
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found and its family."""

    phrase: str
    family: str


def read_words(body: Any) -> WordPolicy:
    """Read a version. Raises BadPolicy."""
    phrases = {family: tuple(fold(phrase) for phrase in rows) for family, rows in body["phrases"].items()}
    allowed = tuple(fold(phrase) for phrase in body["allowed"])
    if set(phrases) != set(FAMILIES):
        raise BadPolicy(reason=f"phrases: {', '.join(sorted(set(phrases) ^ set(FAMILIES)))}")
    if not all(len(phrase) > 1 for rows in (*phrases.values(), allowed) for phrase in rows):
        raise BadPolicy(reason="phrases: 2+")
    return WordPolicy(phrases, allowed)


WORDS = Policy(
    name="collecting.words",
    title=N_("用语审核词表"),
    keeper="collecting.policy",
    since=date(2026, 11, 1),
    source="domain 4.7 (刑法 238、245、293、293-1 [S18]; debt-collection firms are banned [S35]); the phrases [INF]",
    body={
        "phrases": {
            "threat": [
                "后果自负", "走着瞧", "弄死", "打断", "不客气", "叫人上门", "堵门", "砸店", "砸门", "找人收拾", "别怪我",
                "让你好看", "有你好看", "血债", "跟着你", "天天跟", "扣人", "扣住", "不还就别想", "or else", "hurt you",
            ],
            "exposure": [
                "曝光", "公之于众", "通知你的患者", "告诉患者", "群发", "挂横幅", "拉横幅", "朋友圈", "让全城", "让所有人知道",
                "告诉你的同事", "发到网上", "name and shame",
            ],
            "prosecution": ["报警抓", "抓你", "让你坐牢", "送你进去", "判你", "诈骗犯", "涉嫌诈骗", "jail"],
            "insult": ["老赖", "骗子", "无赖", "不要脸", "流氓", "混蛋", "王八", "废物", "人渣", "shameless", "crook"],
            "private": [
                "你家人", "你的家人", "你老婆", "你老公", "你孩子", "你父母", "你爱人", "你家里", "住址我", "你住哪", "家门口",
                "your family", "your wife", "your home",
            ],
            "favour": ["红包", "礼金", "购物卡", "好处费", "回扣", "请你吃饭", "意思一下", "茶水费", "辛苦费", "kickback"],
            "outsider": ["讨债公司", "要债公司", "催收公司", "收债公司", "社会上的朋友", "道上的朋友", "debt collector"],
        },
        # Lawful words that contain a phrase above.
        "allowed": ["不得给予回扣", "不收回扣"],
    },
    read=read_words,
)  # fmt: skip


def fold(text: str) -> str:
    """Text as it is compared: full and half width alike, small letters, without spaces or marks between characters."""
    bare = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", bare)


def forbidden(text: str, policy: WordPolicy) -> list[Found]:
    """Every forbidden phrase in a text, in the order of the families."""
    bare = fold(text)
    for phrase in policy.allowed:
        bare = bare.replace(phrase, "")
    return [Found(phrase, family) for family, rows in policy.phrases.items() for phrase in rows if phrase in bare]


def check_outgoing(text: str, policy: WordPolicy) -> None:
    """Refuse a text that must not go to a customer. Raises ForbiddenWords."""
    found = forbidden(text, policy)
    if found:
        reason, instead = FAMILIES[found[0].family]
        words = "、".join(dict.fromkeys(one.phrase for one in found))
        raise ForbiddenWords(words=words, reason=reason, note=instead)

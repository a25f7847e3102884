"""What does not belong on a card: private life, patients, prescriptions (domain 4.8), and how secrets are shown."""

from __future__ import annotations

from kewei.kernel.names import fold

# Private life is not needed to sell drugs to an institution; counts of a doctor's prescriptions are forbidden.
# A policy value: 2026-11, domain 2.4 and 4.8. A word here warns, it does not refuse: 家属区 is an address.
BANNED_WORDS: tuple[str, ...] = (
    "生日", "爱好", "喜好", "嗜好", "配偶", "妻子", "丈夫", "老婆", "老公", "儿子", "女儿", "小孩", "子女", "孩子",
    "家庭住址", "家庭成员", "家里", "婚姻", "离婚", "情人", "宗教", "信仰", "籍贯", "属相", "星座", "统方", "处方量",
    "处方数", "开方量", "回扣", "红包", "好处费", "私人电话", "私人微信", "身份证号", "病历", "患者姓名",
    "birthday", "hobby", "hobbies", "wife", "husband", "religion", "home address", "kickback",
)  # fmt: skip


def banned_words(text: str) -> list[str]:
    """Words in a note that touch private life, patients or per-doctor prescriptions, in the order of the list."""
    folded = fold(text)
    return [word for word in BANNED_WORDS if word in folded]


def mask_identity(number: str) -> str:
    """An identity number as it may be kept and shown: first three and last four characters, stars between.

    Already masked or short texts (8 characters or fewer) stay as they are.
    """
    bare = "".join(number.split()).upper()
    return bare if len(bare) <= 8 or "*" in bare else f"{bare[:3]}{'*' * (len(bare) - 7)}{bare[-4:]}"


def mask_account(number: str) -> str:
    """A bank account as it may be kept and shown: only the last four digits."""
    bare = "".join(number.split())
    return bare if len(bare) <= 4 or "*" in bare else f"****{bare[-4:]}"

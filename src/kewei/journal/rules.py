"""How facts are chained: each hash covers the fact and the hash before it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from kewei.kernel.refusals import N_, Refused, refusal

GENESIS = "0" * 64


@dataclass(frozen=True)
class FactText:
    """What the hash of a fact covers, as plain values; `at` is ISO 8601 in UTC with microseconds."""

    seq: int
    name: str
    at: str
    by: int | None
    subject: str
    terminal: int | None
    detail: str


def canonical(detail: Any) -> str:
    """One text for equal details: sorted keys, no spaces, Chinese kept as it is."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def chain(previous: str, fact: FactText) -> str:
    """SHA-256 over the previous hash and the fact's canonical text, in hex."""
    return hashlib.sha256((previous + canonical(asdict(fact))).encode()).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical text, in hex: what `body` and `rows` digests are made with."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


@refusal
class ChainBroken(Refused):
    code = "chain_broken"
    says = N_("日志第 {seq} 条与其哈希不符：{what}。请保全数据库并联系管理员。")


@refusal
class KeyMissing(Refused):
    code = "key_missing"
    says = N_("这个请求要带 Idempotency-Key 头：同一个键只办一次")


@refusal
class BadKey(Refused):
    code = "bad_key"
    says = N_("幂等键「{key}」不行：用 1 至 80 个可见字符")


@dataclass(frozen=True)
class Link:
    """A stored fact as the checker reads it."""

    text: FactText
    previous: str
    hash: str


def broken_links(links, head_seq: int, head_hash: str):
    """Walk the chain from its beginning and yield (seq, what) for everything that does not fit.

    Finds a changed fact (its hash), a deleted or inserted one (a gap or repeat in seq, or a previous hash that is not
    the neighbour's), swapped ones (both), and a tail cut off or added (the head disagrees).
    """
    expected_seq, previous = 1, GENESIS
    for link in links:
        if link.text.seq != expected_seq:
            yield link.text.seq, "gap" if link.text.seq > expected_seq else "repeat"
        if link.previous != previous:
            yield link.text.seq, "previous"
        if chain(link.previous, link.text) != link.hash:
            yield link.text.seq, "changed"
        expected_seq, previous = link.text.seq + 1, link.hash
    if (expected_seq - 1, previous) != (head_seq, head_hash):
        yield head_seq, "tail"


@dataclass(frozen=True)
class Finding:
    """Something in the journal that is not as it must be: a stable code, what it is about, and its numbers."""

    code: str
    about: str
    numbers: dict[str, Any]


FINDINGS: dict[str, str] = {
    "chain_broken": N_("日志与其哈希不符"),
    "set_aside": N_("后续动作多次失败，已搁置"),
    "attachment_missing": N_("附件的文件不见了：请从备份取回"),
    "attachment_differs": N_("附件的文件与保存时不同：请从备份取回"),
}

# --- the clock --------------------------------------------------------------------------------------------------------

HOUSE_TIME = ZoneInfo("Asia/Shanghai")
# A job taken so long ago and not done was lost with its worker.
LOST_AFTER = timedelta(hours=1)


class Rhythm(Protocol):
    """How often the clock asks for a job."""

    def is_due(self, taken_at: datetime | None, done_at: datetime | None, now: datetime) -> bool:
        """Whether it is time, given when the job was last taken and done."""
        ...


@dataclass(frozen=True)
class Every:
    """So many minutes after it was last taken."""

    minutes: int

    def is_due(self, taken_at: datetime | None, done_at: datetime | None, now: datetime) -> bool:
        """See Rhythm."""
        if taken_at is None:
            return True
        if done_at is None:
            return now - taken_at >= max(LOST_AFTER, timedelta(minutes=self.minutes))
        return now - taken_at >= timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Daily:
    """Once a day, at or after a time of day in Shanghai; a day the house slept through is made up for on waking."""

    at: time

    def is_due(self, taken_at: datetime | None, done_at: datetime | None, now: datetime) -> bool:
        """See Rhythm."""
        if taken_at is not None and done_at is None and now - taken_at < LOST_AFTER:
            return False
        local = now.astimezone(HOUSE_TIME)
        due = datetime.combine(local.date(), self.at, HOUSE_TIME)
        if due > local:
            due -= timedelta(days=1)
        return taken_at is None or taken_at < due or done_at is None


@refusal
class StillFails(Refused):
    code = "still_fails"
    says = N_("重试仍然失败：{error}")
    status = 409


@refusal
class SetAsideDone(Refused):
    code = "set_aside_done"
    says = N_("这一条已经处理过了")
    status = 409


@refusal
class FollowerGone(Refused):
    code = "follower_gone"
    says = N_("后续动作 {name} 在这个版本里已不存在")
    status = 409

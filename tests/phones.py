"""A phone as tests have one: it makes commands while it is alone, marks them, and sends them when told to."""

from __future__ import annotations

import hashlib
import json
import uuid
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from kewei.field import actions
from kewei.field.models import Device
from kewei.field.rules import mark_of
from kewei.field.rules.devices import COMMAND, PIECE, ROUND
from kewei.field.web.rounds import round_as_json
from kewei.people.models import Person

NO_TIME = timedelta(0)


@dataclass
class Phone:
    """A phone with its store: what it still has to send, what came of the rest, and what lies on it.

    `off` is how far its clock is before ours. It works as static/field/outbox.js does.
    """

    device: Device
    secret: str
    person: Person
    random: Random = field(default_factory=lambda: Random(7))
    off: timedelta = NO_TIME
    number: int = 0
    place: int = 0
    holds: int | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    wiped: bool = False

    @classmethod
    def enrolled(cls, person: Person, now: datetime, name: str = "手机", **given: Any) -> Phone:
        """A phone somebody has enrolled."""
        device, secret = actions.enrol_device(name=name, by=person, now=now)
        return cls(device, secret, person, **given)

    def say(self, verb: str, now: datetime, corrects: str = "", **body: Any) -> str:
        """Make a command; its key."""
        key = str(uuid.UUID(int=self.random.getrandbits(128)))
        self.place += 1
        said = {
            "device": self.device.pk, "key": key, "place": self.place, "verb": verb,
            "at": (now + self.off).isoformat(), "corrects": corrects, "body": body,
        }  # fmt: skip
        text = json.dumps(said, ensure_ascii=False)
        self.waiting.append({"key": key, "said": text, "mark": mark_of(self.secret, COMMAND, text)})
        return key

    def round(self, now: datetime, most: int = 200) -> tuple[str, str]:
        """What the next round sends, and its mark."""
        self.number += 1
        commands = [{"said": one["said"], "mark": one["mark"]} for one in self.waiting[:most]]
        asked = {
            "number": self.number, "sent_at": (now + self.off).isoformat(), "holds": self.holds, "commands": commands
        }  # fmt: skip
        text = json.dumps(asked, ensure_ascii=False)
        return text, mark_of(self.secret, ROUND, text)

    def hear(self, answer: dict[str, Any]) -> None:
        """Take an answer in; an answer older than what it holds changes no rows, but settles its commands."""
        for one in answer["told"]:
            if one["state"] != "later":
                self.told[one["key"]] = one
                self.waiting = [kept for kept in self.waiting if kept["key"] != one["key"]]
        if self.holds is not None and answer["number"] <= self.holds:
            return
        if answer["whole"]:
            self.rows = {}
        for kind, rows in answer["rows"].items():
            self.rows.setdefault(kind, {}).update(rows)
        for kind, key in answer["gone"]:
            self.rows.get(kind, {}).pop(key, None)
        self.holds = answer["number"]

    def deliver(self, text: str, mark: str, now: datetime) -> dict[str, Any]:
        """What the house makes of a round at a moment of our choosing; raises what it refuses."""
        answer = actions.sync(device=self.device, text=text, mark=mark, by=self.person, now=now)
        return json.loads(json.dumps(round_as_json(answer)))

    def wipe(self) -> None:
        """Let go of everything."""
        self.rows, self.waiting, self.holds, self.wiped = {}, [], None, True

    def sync(self, client: Any, now: datetime) -> Any:
        """A round through the door, as it goes when nothing is lost; the response."""
        text, mark = self.round(now)
        answer = client.post("/field/sync", text, content_type="application/json", headers=self.headers(mark))
        if answer.status_code == 200:
            self.hear(answer.json())
        elif answer.json().get("wipe"):
            self.wipe()
        return answer

    def headers(self, mark: str) -> dict[str, str]:
        """Who speaks."""
        return {"X-Kewei-Device": str(self.device.pk), "X-Kewei-Mark": mark}

    def send_photo(self, client: Any, content: bytes, now: datetime, **body: Any) -> Any:
        """A photo through its door; the response."""
        key = self.say("add_photo", now, digest=hashlib.sha256(content).hexdigest(), **body)
        one = self.waiting.pop()
        headers = self.headers(one["mark"]) | {
            "X-Kewei-Command": b64encode(one["said"].encode()).decode(),
            "X-Kewei-Sent": (now + self.off).isoformat(),
        }
        answer = client.post("/field/photo", content, content_type="image/jpeg", headers=headers)
        if answer.status_code == 200:
            self.told[key] = answer.json()
        return answer

    def piece(
        self, key: str, offset: int | None = None, content: bytes = b"", forged: dict | None = None
    ) -> tuple[str, str]:
        """What is said of a piece of a full photo, or the question how much is there; and its mark."""
        digest = hashlib.sha256(content).hexdigest() if content else ""
        said = {"device": self.device.pk, "photo": key, "offset": offset, "bytes": len(content), "digest": digest}
        text = json.dumps(said | (forged or {}))
        return text, mark_of(self.secret, PIECE, text)

    def send_piece(
        self, client: Any, key: str, offset: int | None = None, content: bytes = b"", came: bytes | None = None,
        mark: str | None = None, forged: dict | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """A piece through its door, of which `came` arrives; the answer."""
        text, own = self.piece(key, offset, content, forged)
        headers = self.headers(mark or own) | {"X-Kewei-Command": b64encode(text.encode()).decode()}
        sent = content if came is None else came
        return client.post("/field/piece", sent, content_type="application/octet-stream", headers=headers).json()

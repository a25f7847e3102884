"""The import wizard as a browser goes through it: upload, map, try, take, with the work beside the requests."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

PATIENCE = 60.0


@dataclass
class Wizard:
    """One reader's way through; `answer` is the last response."""

    person: Any
    client: Client = field(default_factory=Client)
    token: str = ""
    answer: Any = None

    def __post_init__(self) -> None:
        self.client.force_login(self.person)

    def upload(self, noun: str, name: str, content: bytes) -> Wizard:
        """Send a file; on success the wizard stands before the mapping."""
        file = SimpleUploadedFile(name, content)
        self.answer = self.client.post(reverse("desk:intake"), {"noun": noun, "file": file})
        if self.answer.status_code == 302:
            self.token = self.answer.url.rstrip("/").rpartition("/")[2]
            self.look()
        return self

    def url(self, name: str) -> str:
        """The address of a step of this upload."""
        return reverse(f"desk:intake_{name}", args=[self.token])

    def look(self) -> Wizard:
        """Load the page of the upload."""
        self.answer = self.client.get(self.url("upload"))
        return self

    def mapping(self) -> dict[str, str]:
        """What the page offers: heading -> chosen column."""
        return {row["heading"]: row["column"] for row in self.answer.context["rows"]}

    def try_out(self, mapping: dict[str, str] | None = None, **said: str) -> Wizard:
        """Press 核对 and wait for the outcome."""
        chosen = self.mapping() | (mapping or {})
        posted = {"heading": list(chosen), "column": list(chosen.values()), "layout": "generic", **said}
        return self._press("try", posted)

    def take(self, **said: str) -> Wizard:
        """Press 导入 and wait for the outcome."""
        return self._press("take", said)

    def _press(self, name: str, posted: dict[str, Any]) -> Wizard:
        self.answer = self.client.post(self.url(name), posted)
        if self.answer.status_code == 302:
            self.wait()
        return self

    def wait(self) -> Wizard:
        """Ask for the progress as htmx does until the work is over, then load the page."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            told = self.client.get(self.url("progress"))
            if told.status_code == 204:
                assert told["HX-Redirect"] == self.url("upload")
                return self.look()
            assert 'role="progressbar"' in told.content.decode() or "<progress" in told.content.decode()
            time.sleep(0.05)
        raise AssertionError("the work does not end")

    @property
    def text(self) -> str:
        """The last page as a person reads it."""
        body = re.sub(r"<(script|style).*?</\1>", " ", self.answer.content.decode(), flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

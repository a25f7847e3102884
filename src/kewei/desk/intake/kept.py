"""Uploaded files and how far each has come, in the house's folder of files: no table, and it survives a restart.

Each upload has a folder of a random name that nobody can guess and nothing serves. Only the person who brought the file
can go on with it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from kewei.desk.intake.engine import File
from kewei.desk.intake.reading import MAX_FILE_MB, MEGABYTE
from kewei.kernel.ids import new_key
from kewei.kernel.refusals import N_, NotFound
from kewei.kernel.sheets.stumbles import FileTooLarge

MAPPING, CHECKING, CHECKED, FAILED = "mapping", "checking", "checked", "failed"
TAKING, TAKEN, UNDOING = "taking", "taken", "undoing"
AT_WORK = {CHECKING, TAKING, UNDOING}
# What nobody went on with for so long is swept away; the file of an import stays.
FORGOTTEN_SECONDS = 30 * 24 * 3600
# Work that has not said anything for so long was interrupted.
SILENT_SECONDS = 120
NOUN = N_("上传的文件")


@dataclass(frozen=True)
class Upload:
    """A file on its way in. `found` is the dry run's outcome, `made` the import's, `why` a refusal, all as JSON."""

    token: str
    noun: str
    name: str
    digest: str
    person: int
    login: str
    status: str = MAPPING
    layout: str = ""
    mapping: dict[str, str | None] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    good_rows: bool = False
    remember: str = ""
    found: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    why: dict[str, Any] = field(default_factory=dict)
    pid: int = 0

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return home() / self.token

    @property
    def file(self) -> File:
        """The file as the engine takes it."""
        return File(self.folder / "file", self.name, self.digest)


def home() -> Path:
    """The folder of all uploads."""
    return Path(settings.MEDIA_ROOT) / "intake"


def keep(noun: str, name: str, parts: Iterable[bytes], person: Any) -> Upload:
    """Write an upload down, by parts as they come. Raises FileTooLarge as soon as there is too much."""
    token = new_key()
    folder = home() / token
    folder.mkdir(parents=True, mode=0o700)
    size = 0
    with open(os.open(folder / "file", os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as out:
        for part in parts:
            size += len(part)
            if size > MAX_FILE_MB * MEGABYTE:
                forget(folder)
                raise FileTooLarge(size_mb=-(-size // MEGABYTE), limit_mb=MAX_FILE_MB)
            out.write(part)
    digest = File.at(folder / "file").digest
    upload = Upload(token, noun, _plain_name(name), digest, person.pk, person.login)
    return save(upload)


def job(noun: str, name: str, made: dict[str, Any], person: Any) -> Upload:
    """Work without a file of its own: the undoing of an import."""
    token = new_key()
    (home() / token).mkdir(parents=True, mode=0o700)
    return save(Upload(token, noun, name, "", person.pk, person.login, status=UNDOING, made=made))


def save(upload: Upload, **changes: Any) -> Upload:
    """Write down how far it has come; a reader sees the former state or this one, never half of it."""
    upload = replace(upload, **changes)
    _write(upload.folder / "state.json", asdict(upload))
    return upload


def find(token: str, person: Any) -> Upload:
    """The upload, for the person who brought it. Raises NotFound."""
    path = home() / token / "state.json"
    if not re.fullmatch(r"[0-9a-f]{32}", token) or not path.is_file():
        raise NotFound(noun=NOUN)
    upload = Upload(**json.loads(path.read_text()))
    if upload.person != person.pk:
        raise NotFound(noun=NOUN)
    return upload


def unfinished(person: Any) -> list[Upload]:
    """This person's uploads that have come neither to an end nor to a failure, newest first."""
    found = []
    for path in sorted(home().glob("*/state.json"), key=lambda path: -path.stat().st_mtime):
        upload = Upload(**json.loads(path.read_text()))
        if upload.person == person.pk and upload.status not in (TAKEN, FAILED):
            found.append(upload)
    return found


def sweep(at: float) -> None:
    """Remove uploads nobody went on with (`at`: seconds since 1970)."""
    for path in home().glob("*/state.json"):
        if at - path.stat().st_mtime > FORGOTTEN_SECONDS and json.loads(path.read_text())["status"] != TAKEN:
            forget(path.parent)


def forget(folder: Path) -> None:
    """Remove an upload and everything beside it."""
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


# --- progress -----------------------------------------------------------------------------------------


def tell(upload: Upload, phase: str, done: int, total: int) -> None:
    """How far the work is."""
    _write(upload.folder / "progress.json", {"phase": phase, "done": done, "total": total})


def progress(upload: Upload) -> dict[str, Any]:
    """How far the work was when it last said so."""
    path = upload.folder / "progress.json"
    return json.loads(path.read_text()) if path.is_file() else {"phase": "", "done": 0, "total": 1}


def interrupted(upload: Upload, at: float) -> bool:
    """Whether nobody does the work any more: its process is gone, or silent too long (`at`: seconds since 1970)."""
    if upload.status not in AT_WORK:
        return False
    path = upload.folder / "progress.json"
    last = (path if path.is_file() else upload.folder / "state.json").stat().st_mtime
    return at - last > SILENT_SECONDS or not _alive(upload.pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# --- problems -----------------------------------------------------------------------------------------


def keep_problems(upload: Upload, problems: list[dict[str, Any]]) -> None:
    """Keep the dry run's list of problems."""
    _write(upload.folder / "problems.json", problems)


def problems(upload: Upload) -> list[dict[str, Any]]:
    """The dry run's list of problems."""
    path = upload.folder / "problems.json"
    return json.loads(path.read_text()) if path.is_file() else []


def _plain_name(name: str) -> str:
    """The file's own name without folders and control characters."""
    bare = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/").rpartition("/")[2]).strip()
    return bare[:200] or "file"


def _write(path: Path, value: Any) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(value, ensure_ascii=False))
    part.replace(path)

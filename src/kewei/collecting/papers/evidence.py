"""证据包: the index as PDF and the archive with every file, its digest beside it (domain 4.6)."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kewei.receivables.papers.pdf import compiled

TEMPLATE = Path(__file__).resolve().parent / "evidence.typ"
INDEX = "00 证据目录.pdf"


def evidence_pack(paper: dict[str, Any], files: Sequence[tuple[str, str, bytes]]) -> bytes:
    """An archive of (part, name, content) in their order, with the index in front; `paper` is what the index says."""
    out = io.BytesIO()
    told = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (part, name, content) in enumerate(files, start=1):
            plain = f"{place:02d} {part} {_plain(name)}"
            archive.writestr(plain, content)
            told.append([str(place), part, plain, hashlib.sha256(content).hexdigest()[:16]])
        archive.writestr(INDEX, compiled(TEMPLATE, paper | {"files": told}))
    return out.getvalue()


def _plain(name: str) -> str:
    """A name any system can unpack."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "-", name).strip()[:120]

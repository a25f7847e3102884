"""What is committed: no third-party part, no address to fetch from, no path of one machine."""

from __future__ import annotations

import re
import subprocess

import pytest
from tests.architecture.source import ROOT, expect_none

# Written in two parts, so that this file does not find itself.
ADDRESSES = ["pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "jsdelivr" + ".net", "unpkg" + ".com"]
ADDRESSES += ["cdnjs." + "cloudflare", "fonts." + "googleapis", "npm" + "mirror", "deb." + "debian"]
MACHINE_PATHS = ["/work" + "/main", "/work" + "/shared", "/tmp" + "/team"]
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico", ".xlsx", ".xls", ".pdf"}
ONE_FILE_BYTES = 1_000_000


@pytest.fixture(scope="module")
def committed() -> list:
    """Every file git keeps that is still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git clone")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_address_and_no_machine_path(committed):
    wrong = re.compile("|".join(map(re.escape, ADDRESSES + MACHINE_PATHS)))
    found = []
    for file in committed:
        if file.suffix.lower() in PICTURES:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [f"{file.relative_to(ROOT)}: {hit.group()}" for hit in wrong.finditer(text)]
    expect_none(found)


def test_nothing_that_set_up_brings_is_committed(committed):
    brought = [
        f
        for f in committed
        if {"vendor", "node_modules", ".venv"} & set(f.parts) or f.suffix in {".mo", ".ttf", ".woff2"}
    ]
    expect_none(brought)


def test_no_heavy_file(committed):
    expect_none([f"{f.relative_to(ROOT)}" for f in committed if f.stat().st_size > ONE_FILE_BYTES])


def test_locks_hold_hashes_and_no_address(committed):
    for name in ("base", "dev", "setup", "node"):
        lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^\S+==\S+", lock, re.MULTILINE)
        assert pins
        assert lock.count("--hash=sha256:") >= len(pins)
        assert "http" not in re.sub(r"^\s*#.*$", "", lock, flags=re.MULTILINE).replace("httpx", "").replace(
            "httpcore", ""
        )

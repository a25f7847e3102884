"""Find a Chromium for browser tests and screenshots, or install one: python tools/chromium.py [--install]

Prints the path of the browser. Where none can be had it prints one line saying what to do, and exits with 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
ADVICE = "no Chromium for browser tests: install one (Debian: apt-get install chromium) or name it in KEWEI_CHROMIUM"

FONTS = Path(__file__).resolve().parent.parent / "src" / "kewei" / "assets" / "fonts"
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{folder}</dir></fontconfig>
"""

# What a server without a screen, running as root in a container, needs.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> int:
    """Print where the browser is; with --install, bring one in first if there is none."""
    path = find() or (install() if "--install" in sys.argv[1:] else None)
    print(path or ADVICE)
    return 0 if path else 1


@cache
def find() -> str | None:
    """The path of a usable browser: KEWEI_CHROMIUM, one of the usual names, or Playwright's own."""
    named = os.environ.get("KEWEI_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return playwrights_own()


def playwrights_own() -> str | None:
    """The browser `playwright install` once brought, if it did."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def environment() -> dict[str, str]:
    """The environment for the browser: it sees our Chinese font too, so a machine without one still draws Chinese."""
    configuration = Path(tempfile.gettempdir()) / f"kewei-fonts-{os.getuid() if hasattr(os, 'getuid') else 0}.conf"
    configuration.write_text(FONTS_CONF.format(folder=FONTS), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(configuration)}


def install() -> str | None:
    """Install Chromium with the system's packages, or with Playwright where that is not possible."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        wanted = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        # The lists of a fresh machine are empty or old; the second try is the one with new lists.
        if run(wanted, quiet) or (run(["apt-get", "update", "-qq"], quiet) and run(wanted, quiet)):
            return shutil.which("chromium")
    if run([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ)):
        return playwrights_own()
    return None


def run(command: list[str], environment: dict[str, str]) -> bool:
    """True if the command succeeded; what it says is shown only when it fails."""
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-2000:], file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())

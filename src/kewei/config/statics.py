"""Static files as they are served: built with hashed names and compressed, again whenever a source is newer."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_older() -> bool:
    """Build the served files where they are older than the sources; True where it was needed."""
    if settings.DEBUG or not _older():
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    return True


def _older() -> bool:
    """Whether a source file is newer than the manifest, or one is new or gone."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    built = manifest.stat().st_mtime
    known = manifest.read_text()
    for finder in get_finders():
        # Hidden files are left out by collectstatic too.
        for name, storage in finder.list([".*"]):
            if Path(storage.path(name)).stat().st_mtime > built or f'"{name}"' not in known:
                return True
    return False

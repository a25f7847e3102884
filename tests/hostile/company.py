"""The command as another process runs it."""

import sys


def kewei(*argv: str) -> list[str]:
    """The words that start `kewei` with this interpreter."""
    return [sys.executable, "-m", "kewei", *argv]

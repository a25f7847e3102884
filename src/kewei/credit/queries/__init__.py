"""Questions about credit, by topic."""

from collections.abc import Iterator

from kewei.credit.queries import checks, scores
from kewei.journal.rules import Finding


def findings() -> Iterator[Finding]:
    """Whatever is not as it must be: each topic's own."""
    yield from scores.findings()
    yield from checks.findings()

"""The side navigation and the reader's own corner, as plain values."""

from kewei.kernel.refusals import N_

# (name, url name, icon, verb that opens it)
DOORS: list[tuple[str, str, str, str]] = [
    (N_("今天"), "desk:today", "sun", "terminals.see"),
]


def for_reader(request) -> dict:
    """Doors this reader may open: none before sign-in."""
    reader = getattr(request, "user", None)
    if reader is None or not reader.is_authenticated:
        return {"doors": []}
    return {"doors": [{"name": n, "url": u, "icon": i} for n, u, i, verb in DOORS if reader.may(verb)]}

"""What a page tells the reader after something was done: one sentence, and a way back where there is one."""

from django.contrib import messages


def done(request, sentence: str, undo: str = "") -> None:
    """Report success on the next page; `undo` is the address to which a POST takes it back."""
    messages.success(request, sentence, extra_tags=f"undo={undo}" if undo else "")


def warned(request, sentence: str) -> None:
    """Report that something was done but deserves a look."""
    messages.warning(request, sentence)


def failed(request, sentence: str) -> None:
    """Report that nothing was done, and why."""
    messages.error(request, sentence)

"""What every page knows: the reader, the rooms they may enter, the language switch."""

from kewei.desk import shell as desk_shell


def shell(request):
    """Navigation for the signed-in reader, as plain values."""
    return {"shell": desk_shell.for_reader(request)}

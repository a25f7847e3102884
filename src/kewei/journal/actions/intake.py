"""What can be done with files that come in: take one in once, undo it, remember how its columns are called."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kewei.journal import facts
from kewei.journal.actions.frame import action, once, record
from kewei.journal.models import Intake, Layout
from kewei.journal.queries_intake import generation, intake_for, taken_before
from kewei.journal.rules_intake import AlreadyUndone
from kewei.kernel.refusals import KeyReused


@action
def take_in(
    *,
    noun: str,
    filename: str,
    file_digest: str,
    layout: str,
    mark: str,
    verb: str,
    do: Callable[[Intake], dict[str, Any]],
    by,
    now: datetime,
    key: str = "",
) -> dict[str, Any]:
    """导入 Take a file in, once: its rows, the note of what it made, and the fact stand or fall together.

    `mark` is a digest of noun, file and all that decides how it is read. `do` books the rows for the Intake it is given
    and returns plain counts; it is run again from the beginning on a serialization failure.
    Answers {"intake", "made", "recognised"}; a file already taken in, by whomever, or a key already used, answers what
    was made then. Raises KeyReused for a key used for something else.
    """
    by.must(verb)

    def book() -> dict[str, Any]:
        intake = Intake.objects.create(
            noun=noun, filename=filename[:200], file_digest=file_digest, layout=layout[:80], taken_by=by, taken_at=now
        )
        made = do(intake)
        Intake.objects.filter(pk=intake.pk).update(made=made)
        record(facts.INTAKE_TAKEN, intake, by=by, at=now, noun=noun, file=filename, digest=file_digest, made=told(made))
        return {"intake": intake.pk, "made": made}

    fresh: list[bool] = []

    def note() -> dict[str, Any]:
        fresh.append(True)
        return book()

    if key:
        answer = once(key=key, verb=f"intake.{noun}", body=mark, by=by, now=now, do=note)
    else:
        answer = _once_per_file(noun, file_digest, mark, by, now, note)
    return {**answer, "recognised": not fresh}


@action
def undo_intake(*, intake: int, verb: str, do: Callable[[Intake], Any], by, now: datetime) -> Intake:
    """撤销导入 Undo an import: `do` reverses what it made; the note of the file stays, with who undid it and when.

    Raises NotFound for an import this person may not see, AlreadyUndone.
    """
    by.must(verb)
    row = intake_for(by, intake, lock=True)
    if row.undone_at is not None:
        raise AlreadyUndone(intake=row.pk)
    do(row)
    row.undone_by, row.undone_at = by, now
    row.save(update_fields=["undone_by", "undone_at"])
    record(facts.INTAKE_UNDONE, row, by=by, at=now, noun=row.noun, file=row.filename)
    return row


@action
def remember_layout(
    *,
    noun: str,
    name: str,
    signature: str,
    mapping: dict[str, str | None],
    options: dict[str, Any],
    verb: str,
    by,
    now: datetime,
) -> None:
    """记住版式 Remember how a kind of file names its columns; the same name again replaces it."""
    by.must(verb)
    kept = {"signature": signature, "mapping": mapping, "options": options}
    known = Layout.objects.filter(noun=noun, name=name).first()
    if known and {"signature": known.signature, "mapping": known.mapping, "options": known.options} == kept:
        return
    Layout.objects.update_or_create(noun=noun, name=name, defaults={**kept, "made_by": by, "made_at": now})
    record(facts.LAYOUT_REMEMBERED, f"layout:{noun}:{name}"[:80], by=by, at=now, mapping=mapping, options=options)


@action
def forget_layout(*, noun: str, name: str, verb: str, by, now: datetime) -> None:
    """忘记版式 Forget a remembered layout; files already taken in are not touched."""
    by.must(verb)
    if Layout.objects.filter(noun=noun, name=name).delete()[0]:
        record(facts.LAYOUT_FORGOTTEN, f"layout:{noun}:{name}"[:80], by=by, at=now)


def told(made: Any) -> Any:
    """What a fact keeps of it: counts and amounts, not the long lists of keys (`…_ids`)."""
    if isinstance(made, list):
        return [told(part) for part in made]
    if isinstance(made, dict):
        return {name: told(value) for name, value in made.items() if not name.endswith("_ids")}
    return made


def _once_per_file(noun: str, file_digest: str, mark: str, by, now, do) -> dict[str, Any]:
    """The file itself is the key, counted up when it was undone or taken in part, so that it can be taken again."""
    key = f"file:{mark}:{generation(noun, file_digest)}"
    if (answer := taken_before(noun, file_digest, mark)) is not None:
        return answer
    try:
        return once(key=key, verb=f"file.{noun}", body=mark, by=by, now=now, do=do)
    except KeyReused:
        # Somebody else took the same file in between our question and now.
        return taken_before(noun, file_digest, mark) or {}

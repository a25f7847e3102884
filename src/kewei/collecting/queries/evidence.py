"""证据: what there is to prove an invoice, from every room below, and the files of it (domain 4.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kewei.collecting.models import Arrival, EvidencePack, EvidencePaper, Letter, LetterLine, PromiseItem, Sending
from kewei.collecting.queries import letters
from kewei.collecting.rules.evidence import EVIDENCE, PAPER_KINDS, Evidence, Traces, is_low, score
from kewei.collecting.rules.letters import AGREED, DEMAND, DROPPED, FAIR, KINDS, STRONG, WEAK
from kewei.journal import queries_policies
from kewei.journal.bulk import among, chunks
from kewei.journal.queries_attachments import attachments
from kewei.kernel.refusals import N_, NotFound
from kewei.orders.queries.evidence import Delivered, delivered_of
from kewei.people.models import Person
from kewei.receivables import queries as receivables
from kewei.receivables.queries import sign_backs
from kewei.terminals import queries as terminals

SEE = "collecting.see"
# A fully digital invoice: its original is with the tax authority (domain 4.9).
DIGITS = 20


@dataclass(frozen=True)
class PaperRow:
    """A file somebody added to an invoice."""

    pk: int
    kind: str
    attachment: int
    filename: str
    digest: str
    on: date | None
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class InvoiceEvidence:
    """One invoice with its score, its traces and its files."""

    entry_id: int
    number: str
    terminal_id: int
    on: date
    due_date: date
    total_fen: int
    open_fen: int
    overdue_days: int
    evidence: Evidence
    low: bool
    delivered: Delivered | None
    demands: tuple[letters.ArrivedDemand, ...]
    signed: tuple[sign_backs.Signed, ...]
    papers: tuple[PaperRow, ...]


@dataclass(frozen=True)
class Item:
    """A file of a pack: which part it proves, of which invoices, and where its bytes are."""

    part: str
    words: str
    name: str
    attachment: Any = None
    letter: int | None = None
    delivery: int | None = None


def scores(item_ids: Iterable[int], today: date) -> dict[int, Evidence]:
    """The evidence score of these invoices, whoever asks: a constant number of queries."""
    policy = queries_policies.in_force(EVIDENCE, today).value
    ids = list(dict.fromkeys(item_ids))
    return {pk: score(traces, policy) for pk, traces in _traces(ids, today).items()}


def weakest(item_ids: Iterable[int], today: date) -> int | None:
    """The lowest score among these invoices, whoever asks; None where none of them is an invoice."""
    return min((one.points for one in scores(item_ids, today).values()), default=None)


def thin(overdue: Mapping[int, Collection[tuple[int, int, int]]], today: date) -> set[int]:
    """Debtors whose largest invoice overdue long enough has too little evidence, whoever asks.

    By debtor (item, days past due, fen). The largest stands for all of a debtor: a handful of queries for the whole book.
    """
    policy = queries_policies.in_force(EVIDENCE, today).value
    largest: dict[int, tuple[int, int]] = {}
    for terminal, items in overdue.items():
        old = [(fen, item, days) for item, days, fen in items if days > policy.after_days]
        if old:
            _fen, item, days = max(old)
            largest[item] = (terminal, days)
    return {
        largest[item][0]
        for item, traces in _traces(list(largest), today).items()
        if is_low(score(traces, policy).points, largest[item][1], policy)
    }


def evidence_of(person: Person, pk: int, today: date) -> InvoiceEvidence:
    """One invoice: its score, what it rests on, its files. Raises NotFound."""
    receivables.entry(person, pk)
    found = evidence_of_all([pk], today)
    if pk not in found:
        raise NotFound(noun=N_("发票"))
    terminals.terminal_for(person, found[pk].terminal_id, SEE)
    return found[pk]


def evidence_of_all(item_ids: Collection[int], today: date) -> dict[int, InvoiceEvidence]:
    """Invoices with score, traces and files, whoever asks."""
    policy = queries_policies.in_force(EVIDENCE, today).value
    ids = list(dict.fromkeys(item_ids))
    traces = _traces(ids, today)
    documents, delivered, demands = receivables.documents(ids), delivered_of(ids), letters.arrived_demands(ids)
    signed = sign_backs.signed_of({row.terminal_id for row in documents.values()})
    papers = papers_of(ids)
    found = {}
    for pk, one in traces.items():
        row = documents[pk]
        due = row.due_date or row.on
        overdue = max(0, (today - due).days)
        evidence = score(one, policy)
        found[pk] = InvoiceEvidence(
            pk, row.number, row.terminal_id, row.on, due, row.total_fen, row.open_fen, overdue, evidence,
            is_low(evidence.points, overdue, policy), delivered.get(pk), tuple(demands.get(pk, ())),
            tuple(s for s in signed.get(row.terminal_id, ()) if s.last >= row.on), tuple(papers.get(pk, ())),
        )  # fmt: skip
    return found


def papers_of(item_ids: Collection[int]) -> dict[int, list[PaperRow]]:
    """Files added to these invoices and not taken off, oldest first, whoever asks."""
    found: dict[int, list[PaperRow]] = defaultdict(list)
    fields = (
        "entry_id", "pk", "kind", "attachment_id", "attachment__filename", "attachment__digest", "on", "note",
        "added_by__name", "added_at",
    )  # fmt: skip
    for part in chunks(item_ids):
        rows = EvidencePaper.objects.filter(among("entry_id", part), ended_at=None).order_by("pk")
        for entry, *values in rows.values_list(*fields):
            found[entry].append(PaperRow(*values))
    return dict(found)


def paper_for(person: Person, pk: int, verb: str = SEE) -> EvidencePaper:
    """A file of evidence this person may see. Raises NotFound."""
    found = (
        EvidencePaper.objects.visible_to(person, verb).filter(pk=pk).select_related("attachment", "terminal").first()
    )
    if found is None:
        raise NotFound(noun=N_("附件"))
    return found


def overdue_by_size(
    person: Person, today: date, *, terminal: int | None = None, start: int = 0, limit: int = 50
) -> tuple[list[Any], int]:
    """Overdue invoices, largest first, with their scores; how many there are."""
    rows, count = receivables.open_items(
        person, today, terminal=terminal, overdue=True, order="-open", start=start, limit=limit
    )
    found = scores([row.entry_id for row in rows], today)
    return [(row, found[row.entry_id]) for row in rows if row.entry_id in found], count


def packs_of(person: Person, terminal_id: int) -> list[tuple[int, str, int, str, str, datetime]]:
    """Packs handed out about a customer, newest first: files, to whom, fen, digest, by, when."""
    rows = EvidencePack.objects.visible_to(person, SEE).filter(terminal=terminal_id).order_by("-pk")
    return list(rows.values_list("files", "recipient", "fen", "digest", "by__name", "at"))


def files_of(item_ids: Collection[int]) -> list[Item]:
    """Everything that goes into a pack about these invoices, in the order of the parts, each file once, whoever asks."""
    ids = list(dict.fromkeys(item_ids))
    documents, delivered = receivables.documents(ids), delivered_of(ids)
    made = [*_added_files(ids), *_delivery_files(delivered, documents), *_letter_files(ids)]
    made += [*_promise_files(ids), *_signed_files(documents)]
    seen: dict[Any, Item] = {}
    for item in made:
        seen.setdefault((item.letter, item.delivery, getattr(item.attachment, "pk", None)), item)
    order = {part: place for place, part in enumerate(PAPER_KINDS)}
    return sorted(seen.values(), key=lambda item: order[item.part])


def _added_files(ids: Collection[int]) -> Iterator[Item]:
    rows = EvidencePaper.objects.filter(among("entry_id", list(ids)), ended_at=None).select_related(
        "attachment", "entry"
    )
    for row in rows.order_by("entry__due_date", "pk"):
        yield Item(row.kind, row.note, f"{row.entry.number} {row.attachment.filename}", attachment=row.attachment)


def _delivery_files(delivered: dict[int, Delivered], documents: dict[int, Any]) -> Iterator[Item]:
    kept = attachments(one.paper for one in delivered.values() if one.paper)
    for entry, one in sorted(delivered.items()):
        yield Item("delivery", documents[entry].number, f"随货同行单 {one.number}.pdf", delivery=one.delivery)
        if one.paper in kept:
            paper = kept[one.paper]
            yield Item("receipt", one.receiver_name, f"签收 {one.number} {paper.filename}", attachment=paper)


def _letter_files(ids: Collection[int]) -> Iterator[Item]:
    """Letters as they were sealed, their waybills and the proofs of their arrival."""
    keys = set(LetterLine.objects.filter(among("entry_id", list(ids))).values_list("letter", flat=True))
    rows: Any = Letter.objects.filter(pk__in=keys, paper__isnull=False).exclude(state=DROPPED)
    for letter in rows.order_by("day", "pk"):
        part = "promise" if KINDS[letter.kind].effect == AGREED else "demand"
        title = letter.paper["title"]
        yield Item(part, title, f"{title} {letter.number}.pdf", letter=letter.pk)
    sendings: Any = Sending.objects.filter(letter__in=keys, receipt__isnull=False).select_related("receipt")
    for row in sendings:
        yield Item("demand", row.waybill, f"运单底单 {row.waybill} {row.receipt.filename}", attachment=row.receipt)
    arrivals: Any = Arrival.objects.filter(letter__in=keys, proof__isnull=False).select_related("proof")
    for row in arrivals:
        yield Item("demand", row.signer, f"送达证明 {row.on} {row.proof.filename}", attachment=row.proof)


def _promise_files(ids: Collection[int]) -> Iterator[Item]:
    rows: Any = PromiseItem.objects.filter(among("entry_id", list(ids)), promise__paper__isnull=False)
    for promise in dict.fromkeys(row.promise for row in rows.select_related("promise__paper")):
        words = f"承诺 {promise.made_on} {promise.paper.filename}"
        yield Item("promise", promise.promiser, words, attachment=promise.paper)


def _signed_files(documents: dict[int, Any]) -> Iterator[Item]:
    """Signed statements of a period in which one of the invoices stood."""
    first = min((row.on for row in documents.values()), default=date.max)
    signed = sign_backs.signed_of({row.terminal_id for row in documents.values()})
    papers = {one.paper: one for every in signed.values() for one in every if one.paper and one.last >= first}
    for pk, paper in attachments(pk for pk in papers if pk is not None).items():
        yield Item("statement", "", f"回签对账单 {papers[pk].last} {paper.filename}", attachment=paper)


def _traces(ids: Collection[int], today: date) -> dict[int, Traces]:
    """What the house knows about these invoices, in a constant number of queries."""
    documents = {pk: row for pk, row in receivables.documents(ids).items() if row.kind == "invoice"}
    contracts, delivered, demands = receivables.contracts(ids), delivered_of(ids), letters.arrived_demands(ids)
    signed = sign_backs.signed_of({row.terminal_id for row in documents.values()})
    added, promises = papers_of(ids), _promises(ids)
    found = {}
    for pk, row in documents.items():
        one, mine = delivered.get(pk), [s for s in signed.get(row.terminal_id, ()) if s.last >= row.on]
        strengths = {d.strength for d in demands.get(pk, ()) if d.effect == DEMAND}
        agreed = any(d.effect == AGREED and d.strength != WEAK for d in demands.get(pk, ()))
        found[pk] = Traces(
            contract=pk in contracts, ordered=one is not None, delivered=one is not None,
            received=one is not None and one.received_on is not None,
            receiver_authorised=one is not None and one.receiver is not None,
            receipt_paper=one is not None and one.paper is not None,
            fields=len(row.number) == DIGITS and row.number.isdigit(), statement_signed=bool(mine),
            statement_sealed=any(s.seal != "none" for s in mine),
            demand=STRONG if STRONG in strengths else FAIR if FAIR in strengths else "",
            promise_written=agreed or promises.get(pk, False), promised=pk in promises,
            paid=row.open_fen < row.total_fen,
            papers=frozenset(paper.kind for paper in added.get(pk, ())),
        )  # fmt: skip
    return found


def _promises(ids: Collection[int]) -> dict[int, bool]:
    """Which of these invoices were promised, and whether one of the promises is on paper."""
    found: dict[int, bool] = {}
    for part in chunks(ids):
        rows = PromiseItem.objects.filter(among("entry_id", part)).values_list("entry_id", "promise__paper_id")
        for entry, paper in rows:
            found[entry] = found.get(entry, False) or paper is not None
    return found

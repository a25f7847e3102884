"""Papers printed on all processors are those printed one by one, in their order."""

from datetime import date, datetime

from tests.journeys.doors import text_in

from kewei.receivables import papers, rules


def test_many_statements_come_in_their_order():
    statement = rules.statement.build_statement(
        first=date(2026, 1, 1), last=date(2026, 1, 31), opening_fen=100, movements=[],
        open_items=[rules.OpenItem(1, "F1", date(2026, 1, 5), date(2026, 1, 1), 100)], unapplied_fen=0,
    )  # fmt: skip
    told = [
        papers.as_paper(
            statement, customer=papers.Party(name=f"第{n}药房"), company=papers.Party(name="公司"),
            made_at=datetime(2026, 2, 1), translate=str,
        )
        for n in range(5)
    ]  # fmt: skip
    for n, pdf in enumerate(papers.statement_pdfs(told)):
        assert f"第{n}药房" in text_in(pdf)
    assert papers.statement_pdfs([]) == []

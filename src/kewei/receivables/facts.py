"""What the receivables room tells the house. Those of a posting hold its digest."""

from kewei.kernel.refusals import N_

INVOICE_POSTED = "receivables.invoice_posted"
INVOICES_IMPORTED = "receivables.invoices_imported"
RED_LETTER_POSTED = "receivables.red_letter_posted"
RED_LETTERS_IMPORTED = "receivables.red_letters_imported"
PAYMENT_RECEIVED = "receivables.payment_received"
PAYMENTS_IMPORTED = "receivables.payments_imported"
ALLOCATED = "receivables.allocated"
ALLOCATION_REVERSED = "receivables.allocation_reversed"
ENTRY_REVERSED = "receivables.entry_reversed"
POSTING_REVERSED = "receivables.posting_reversed"
BILL_CHECKED = "receivables.bill_checked"
BILL_CLEARED = "receivables.bill_cleared"
BILL_DISHONOURED = "receivables.bill_dishonoured"
WRITTEN_OFF = "receivables.written_off"
WRITE_OFF_RECOVERED = "receivables.write_off_recovered"
STATEMENT_MADE = "receivables.statement_made"
STATEMENT_SIGNED = "receivables.statement_signed"
STATEMENT_DIFFERS = "receivables.statement_differs"
LEDGER_CHECKED = "receivables.ledger_checked"

# What people read for each of them.
SAYS: dict[str, str] = {
    INVOICE_POSTED: N_("登记发票"),
    INVOICES_IMPORTED: N_("导入发票"),
    RED_LETTER_POSTED: N_("登记红字发票"),
    RED_LETTERS_IMPORTED: N_("导入红字发票"),
    PAYMENT_RECEIVED: N_("登记收款"),
    PAYMENTS_IMPORTED: N_("导入收款"),
    ALLOCATED: N_("核销"),
    ALLOCATION_REVERSED: N_("撤销核销"),
    ENTRY_REVERSED: N_("冲销单据"),
    POSTING_REVERSED: N_("冲销凭证"),
    BILL_CHECKED: N_("票据检查"),
    BILL_CLEARED: N_("票据兑付"),
    BILL_DISHONOURED: N_("票据拒付"),
    WRITTEN_OFF: N_("账务核销"),
    WRITE_OFF_RECOVERED: N_("已核销收回"),
    STATEMENT_MADE: N_("出具对账单"),
    STATEMENT_SIGNED: N_("对账单回签相符"),
    STATEMENT_DIFFERS: N_("对账单回签不符"),
    LEDGER_CHECKED: N_("核对账目"),
}

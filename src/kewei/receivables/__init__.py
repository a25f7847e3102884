"""Invoices, receipts, allocations, ageing and statements: who owes us what, since when."""

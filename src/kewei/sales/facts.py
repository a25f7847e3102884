"""What the sales room tells the house."""

SALES_POSTED = "sales.sales_posted"
SALES_REVERSED = "sales.sales_reversed"

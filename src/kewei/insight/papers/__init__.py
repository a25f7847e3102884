"""Papers of insight: the monthly review as PDF and as Excel."""

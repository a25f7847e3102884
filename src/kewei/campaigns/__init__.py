"""The key product of the month: candidates, a hold-out group, the result."""

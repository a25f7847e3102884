"""The offline visit app: sync, keys and a small front end; no second set of rules."""

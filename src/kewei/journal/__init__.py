"""Facts in a hash chain: audit trail, keys of what was done once, and the queue of followers."""

"""Account plans, decision roles and reviews for the largest customers."""

"""Papers of key accounts: the plan as the form has it."""

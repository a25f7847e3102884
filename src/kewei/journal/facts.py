"""What the journal itself tells."""

INTAKE_TAKEN = "journal.intake_taken"
INTAKE_UNDONE = "journal.intake_undone"
EXPORTED = "journal.exported"
SENSITIVE_READ = "journal.sensitive_read"

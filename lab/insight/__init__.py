"""Pure statistics over records."""

"""Pure statistics over records and texts, and the tastes that simulated raters go by."""

"""Which recurrences remember how far back, from finished runs."""

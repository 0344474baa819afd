"""Who sees and does what: one table, and the walk through the whole schema that holds it against the product."""

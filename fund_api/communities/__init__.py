"""States, communities, the forms of government they had, and the sources that say so."""

"""Exports: every row of a document in a file, from the database here or from a server."""

"""Reporting: what whoever pulls data gets, in the forms of their tools, and in the standards of the field."""

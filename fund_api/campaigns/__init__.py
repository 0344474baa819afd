"""Campaigns to change or defend a form of government, and the ballot measures that decided them."""

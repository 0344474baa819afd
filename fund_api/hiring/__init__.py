"""Helping communities to hire their first or next professional manager."""

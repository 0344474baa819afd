"""Printed material: stock, and orders that reserve it."""

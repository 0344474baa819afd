"""Clients that others wrote, tried on this server."""

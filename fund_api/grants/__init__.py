"""Grants: what the fund gives to campaigns, from inquiry to close-out."""

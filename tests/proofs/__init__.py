"""Proofs that take minutes: `make proofs` runs them, `make check` does not."""

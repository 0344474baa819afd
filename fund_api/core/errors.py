"""Failures that their reader can mend."""


class Failure(Exception):
    """Something that the caller has to mend; the message says what is wrong and what is allowed."""

"""The demonstration: a second database in which fictional people work on fictional communities."""

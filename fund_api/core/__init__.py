"""What every part stands on: settings, database, ids, money, clock, errors, text."""

import tests.oracle.matches  # noqa: F401  # the reference has to know what our rules mean

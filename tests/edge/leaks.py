"""What no answer may tell: statements, libraries, paths, and where something went wrong in the code."""

import re

LEAK = re.compile(
    r"\bSELECT .* FROM |\bINSERT INTO |\bUPDATE .* SET |sqlite|asyncpg|sqlalchemy|graphql-core|Traceback|File \\?\"|\.py\b"
    r"|site-packages|/home/|/tmp/|/dev/shm|object at 0x"
)

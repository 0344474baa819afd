"""Ask a running server how much it holds; fails unless the packaged data is all there."""

import json
import sys
import urllib.request

QUERY = {"query": "{ communities { totalCount } campaigns { totalCount } }"}
EXPECTED = {"data": {"communities": {"totalCount": 39_234}, "campaigns": {"totalCount": 52}}}

request = urllib.request.Request(  # noqa: S310  # the address is the caller's own server
    sys.argv[1], json.dumps(QUERY).encode(), {"content-type": "application/json"}
)
with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  # as above
    answer = json.load(response)
sys.exit(0 if answer == EXPECTED else f"unexpected answer: {answer}")

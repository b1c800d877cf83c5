"""How a peer takes part: it reads when a line asks it to, so that everybody is warm and takes turns.

python PEER.py ──> {"ready": true}
{"url": ..., "rows": ...} ──> {"rows": 50000, "seconds": 1.9, "cpu": 1.8}     a line each, until the input ends
"""

from __future__ import annotations

import json
import os
import sys
import time


def take_turns(read):
    """Answer every line by what *read* did; what a peer itself prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        cpu, began = time.process_time(), time.perf_counter()
        rows = read(question)
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        print(json.dumps({"rows": rows, "seconds": seconds, "cpu": used}), file=answers, flush=True)

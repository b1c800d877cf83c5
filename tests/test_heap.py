"""Pages that come and go do not ask the system for new memory each time."""

import platform
import subprocess
import sys

import pytest

ROUNDS = """
import resource
from lakeflow_sources.heap import keep_memory

if {kept}:
    keep_memory()

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        held = [b"x" * (12 << 20) for _ in range(4)]
        del held
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have their own ways")
def test_large_blocks_are_used_again():
    new, kept = (
        int(subprocess.run([sys.executable, "-c", ROUNDS.format(kept=kept)], check=True, stdout=subprocess.PIPE).stdout)
        for kept in (False, True)
    )
    assert kept < new / 10

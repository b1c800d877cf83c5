"""Kinds of faults that a read has to come through, as mocks make them."""

KINDS = {
    "429 with Retry-After": {"kind": "429", "retry_after": 0},
    "429 with a date": {"kind": "429", "retry_after": 1, "date": True},
    "429 without": {"kind": "429", "policy": "SECONDLY"},
    "500": {"kind": "500"},
    "503": {"kind": "503"},
    "dropped": {"kind": "drop"},
    "truncated": {"kind": "truncate"},
    "invalid JSON": {"kind": "invalid_json"},
    "slow": {"kind": "slow", "seconds": 0.2},
}


def mixed(mock, *paths, share=0.2):
    """Every kind at once, together at *share* of the calls."""
    for fault in KINDS.values():
        mock.faults(rate=share / len(KINDS), paths=list(paths), **fault)

"""A shell without a terminal, in which commands run as a user's do."""

import os
import subprocess
import sys


def run(*arguments, mock=None, cwd=None, **environment):
    base = {name: value for name, value in os.environ.items() if not name.startswith("LAKEFLOW_")}
    if mock is not None:
        prefix = f"LAKEFLOW_{mock.name.upper()}_"
        base |= {prefix + name.upper(): value for name, value in mock.options.items()}
        base |= {f"{prefix}REQUESTS_PER_SECOND": "1000"}
    return subprocess.run(
        [sys.executable, "-m", "lakeflow_sources.cli", *arguments],
        env=base | {"COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        check=False,
    )


def failed(done, code=1):
    """The one sentence on standard error."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]

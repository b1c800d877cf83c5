"""Run notebooks on local Spark, in a process of their own that this one watches."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

import lakeflow_sources
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.java import require_java
from lakeflow_sources.local.job import Job, job_to_json
from lakeflow_sources.local.narrator import Narrator
from lakeflow_sources.local.notebook import find_notebooks
from lakeflow_sources.local.report import Row, RunReport, report_from_json
from lakeflow_sources.local.secrets import read_secrets, secret_values
from lakeflow_sources.local.state import State, open_state, save_report
from lakeflow_sources.redact import Redactor

__all__ = ["query_local", "run_local"]

"""An API on loopback that serves samples: `api.yaml` says how it signs in and pages, JSON files beside it hold records.

api.yaml ──> keys ──> load ──> Service
             shape    records  sign_in, pages, windows
"""

from __future__ import annotations

from lakeflow_sources.testing.sampled.load import FILE, find_samples
from lakeflow_sources.testing.sampled.service import sampled_mock

__all__ = ["FILE", "find_samples", "sampled_mock"]

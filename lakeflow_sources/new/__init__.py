"""A new connector as a folder: declaration or Python, samples, contract test, README and preset, good from the start.

name, style ──> starter ──┐
OpenAPI file ─> openapi ──┴─> Draft ──> texts ──> folder
"""

from __future__ import annotations

from lakeflow_sources.new.folder import write_folder
from lakeflow_sources.new.openapi import draft_of
from lakeflow_sources.new.project import Style, project_files
from lakeflow_sources.new.starter import check_name, starter

__all__ = ["Style", "check_name", "draft_of", "project_files", "starter", "write_folder"]

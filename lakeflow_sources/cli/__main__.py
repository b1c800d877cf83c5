"""`python -m lakeflow_sources.cli`, where the script is not on the PATH."""

from lakeflow_sources.cli import main

main()

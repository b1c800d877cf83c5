"""What the oldest Spark cannot do, for tests that need it."""

from importlib.util import find_spec

import pyspark
import pytest

needs_pipelines = pytest.mark.skipif(find_spec("pyspark.pipelines") is None, reason="Spark 4.0 has no pipelines")
needs_replacement = pytest.mark.skipif(
    pyspark.__version__.startswith("4.0."),
    reason="Spark 4.0 lets nothing take the place of a source that it found by itself, here one with another clock",
)

"""A local Spark with a Connect server on a free port and a catalogue that survives."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as ConnectSession

from lakeflow_sources.local.state import State

__all__ = ["LocalSpark", "local_spark"]

_SERVICE = "org.apache.spark.sql.connect.service.SparkConnectService$"
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class LocalSpark:
    """A Connect server in this process's own JVM."""

    address: str
    closing: ExitStack

    def session(self, configuration: Mapping[str, str] | None = None) -> Any:
        """A session of its own: sources that one notebook registers are unknown to the others."""
        builder = ConnectSession.builder.remote(self.address)
        for name, value in (configuration or {}).items():
            builder = builder.config(name, value)
        session = builder.create()
        self.closing.callback(session.stop)
        return session


@contextmanager
def local_spark(state: State, *, cores: int, memory: str) -> Iterator[LocalSpark]:
    """Local Spark until the end of the context, its sessions first: left open they wait for a server that is gone."""
    os.environ["SPARK_CONNECT_AUTHENTICATE_TOKEN"] = str(uuid.uuid4())
    conf = SparkConf(loadDefaults=False).setAll(list(_settings(state, cores, memory).items()))
    with ExitStack() as closing:
        context = SparkContext(conf=conf)
        closing.callback(context.stop)
        SparkSession(context)
        server = getattr(getattr(context._jvm, _SERVICE), "MODULE$")  # noqa: SLF001 - as pyspark's own client finds the port
        os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
        # With a token the client insists on TLS for every host but this name.
        yield LocalSpark(f"sc://localhost:{server.localPort()}", closing)


def _settings(state: State, cores: int, memory: str) -> dict[str, str]:
    database = state.metastore.as_posix()
    return {
        "spark.app.name": "lakeflow-sources run-local",
        "spark.master": f"local[{cores}]",
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": _LOOPBACK,
        "spark.connect.grpc.binding.port": "0",
        "spark.sql.artifact.isolation.enabled": "true",
        "spark.sql.artifact.isolation.alwaysApplyClassloader": "true",
        "spark.driver.bindAddress": _LOOPBACK,
        "spark.driver.host": _LOOPBACK,
        "spark.driver.memory": memory,
        # Half of a short run is the JVM compiling itself; the first compiler alone halves that.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(cores),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": state.warehouse.as_uri(),
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={database};create=true",
        "spark.sql.connect.serverStacktrace.enabled": "false",
        "spark.sql.execution.pyspark.udf.simplifiedTraceback.enabled": "true",
        # A worker has ten seconds to start, which no setting changes: not all flows may start theirs at once.
        "spark.sql.pipelines.execution.maxConcurrentFlows": str(max(2, cores)),
        # The HTTP client has retried already; once more is for a worker that did not start in time.
        "spark.sql.pipelines.maxFlowRetryAttempts": "1",
    }

"""The test class of a connector: `TestAcme = contract(CONNECTOR, fake_api.from_samples(FOLDER))`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from lakeflow_sources.declare import Connector, Table
from lakeflow_sources.errors import ConfigurationError
from lakeflow_sources.options import resolved
from lakeflow_sources.testing.fake_api import FakeApi
from lakeflow_sources.testing.kit import leaks, promises, travel, troubles
from lakeflow_sources.testing.kit.bench import Bench

__all__ = ["Contract", "contract"]

_PAGE = 2


@dataclass(frozen=True)
class Terms:
    """What a contract is about; *empty* are columns, as `table.column`, that the mock never fills."""

    connector: Connector
    api: FakeApi
    tables: tuple[str, ...]
    windowed: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    page_size: int = _PAGE
    empty: Collection[str] = ()

    def never(self, table: str) -> set[str]:
        """Columns of *table* that the mock never fills."""
        return {name.removeprefix(f"{table}.") for name in self.empty if name.startswith(f"{table}.")}


class Contract:
    """What a connector promises, as tests; `contract` gives it its *terms*."""

    terms: ClassVar[Terms]
    bench: ClassVar[Bench]

    @classmethod
    def setup_class(cls) -> None:
        """One mock serves all checks that leave no traces."""
        cls.bench = Bench(cls.terms.connector, cls.terms.api.start(), cls.terms.options)

    @classmethod
    def teardown_class(cls) -> None:
        """Its process ends with the class."""
        cls.bench.server.close()

    def setup_method(self) -> None:
        """Each check begins without faults."""
        self.bench.calm()

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """A test for each table that it is about."""
        if "table" in metafunc.fixturenames:
            metafunc.parametrize("table", self.terms.tables)
        if "windowed" in metafunc.fixturenames:
            metafunc.parametrize("windowed", self.terms.windowed)

    def test_declared_columns_are_filled(self, table: str) -> None:
        promises.columns_are_filled(self.bench, table, self.terms.never(table))

    def test_every_page_is_followed_and_paging_ends(self, table: str) -> None:
        promises.every_page_is_followed(self.bench, table, self.terms.page_size)

    def test_a_window_read_again_gives_equal_rows(self, windowed: str) -> None:
        promises.windows_are_replayed(self.bench, windowed)

    def test_a_refused_token_is_renewed_once(self) -> None:
        for bench in self._alone():
            troubles.refused_tokens_are_renewed_once(bench, self.terms.tables[0])

    def test_retry_after_is_obeyed(self) -> None:
        for bench in self._alone():
            troubles.retry_after_is_obeyed(bench, self.terms.tables[0])

    def test_it_travels_to_workers_that_cannot_import_it(self) -> None:
        import pytest

        pytest.importorskip("pyspark")
        travel.travels_to_bare_workers(self.bench, self.terms.tables)

    def test_no_credential_is_shown(self) -> None:
        for bench in self._alone():
            leaks.no_secret_is_shown(bench, self.terms.tables[0])

    def _alone(self) -> Iterator[Bench]:
        """The connector with each way to sign in, at a mock of its own: for checks that leave traces."""
        with self.terms.api.start() as server:
            for way in server.ways:
                bench = Bench(self.terms.connector, server, self.terms.options, way)
                bench.calm()
                yield bench


def contract(
    connector: Connector,
    api: FakeApi,
    *,
    tables: Sequence[str] = (),
    options: Mapping[str, str] = MappingProxyType({}),
    page_size: int = _PAGE,
    empty: Collection[str] = (),
) -> type[Contract]:
    """The test class of *connector* against *api*, for pytest to find under a name that begins with `Test`.

    It checks that declared columns are filled, that every page is followed and paging ends, that a window read again
    gives equal rows, that a refused token is renewed once, that `Retry-After` is obeyed, that everything travels to
    workers that cannot import it, and that no credential is shown.

    *tables*: those to check; all that are known without an account, without it. *options*: further ones for each read.
    *page_size*: of small pages. *empty*: columns, as `table.column`, that the mock leaves empty.
    """
    terms = Terms(connector, api, *_tables(connector, tables, options), dict(options), page_size, empty)
    made = type("Contract", (Contract,), {"terms": terms, "__doc__": Contract.__doc__})
    if not terms.windowed:  # left out rather than skipped
        made.test_a_window_read_again_gives_equal_rows = None  # type: ignore[attr-defined]
    return made


def _tables(
    connector: Connector, tables: Sequence[str], options: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those to check, and those of them that have windows."""
    known = {table.name: table for table in _fixed(resolved(connector, options))}
    unknown = [name for name in tables if name not in known and not callable(connector.tables)]
    if unknown:
        raise ConfigurationError(
            f"{connector.name} has no table {', '.join(unknown)}", f"name some of {', '.join(known)}"
        )
    chosen = tuple(tables or known)
    if not chosen:
        raise ConfigurationError(f"{connector.name} has no tables without an account", "name some by `tables`")
    return chosen, tuple(name for name in chosen if name in known and _streams(known[name]))


def _fixed(connector: Connector) -> tuple[Table, ...]:
    return connector.static_tables if callable(connector.tables) else connector.tables


def _streams(table: Table) -> bool:
    return table.cursor is not None and table.ingestion != "snapshot"

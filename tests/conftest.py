"""What every test may ask for: a fresh migrated database on both engines, a runtime, and a clock."""

import atexit
import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen
from xdist.scheduler import LoadScopeScheduling

from campaign.runtime import Runtime, build_runtime
from campaign.settings import Settings, load_settings
from campaign.store import schema
from campaign.store.database import Database
from campaign.store.tables import Base
from tests import databases, kept_connections
from tests.compiled_once import compile_once
from tests.databases import Emptying
from tests.encrypted_writes import refuse
from tests.kept_connections import keep_connections
from tests.make import changed_settings
from tests.memory import folder_in_memory
from tests.put_back import made_anew
from tests.rows import close_servers, copied_without_rows, serve
from tests.warm_reader import cold_readers, warm_readers

# Until all tests are collected nothing becomes garbage.
gc.disable()
if "PYTEST_XDIST_WORKER" in os.environ:
    # The last thing that a process does: to take all modules apart at the end took it three seconds.
    atexit.register(os._exit, 0)
compile_once()
keep_connections()
warm_readers()
listen(Engine, "before_execute", refuse)
# A busy machine takes longer for an example, which says nothing about the rule.
hypothesis.settings.register_profile(
    "any load", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("any load")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-database",
        action="store_true",
        help="run every test of the web on PostgreSQL too",
    )


def pytest_configure() -> None:
    """Files of tests live in memory where this machine has room there: no commit waits for a disk."""
    if folder := folder_in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is slow by what it asks for, and leave out what tests/README.md keeps for `make test-all`."""
    later = set(_later_rows(items))
    for item in items:
        if "program" in getattr(item, "fixturenames", ()) or _is_slow_on_its_server(item) or item in later:
            item.add_marker(pytest.mark.slow)
    if not config.getoption("every_database"):
        second = [item for item in items if _repeats_what_another_database_shows(item)]
        config.hook.pytest_deselected(items=second)
        items[:] = [item for item in items if item not in set(second)]


def _repeats_what_another_database_shows(item: pytest.Item) -> bool:
    is_web = item.path.is_relative_to(Path(__file__).parent / "web")
    return is_web and "postgresql" in item.keywords and item.get_closest_marker("both_databases") is None


def _later_rows(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Of tests that say `first_rows(n)`, what they show of all other rows of their tables."""
    tests: dict[tuple[Any, int], dict[tuple[int, ...], list[pytest.Item]]] = {}
    for item in items:
        if (mark := item.get_closest_marker("first_rows")) and isinstance(item, pytest.Function):
            places = item.callspec.indices.items()
            row = tuple(place for name, place in places if name != "database_url")
            tests.setdefault((item.function, *mark.args), {}).setdefault(row, []).append(item)
    for (_, count), rows in tests.items():
        assert len(rows) > count, f"{next(iter(rows.values()))} have no rows but the first"
        for row in sorted(rows)[count:]:
            yield from rows[row]


def _is_slow_on_its_server(item: pytest.Item) -> bool:
    """Pages and whole stories are, and what says so of itself."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return "postgresql" in item.keywords and (
        folder in _TOLD_OVER_PAGES or item.get_closest_marker("slow_on_postgresql") is not None
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI is set to true nothing may be missing: a test that would be skipped for it fails."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"{item.nodeid}: {reason}"
    return report


class OneBrowser(LoadScopeScheduling):  # type: ignore[misc]
    """One process has all tests of the browser, with one installation; others are shared out one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser | None:
    """Groups by mark, which would do the same, get lost in some versions of what shares tests out."""
    return OneBrowser(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Modules and tests stay to the end: looking through them for garbage took a fifth of a run."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 10, 20)


_TOLD_OVER_PAGES = {"web", "journeys", "attacks"}
_LISTENING = {"monkeypatch", "caplog", "capsys", "capfd", "recwarn"}
SECRET_KEY = token_urlsafe(32)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        self.time += timedelta(**span)


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    """What a command sets for its children, a test does not leave to the next one."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(autouse=True)
def made_for_itself(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that changes code, or listens to what it says, has nothing put back that was made before."""
    with made_anew() if _LISTENING & set(request.fixturenames) else nullcontext():
        yield


@pytest.fixture
def cold_reader() -> Iterator[None]:
    """Letters are read as everywhere but in tests: each by a program that is started for it."""
    cold_readers()
    yield
    warm_readers()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "campaign.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[str]:
    """The URL of one migrated PostgreSQL database, which each test leaves empty."""
    server = databases.postgresql_url()
    if server is None:
        pytest.skip(databases.why_no_postgresql())
    url = databases.create_database(server, databases.unique_name("test"))
    database = Database(url)
    schema.upgrade(database)
    database.close()
    yield url
    databases.drop_database(url)


@pytest.fixture(scope="session")
def emptying(postgresql_database: str) -> Iterator[Emptying]:
    """What leaves that database empty."""
    emptying = Emptying(postgresql_database, [table.name for table in Base.metadata.sorted_tables])
    serve(postgresql_database)
    yield emptying
    emptying.close()
    close_servers()
    kept_connections.let_go()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database, on each engine in turn."""
    if request.param == "sqlite":
        copy = tmp_path / "campaign.db"
        copy.write_bytes(request.getfixturevalue("migrated_sqlite").read_bytes())
        copied_without_rows(copy)
        yield f"sqlite:///{copy}"
        return
    empty = request.getfixturevalue("emptying")
    with kept_connections.kept():
        yield request.getfixturevalue("postgresql_database")
        empty()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation's, whose key is that of all tests: what one has put by, another finds as it was."""
    key_file = tmp_path / "instance" / "secret_key"
    key_file.parent.mkdir(mode=0o700, exist_ok=True)
    key_file.touch(0o600)
    key_file.write_text(SECRET_KEY)
    return load_settings({"CAMPAIGN_INSTANCE": str(key_file.parent), "DATABASE_URL": database_url})


@pytest.fixture
def make_runtime(settings: Settings) -> Iterator[Callable[..., Runtime]]:
    """Builds a runtime with some settings of the test's own, and closes it."""
    built: list[Runtime] = []

    def make(**changes: object) -> Runtime:
        built.append(build_runtime(changed_settings(settings, **changes)))
        return built[-1]

    yield make
    for runtime in built:
        runtime.close()


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime]) -> Runtime:
    return make_runtime()


@pytest.fixture
def database(runtime: Runtime) -> Database:
    return runtime.database

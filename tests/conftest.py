"""What every test may ask for: a fresh migrated database on both engines, a runtime, and a clock."""

import gc
import os
import secrets
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from campaign.runtime import Runtime, build_runtime
from campaign.settings import Settings, load_settings
from campaign.settings.secret_key import key_file
from campaign.store import schema
from campaign.store.database import Database
from campaign.store.tables import Base
from tests import databases
from tests.compiled_once import compile_once
from tests.make import changed_settings
from tests.memory import folder_in_memory

compile_once()
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
    """Mark what starts programs of its own, and leave out what tests/README.md keeps for `make test-all`."""
    for item in items:
        if "program" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    if not config.getoption("every_database"):
        second = [item for item in items if _repeats_what_another_database_shows(item)]
        config.hook.pytest_deselected(items=second)
        items[:] = [item for item in items if item not in set(second)]


def _repeats_what_another_database_shows(item: pytest.Item) -> bool:
    is_web = item.path.is_relative_to(Path(__file__).parent / "web")
    return is_web and "postgresql" in item.keywords and item.get_closest_marker("both_databases") is None


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


def pytest_collection_finish(session: pytest.Session) -> None:
    """Modules and tests stay to the end: looking through them for garbage took a fifth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)


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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database, on each engine in turn."""
    if request.param == "sqlite":
        yield databases.copy_sqlite(request.getfixturevalue("migrated_sqlite"), tmp_path / "campaign.db")
        return
    url = request.getfixturevalue("postgresql_database")
    yield url
    databases.empty_database(url, [table.name for table in Base.metadata.sorted_tables])


# The same in all tests that do not make their own: a statement is compiled once for each key.
SECRET_KEY = secrets.token_urlsafe(32)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700, exist_ok=True)
    if not key_file(instance).exists():
        key_file(instance).write_text(SECRET_KEY)
        key_file(instance).chmod(0o600)
    return load_settings({"CAMPAIGN_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": database_url})


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

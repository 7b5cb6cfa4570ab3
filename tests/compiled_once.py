"""Compiles each template, each route and each statement, and packs each static file, once for a whole run.

Every test builds an application and a database of its own. Compiling what they show, the addresses of a
hundred routes and the SQL of each engine took more than half of the time of them all.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

from campaign.web import static


class CompiledTemplates(BytecodeCache):
    """Kept in memory, apart for environments that compile differently."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        ways = (environment.trim_blocks, environment.lstrip_blocks, environment.undefined.__name__)
        return super().get_bucket(environment, f"{name} {ways}", filename, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def compile_once() -> None:
    """Give the caches to every environment and every route made from now on."""
    _templates_once()
    _routes_once()
    _statements_once()
    _static_files_once()


def _templates_once() -> None:
    cache = CompiledTemplates()
    make = Environment.__init__

    def made_with_cache(self: Environment, *args: Any, **options: Any) -> None:
        make(self, *args, **{"bytecode_cache": cache, **options})

    Environment.__init__ = made_with_cache  # type: ignore[method-assign]


def _routes_once() -> None:
    """What builds an address is a function of the rule's parts; the rule itself is handed to it."""
    builders: dict[object, Callable[..., tuple[str, str]]] = {}
    build = Rule._compile_builder

    def built_once(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in builders:
            builders[key] = build(self, append_unknown)
        return builders[key]

    Rule._compile_builder = built_once  # type: ignore[method-assign]


def _statements_once() -> None:
    """Statements are looked up by the dialect of an engine first, and in a cache of that engine's own.

    A compiled one holds the cipher of its engine, so that engines with other keys have their own.
    """

    def is_alike(self: DefaultDialect, other: object) -> bool:
        return type(self) is type(other) and _head(self) == _head(other)

    DefaultDialect.__eq__ = is_alike  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    compiled: dict[Any, Any] = {}
    Engine._compiled_cache = property(lambda self: compiled, lambda self, own: None)  # type: ignore[assignment]


def _head(dialect: object) -> str:
    return getattr(getattr(dialect, "data_cipher", None), "head", "")


def _static_files_once() -> None:
    static._asset = cache(static._asset)

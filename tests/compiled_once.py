"""Compiles each template, each route and each statement, and packs each static file, once for a whole run.

Every test builds an application and a database of its own. Compiling what they show, the addresses of a
hundred routes and the SQL of each engine took more than half of the time of them all.
"""

from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any
from weakref import WeakValueDictionary

from flask import Flask, url_for
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

from campaign.assets import folder
from campaign.errors import UnavailableError
from campaign.store.data_cipher import DataCipher
from campaign.store.database import Database
from campaign.store.earlier_values import EarlierValuesRead
from campaign.web import static


class CompiledTemplates(BytecodeCache):
    """Kept in memory, apart for environments that compile differently."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        ways = (environment.trim_blocks, environment.lstrip_blocks, environment.undefined.__name__)
        return super().get_bucket(environment, f"{name} {ways}", filename, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


def compile_once() -> None:
    """Give the caches to every environment and every route made from now on."""
    _templates_once()
    _environments_once()
    _routes_once()
    _statements_once()
    _earlier_values_once()
    _static_files_once()


def _templates_once() -> None:
    cache = CompiledTemplates()
    make = Environment.__init__

    def made_with_cache(self: Environment, *args: Any, **options: Any) -> None:
        make(self, *args, **{"bytecode_cache": cache, **options})

    Environment.__init__ = made_with_cache  # type: ignore[method-assign]


def _environments_once() -> None:
    """Applications share one: all put the same into it, and addresses are those of the one that answers."""
    made: dict[object, Environment] = {}
    make = Flask.create_jinja_environment

    def made_once(self: Flask) -> Environment:
        key = (self.name, self.template_folder, self.debug, self.config["TEMPLATES_AUTO_RELOAD"])
        if key not in made:
            made[key] = make(self)
            made[key].globals["url_for"] = url_for
            made[key].globals.pop("config", None)
        return made[key]

    Flask.create_jinja_environment = made_once  # type: ignore[method-assign, assignment]


def _routes_once() -> None:
    """What a rule is compiled to is a function of its words and of the converters that it knows."""
    compiled: dict[object, dict[str, Any]] = {}
    compile_rule = Rule.compile

    def compiled_once(self: Rule) -> None:
        assert self.map is not None
        known = tuple(self.map.converters.items())
        key = (self.rule, self.subdomain, self.host, self.merge_slashes, repr(self.defaults), known)
        if key not in compiled:
            compile_rule(self)
            compiled[key] = {name: getattr(self, name) for name in ("_parts", "_trace", "_converters")}
            compiled[key]["arguments"] = frozenset(self.arguments)
            compiled[key]["builders"] = (self._build.__func__, self._build_unknown.__func__)  # type: ignore[attr-defined]
        made = dict(compiled[key])
        self.arguments = set(made.pop("arguments"))
        self._build, self._build_unknown = (build.__get__(self, None) for build in made.pop("builders"))
        vars(self).update(made)

    Rule.compile = compiled_once  # type: ignore[method-assign]


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


def _earlier_values_once() -> None:
    """A statement may hold the cipher of a database that is gone: all that are open are asked."""
    by_database: WeakValueDictionary[int, EarlierValuesRead] = WeakValueDictionary()
    make, ask, close = EarlierValuesRead.__init__, EarlierValuesRead.__call__, Database.close

    def made(self: EarlierValuesRead, cipher: DataCipher, read_proof: Any) -> None:
        make(self, cipher, read_proof)
        by_database[id(read_proof.__self__)] = self

    def asked(self: EarlierValuesRead) -> bool:
        return any(_answer(ask, one) for one in list(by_database.values()))

    def closed(self: Database) -> None:
        # Whoever asked it would open a connection again, and nobody would close that.
        by_database.pop(id(self), None)
        close(self)

    EarlierValuesRead.__init__ = made  # type: ignore[method-assign]
    EarlierValuesRead.__call__ = asked  # type: ignore[method-assign]
    Database.close = closed  # type: ignore[method-assign]


def _answer(ask: Callable[[EarlierValuesRead], bool], one: EarlierValuesRead) -> bool:
    one._good_until = 0.0
    try:
        return ask(one)
    except UnavailableError:
        return False


def _head(dialect: object) -> str:
    return getattr(getattr(dialect, "data_cipher", None), "head", "")


def _static_files_once() -> None:
    """Those of the checkout are read once, so that a page's style is put together once too."""
    read = static.read_assets
    ours, read_once = folder("static"), cache(read)
    static.read_assets = lambda root: read_once(root) if root == ours else read(root)
    static._asset = cache(static._asset)

"""Rows of a model read and written by statements that are put together once a process.

The ORM puts a statement together anew for each call: for a wide table that takes longer than the
database needs to run it. What hot paths read and write by id goes through here instead; the rows
are ordinary instances of their model.
"""
# ruff: noqa: S608 - statements are put together from names of models; values are bound

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from qiao.core.prepared import execute, fetch_all

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any], Any]
_AS_READ: Final = "_as_read"


class Reading(Generic[M]):
    """A SELECT of rows of a model as ``t``, with those that they refer to at their side.

    `where` may use ``%(name)s`` parameters; `beside` are foreign keys, each joined as its name.
    With `lock` the rows are locked for the transaction, and remember what they held:
    `write_changed` writes what differs. With `skips` as well those that another transaction holds
    are left out.
    """

    def __init__(
        self,
        model: type[M],
        *,
        where: str,
        order: str = "t.id",
        beside: Sequence[str] = (),
        lock: bool = False,
        skips: bool = False,
    ) -> None:
        self._model, self._beside, self._lock, self._skips = model, beside, lock, skips
        self._where = f"{where} ORDER BY {order}"
        self._parts: list[_Part] = []
        self._statement = ""

    def all(self, **values: Any) -> list[M]:
        """The rows that these values find."""
        if not self._statement:
            self._put_together()
        return [self._instance(row) for row in fetch_all(self._statement, values)]

    def first(self, **values: Any) -> M | None:
        """The first of them, None for none."""
        found = self.all(**values)
        return found[0] if found else None

    def _put_together(self) -> None:
        # Not before the models are ready, so not where it is written down.
        own = _Part(self._model, "t", "", 0)
        parts, joins = [own], []
        for name in self._beside:
            key: Any = _fields(self._model)[name]
            part = _Part(key.related_model, name, name, parts[-1].end)
            parts.append(part)
            target = key.target_field.column
            joins.append(
                f'LEFT JOIN "{part.table}" AS "{name}" ON "{name}"."{target}" = t."{key.column}"'
            )
        names = ", ".join(column for part in parts for column in part.columns)
        source = f'"{own.table}" AS t {" ".join(joins)}'
        lock = " FOR UPDATE OF t" if self._lock else ""
        lock += " SKIP LOCKED" if self._skips else ""
        self._parts = parts
        self._statement = f"SELECT {names} FROM {source} WHERE {self._where}{lock}"

    def _instance(self, row: Sequence[Any]) -> M:
        own, *others = self._parts
        found: M = own.instance(row)
        for part in others:
            setattr(found, part.name, part.instance(row))
        if self._lock:
            setattr(found, _AS_READ, own.values(row))
        return found


class _Part:
    """The columns of one table in a row, and the instance that they make."""

    def __init__(self, model: type[models.Model], alias: str, name: str, start: int) -> None:
        fields = list(_fields(model).values())
        self.model, self.name, self.table = model, name, _table(model)
        self.columns = [f'"{alias}"."{field.column}"' for field in fields]
        self.start, self.end = start, start + len(fields)
        self._names = [str(field.attname) for field in fields]
        self._converts = [
            (place, convert)
            for place, field in enumerate(fields)
            if (convert := _conversion(field)) is not None
        ]
        self._key = next(place for place, field in enumerate(fields) if field.primary_key)

    def values(self, row: Sequence[Any]) -> dict[str, Any]:
        """The values of the columns by attribute, as the model has them."""
        return dict(zip(self._names, self._converted(row), strict=True))

    def instance(self, row: Sequence[Any]) -> Any:
        """The instance, None where the row refers to nothing."""
        if row[self.start + self._key] is None:
            return None
        return self.model.from_db(connection.alias, self._names, self._converted(row))

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        values = list(row[self.start : self.end])
        for place, convert in self._converts:
            values[place] = convert(values[place])
        return values


def _conversion(field: "models.Field[Any, Any]") -> Convert | None:
    convert: Any = getattr(field, "from_db_value", None)
    return convert and (lambda value: convert(value, None, connection))


def remember(row: models.Model, names: Iterable[str]) -> None:
    """Say that these attributes of a row stand in the database as they stand here: another
    statement wrote them."""
    read = getattr(row, _AS_READ, None)
    if read is not None:
        read.update({name: getattr(row, name) for name in names})


def write_changed(row: models.Model) -> None:
    """Save a row: of one that `Reading` locked, the columns that hold something else now."""
    read: dict[str, Any] | None = getattr(row, _AS_READ, None)
    if read is None:
        row.save()
        return
    values: dict[str, Any] = {}
    for field in _fields(type(row)).values():
        value = getattr(row, field.attname)
        if value != read[field.attname]:
            values[str(field.column)] = field.get_db_prep_save(value, connection)
            read[field.attname] = deepcopy(value)
    if values:
        execute(_update(type(row), tuple(values)), {**values, "own_key": row.pk})


def write_new(row: models.Model) -> None:
    """Insert a row of a model that nobody listens to; it has its key, and what the database sets
    by itself, afterwards. NULL is not written where it stands by itself: of a statement with more
    than fifty values the driver keeps nothing."""
    values: dict[str, Any] = {}
    left: list[models.Field[Any, Any]] = []
    for field in _fields(type(row)).values():
        value = getattr(row, field.attname)
        if isinstance(value, DatabaseDefault) or (field.primary_key and value is None):
            left.append(field)
        elif value is not None or field.has_db_default():
            values[str(field.column)] = field.get_db_prep_save(value, connection)
    statement = _insert(type(row), tuple(values), tuple(str(field.column) for field in left))
    (found,) = fetch_all(statement, values)
    for field, value in zip(left, found[1:], strict=True):
        convert = _conversion(field)
        setattr(row, field.attname, convert(value) if convert else value)
    row._state.adding = False  # noqa: SLF001 - the public way in Django
    row._state.db = connection.alias  # noqa: SLF001 - as above


@lru_cache(maxsize=512)
def _insert(model: type[models.Model], columns: tuple[str, ...], left: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f"%({column})s" for column in columns)
    returned = ", ".join(["true", *(f'"{column}"' for column in left)])
    return f'INSERT INTO "{_table(model)}" ({names}) VALUES ({values}) RETURNING {returned}'


@lru_cache(maxsize=512)
def _update(model: type[models.Model], columns: tuple[str, ...]) -> str:
    (key,) = (field.column for field in _fields(model).values() if field.primary_key)
    setting = ", ".join(f'"{column}" = %({column})s' for column in columns)
    return f'UPDATE "{_table(model)}" SET {setting} WHERE "{key}" = %(own_key)s'


def _table(model: type[models.Model]) -> str:
    return str(model._meta.db_table)  # noqa: SLF001 - the public way in Django


@lru_cache
def _fields(model: type[models.Model]) -> "dict[str, models.Field[Any, Any]]":
    """The fields with columns by name, in the order of the table."""
    return {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - as above

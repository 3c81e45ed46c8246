"""Rows read and written by statements that are put together once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from qiao.core.models import Export
from qiao.core.rows import Reading, remember, write_changed, write_new

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 3, 4, 5, 678, tzinfo=UTC)
_BY_ID = Reading(Export, where="t.id = ANY(%(ids)s::bigint[])")
_LOCKED = Reading(Export, where="t.id = %(id)s", lock=True)


def _export(**values: Any) -> Export:
    given = {"kind": "cases.list", "organisation_id": 7, "form": "csv", "reason": "asked",
             "language": "en", "created_at": NOW, "created_by_id": 9}  # fmt: skip
    return Export.objects.create(**given | values)


def _locked(row: Export) -> Export:
    found = _LOCKED.first(id=row.pk)
    assert found is not None
    return found


def test_rows_are_those_of_the_model_itself_in_the_order_of_their_ids() -> None:
    kept = [_export(terms={"view": "open", "tags": [1, {"水": None}]}), _export(expires_at=NOW)]

    read = _BY_ID.all(ids=[row.pk for row in reversed(kept)])

    assert read == kept
    names = [f.attname for f in Export._meta.concrete_fields]  # noqa: SLF001 - public in Django
    for one, other in zip(read, kept, strict=True):
        assert {n: getattr(one, n) for n in names} == {n: getattr(other, n) for n in names}
    assert _BY_ID.first(ids=[0]) is None


def test_only_what_changed_is_written_and_only_once() -> None:
    row = _locked(_export(terms={"view": "open"}))
    row.terms = {**row.terms, "group": "投诉"}
    row.row_count, row.expires_at, row.expected_rows = 12, NOW, None

    with CaptureQueriesContext(connection) as seen:
        write_changed(row)
        write_changed(row)

    (update,) = [each["sql"] for each in seen]
    assert update.startswith('UPDATE "core_export" SET "terms" = ')
    assert [name in update for name in ('"row_count" =', '"expires_at" =')] == [True, True]
    assert [name in update for name in ('"expected_rows"', '"kind"', '"state"')] == 3 * [False]
    again = Export.objects.get(pk=row.pk)
    found = (again.terms, again.row_count, again.expires_at)
    assert found == ({"view": "open", "group": "投诉"}, 12, NOW)


def test_it_writes_the_same_through_the_prepared_way() -> None:
    row = _locked(_export(terms={"view": "open"}))
    row.terms, row.row_count, row.expected_rows = {"a": ["%", "'"]}, 2**31 - 1, None
    row.reason = "100 % 'so'"
    write_changed(row)
    again = Export.objects.get(pk=row.pk)
    found = (again.terms, again.row_count, again.reason)
    assert found == ({"a": ["%", "'"]}, 2**31 - 1, "100 % 'so'")


def test_a_value_changed_in_place_is_seen() -> None:
    row = _locked(_export(terms={"list": [1]}))
    row.terms["list"].append(2)
    write_changed(row)
    row.terms["list"].append(3)
    write_changed(row)
    assert Export.objects.get(pk=row.pk).terms == {"list": [1, 2, 3]}


def test_what_another_statement_wrote_is_written_back_when_it_is_turned_again() -> None:
    row = _locked(_export(row_count=1))
    row.row_count = 2
    Export.objects.filter(pk=row.pk).update(row_count=2)
    remember(row, ["row_count"])
    row.row_count = 1
    write_changed(row)
    assert Export.objects.get(pk=row.pk).row_count == 1


def test_a_row_from_elsewhere_is_saved_whole() -> None:
    row = Export.objects.get(pk=_export().pk)
    remember(row, ["row_count"])
    row.row_count = 5
    write_changed(row)
    assert Export.objects.get(pk=row.pk).row_count == 5


def test_nothing_is_written_in_a_broken_transaction() -> None:
    row = _locked(_export())
    row.row_count = 6
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            write_changed(row)


def test_a_new_row_is_the_one_that_the_orm_would_write() -> None:
    given: dict[str, Any] = {
        "kind": "cases.list", "organisation_id": 7, "form": "csv", "reason": "100 % 'so'",
        "language": "en", "created_at": NOW, "created_by_id": 9, "terms": {"水": ["%", None]},
    }  # fmt: skip
    kept, row = Export.objects.create(**given), Export(**given)
    write_new(row)
    written = Export.objects.filter(pk__in=[kept.pk, row.pk]).values()
    one, other = [{k: v for k, v in each.items() if k != "id"} for each in written]
    assert one == other
    row.row_count = 4
    row.save()
    assert Export.objects.get(pk=row.pk).row_count == 4

"""Whom a module wants to have called, and how many calls it expects to come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from qiao.core.manifest.pages import Text


@dataclass(frozen=True, slots=True)
class CallSource:
    """People to be called about something that a module keeps, for holders of `permission`.

    `sql` is one SELECT of ``customer_id``, ``ref`` (the record's id) and ``what`` (a few words);
    its parameters are ``%(organisation_ids)s`` (bigint[], the units of the list) and ``%(now)s``.
    Of a customer with several records the first by ``ref`` is called about. `still` says which of
    some refs are still to be called about; `page` is the address of a record. `told(ref=, kind=,
    end=, number=, note=, actor=, now=)` hears of each result in its transaction: `kind` is
    ``reached``, ``not_reached``, ``refused`` or ``wrong_number``, `end` how the call ended,
    `number` the one that was dialled in its stored form, empty where it was dialled by hand.
    """

    key: str
    label: Text
    permission: str
    sql: str
    still: Callable[[int], bool]
    page: Callable[[int], str]
    told: Callable[..., None]


@dataclass(frozen=True, slots=True)
class ExpectedCalls:
    """How many calls are expected to be taken, by the moment at which a half hour begins, and in
    which `queues` they will wait."""

    calls: Mapping[datetime, float]
    queues: frozenset[str]

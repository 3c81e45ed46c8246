"""The same write from several connections at the same moment."""

import threading

import pytest
from django.db import connection, transaction

from qiao.api.tests.programs import Program, make_key
from qiao.customers.models import Customer
from qiao.staff.tests.cast import make_company


@pytest.mark.usefixtures("own_database")
def test_the_same_write_twice_at_once_happens_once() -> None:
    with transaction.atomic():
        key = make_key(make_company().agent)
    held, answers = threading.Barrier(4), []

    def write() -> None:
        held.wait(10)
        try:
            response = Program(key).post(
                "/customers", {"name": "王小明"}, **{"Idempotency-Key": "order-4711"}
            )
            answers.append((response.status_code, response.content))
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    made = {content for status, content in answers if status == 201}
    waiting = [status for status, _content in answers if status != 201]
    assert len(answers) == 4
    assert len(made) == 1
    assert set(waiting) <= {409}
    assert Customer.objects.count() == 1

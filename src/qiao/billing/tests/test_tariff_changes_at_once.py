"""Two who change one tariff at the same moment, in connections of their own."""

from django.db import transaction

from qiao.billing.models import Tariff, TariffDraft, TariffVersion
from qiao.billing.tests.lives import a_tariff
from qiao.billing.tests.tariff_changes import DAY, agree, ask, dearer, named, save, second_person
from qiao.billing.tests.test_counter_at_once import at_once
from qiao.staff.tests.cast import make_company


def test_of_two_drafts_agreed_to_at_once_one_holds(own_database: str) -> None:
    del own_database
    with transaction.atomic():
        company = make_company()
        second, third = second_person(company), second_person(company, "9003")
        tariff = a_tariff()
        asked = [ask(dearer(company, tariff), company.chief) for _each in range(2)]
    answers = at_once(lambda: agree(asked[0], second), lambda: agree(asked[1], third))
    assert answers == ["NotReady", "done"]
    assert TariffVersion.objects.filter(tariff=tariff, valid_from=DAY).count() == 1
    assert TariffDraft.objects.filter(state="published").count() == 1
    assert TariffDraft.objects.filter(state="asked").count() == 1


def test_one_request_is_agreed_to_once(own_database: str) -> None:
    del own_database
    with transaction.atomic():
        company = make_company()
        second, third = second_person(company), second_person(company, "9003")
        asked = ask(dearer(company), company.chief)
    answers = at_once(lambda: agree(asked, second), lambda: agree(asked, third))
    assert answers == ["AlreadyDecided", "done"]


def test_of_two_who_save_one_draft_one_is_told(own_database: str) -> None:
    del own_database
    with transaction.atomic():
        company = make_company()
        draft = dearer(company)
        name = named(draft, "water", "price", 2)
        seen = draft.revision
        copies = [TariffDraft.objects.get(pk=draft.pk) for _each in range(2)]
    answers = at_once(
        lambda: save(copies[0], company.chief, seen=seen, values={name: "3.60"}),
        lambda: save(copies[1], company.chief, seen=seen, values={name: "3.70"}),
    )
    assert answers == ["DraftMoved", "done"]
    assert Tariff.objects.filter(drafts=draft.pk).count() == 1
    draft.refresh_from_db()
    assert draft.revision == seen + 1

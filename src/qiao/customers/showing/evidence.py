"""Evidence for and against two customers being one, in words."""

from typing import Any, Final, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from qiao.customers.models import CustomerIdentity
from qiao.customers.queries import masked_phone

COMMON = 3  # from so many on, it is worth saying how many share the thing


class SignLike(Protocol):
    """A piece of evidence, weighed or stored."""

    @property
    def key(self) -> str: ...
    @property
    def weight(self) -> float: ...
    @property
    def count(self) -> int: ...
    @property
    def what(self) -> str: ...


WORDS: Final[dict[str, Any]] = {
    "identity_same": pgettext_lazy("evidence", "same identity number"),
    "identity_differs": pgettext_lazy("evidence", "two different identity numbers"),
    "document_differs": pgettext_lazy("evidence", "different documents"),
    "phone_mobile": pgettext_lazy("evidence", "same mobile number"),
    "phone_landline": pgettext_lazy("evidence", "same landline"),
    "phone_near": pgettext_lazy("evidence", "numbers one slip apart"),
    "phone_differs": pgettext_lazy("evidence", "different numbers"),
    "phone_shared_by_many": pgettext_lazy("evidence", "a number that many have"),
    "name_same": pgettext_lazy("evidence", "same name"),
    "name_variant": pgettext_lazy("evidence", "same name in the other script"),
    "name_sound": pgettext_lazy("evidence", "names that sound the same"),
    "name_order": pgettext_lazy("evidence", "same name in another order"),
    "name_given": pgettext_lazy("evidence", "part of the name"),
    "name_nick": pgettext_lazy("evidence", "a familiar form of the name"),
    "name_firm": pgettext_lazy("evidence", "same firm, another legal form"),
    "name_one_apart": pgettext_lazy("evidence", "names one character apart"),
    "name_surname": pgettext_lazy("evidence", "only the surname is the same"),
    "name_differs": pgettext_lazy("evidence", "different names"),
    "place_same": pgettext_lazy("evidence", "same address"),
    "place_alike": pgettext_lazy("evidence", "same door, written differently"),
    "place_building": pgettext_lazy("evidence", "same building"),
    "place_community": pgettext_lazy("evidence", "same community"),
    "place_differs": pgettext_lazy("evidence", "different addresses"),
    "gender_same": pgettext_lazy("evidence", "same gender"),
    "gender_differs": pgettext_lazy("evidence", "different gender"),
}
AGAINST: Final[dict[str, Any]] = {
    "strangers": _("They could be strangers who happen to agree"),
    "household": _("They could be two people of one household or firm"),
}


def words_of(sign: SignLike) -> str:
    """A sign in words, with how many customers share the thing where that lessens it."""
    words = str(WORDS.get(sign.key, sign.key))
    if sign.count < COMMON:
        return words
    shared = ngettext("{n} customer", "{n} customers", sign.count).format(n=sign.count)
    return str(_("%(words)s (%(shared)s)")) % {"words": words, "shared": shared}


def detail_of(sign: SignLike) -> str:
    """What the two agree on: a number, masked; a kind of document; an address."""
    if sign.key.startswith("phone"):
        return masked_phone(sign.what)
    if sign.key.startswith("identity") and sign.what:
        return str(CustomerIdentity.Kind(sign.what).label)
    return sign.what

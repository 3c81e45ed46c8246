"""Who issues papers: the company and its branch, as customers know them."""

from dataclasses import dataclass

from qiao.core.wording import from_names
from qiao.staff.queries import chain_of, organisation


@dataclass(frozen=True, slots=True)
class House:
    """Who issues papers: its name, and below it the branch, address and telephone."""

    name: str
    contact: tuple[str, ...]
    phone: str


def house_of(organisation_id: int) -> House:
    """Who issues the papers of a unit: the company, with the branch below it; address and
    telephone are those of the nearest unit that has its own."""
    chain = [organisation(pk) for pk in chain_of(organisation_id)]
    company, unit = chain[-1], chain[0]
    address = next((each.address for each in chain if each.address), "")
    phone = next((each.phone for each in chain if each.phone), "")
    branch = "" if unit is company else from_names(unit.names, unit.name)
    return House(
        from_names(company.names, company.name),
        tuple(each for each in (branch, address, phone) if each),
        phone,
    )

"""A company and a file on its way in, for the tests of imports."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qiao.customers.models import CustomerImport
from qiao.customers.operations.import_undoing import begin_undoing, undo_import
from qiao.customers.operations.importing import proposed_mapping, run_import, start_import
from qiao.staff.tests.cast import Company

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
HEADER = "户号,户名,联系电话,用水地址,水表编号,开户日期"


def line(n: int, *, name: str = "", phone: str = "", address: str = "", account: str = "") -> str:
    """One row; the same `n` gives the same person."""
    who = name or f"王{'伟芳娜敏静丽强磊军洋'[n % 10]}{n}"
    place = address or f"滨湖区柳荫路{n}号1幢{n}室"
    number = account or f"1002{n:06d}"
    return (
        f"{number},{who},{phone or f'1380571{n:04d}'},{place},W-{n:08d},2019-03-{1 + n % 28:02d}"
    )


@dataclass
class Importing:
    """One actor's way with one file."""

    company: Company
    path: Path

    def write(self, *lines: str) -> None:
        """Put these rows below the usual header."""
        self.path.write_text("\n".join([HEADER, *lines]) + "\n")

    def take(self, *lines: str) -> CustomerImport:
        """Write a file and take it in."""
        self.write(*lines)
        actor, unit = self.company.agent, self.company.lake.pk
        mapping = proposed_mapping(organisation_id=unit, header=HEADER.split(","))
        job = start_import(
            actor=actor, path=self.path, mapping=mapping, organisation_id=unit, now=NOW
        )
        return run_import(actor=actor, import_id=job.pk, path=self.path, now=NOW)

    def take_back(self, job: CustomerImport) -> CustomerImport:
        """Undo an import to its end."""
        begin_undoing(actor=self.company.agent, import_id=job.pk)
        return undo_import(actor=self.company.agent, import_id=job.pk, now=NOW)

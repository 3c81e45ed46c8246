"""Files that customers came in by and go out by."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from qiao.core.tests.deliveries import run_background
from qiao.customers.operations import exporting, importing
from qiao.customers.operations import import_files as files
from qiao.customers.queries.exporting import ExportFilters
from tests.world.canaries import MARK, World, marked


def add_imports(world: World) -> None:
    """A file that was taken in, with a refused row, and one whose columns are to be named."""
    agent, now, lake = world.company.agent, world.now, world.company.lake.pk
    people = f"户名,电话\n{marked('imported')},13611112222\n{marked('refused')},{MARK}\n"
    upload = SimpleUploadedFile(f"{MARK}.csv", people.encode())
    file = files.FILES.receive(actor=agent, organisation_id=lake, upload=upload, now=now)
    with NamedTemporaryFile(suffix=".csv") as place:
        path = Path(place.name)
        path.write_text(people)
        about: dict[str, Any] = {"actor": agent, "path": path, "now": now}
        job = importing.start_import(
            mapping={0: "name", 1: "phone"}, organisation_id=lake,
            file_name=f"{MARK}.csv", **about,
        )  # fmt: skip
        importing.run_import(import_id=job.pk, **about)
    export = exporting.request_export(
        actor=agent, now=timezone.now(), filters=ExportFilters(), columns=["name", "phones"],
        form="csv", full_phones=True, reason=marked("reason"), language="en",
    )  # fmt: skip
    run_background()
    world.ids |= {"import": job.pk, "import_file": file.pk, "export": export.pk}

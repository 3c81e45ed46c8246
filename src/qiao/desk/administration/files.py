"""Lists of the administration as files: written aside, sent, and gone from the disk."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest
from qiao.core.table_files import TYPES, table_file


def table_answer(
    request: StaffRequest,
    *,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    cut_after: int | None = None,
) -> HttpResponseBase:
    """A list as the file that the request asked for, ``csv`` or ``xlsx``, named by the day.

    `cut_after` rows of a longer list are all that is given: the last row of the file says so.
    Nothing stays on the disk, also if the writing fails.
    """
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{form}"
        with table_file(path, form=form, header=header) as write:
            write(rows)
            if cut_after is not None:
                words = _(
                    "The file ends here, after %(count)d rows. The older ones are not in it."
                )
                write([[words % {"count": cut_after}]])
        shown = f"{name}-{timezone.localdate(request.now):%Y%m%d}.{form}"
        return send_file(request, path, name=shown, content_type=TYPES[form], remove=True)

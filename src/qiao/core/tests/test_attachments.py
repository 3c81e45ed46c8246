"""Pictures come in upright, without what the camera wrote beside them."""

import io

import pytest
from PIL import Image

from qiao.core.attachments import check_upload

ORIENTATION, DESCRIPTION = 0x0112, 0x010E
TURNED_RIGHT = 6  # the camera was held upright: the first row of the picture is its right side


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_upright_is_kept_upright_and_tells_no_place(kind: str) -> None:
    taken, beside = Image.new("RGB", (40, 20), "red"), Image.Exif()
    beside[ORIENTATION], beside[DESCRIPTION] = TURNED_RIGHT, "Lake Road 12"
    file = io.BytesIO()
    taken.save(file, kind, exif=beside.tobytes())
    assert b"Lake Road 12" in file.getvalue()
    kept = check_upload(io.BytesIO(file.getvalue()), file_name="meter").content
    assert b"Lake Road 12" not in kept
    assert Image.open(io.BytesIO(kept)).size == (20, 40)

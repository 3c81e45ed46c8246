"""Uploaded files on their way to the disk: what does not fit is told, and nothing of it stays."""

from typing import TYPE_CHECKING, Final

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

if TYPE_CHECKING:
    from django.http import HttpRequest

_MARK: Final = "qiao.no_room"


class NoRoom(Exception):  # noqa: N818 - names the finding
    """The disk of the server has no room for a file."""


class RoomyUploadHandler(TemporaryFileUploadHandler):
    """Writes a large upload to a temporary file; where the disk is full, the request goes on
    without the file, and `had_no_room` says so."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece of the file."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            assert self.request is not None
            self.request.META[_MARK] = True
            raise StopUpload(connection_reset=False) from error
        return None


def had_no_room(request: "HttpRequest") -> bool:
    """Whether a file of this request was dropped because the disk was full."""
    return bool(request.META.get(_MARK))

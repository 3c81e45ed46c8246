"""`./qiao telephony config` and `check`, with telephones in the browser."""

from argparse import Namespace
from pathlib import Path

import pytest
from django.conf import LazySettings

from qiao.config.cli import switch_setup
from qiao.staff.tests.cast import make_company
from qiao.telephony.models import BrowserPhone

ARI = {"ARI_URL": "http://127.0.0.1:9", "ARI_USER": "qiao", "ARI_PASSWORD": "x"}


def written(folder: Path, *, renew: bool = False, webrtc: bool = True) -> dict[str, str]:
    """Passwords by the names of telephones, as a switch would read them."""
    args = Namespace(
        out=folder, fallback="", webrtc=webrtc, renew=renew, certificate="/c.pem", key=""
    )
    assert switch_setup.write_files(args) == 0
    text = (folder / "qiao_pjsip.conf").read_text(encoding="utf-8")
    lines = text.splitlines()
    users = [line.removeprefix("username=") for line in lines if line.startswith("username=")]
    words = [line.removeprefix("password=") for line in lines if line.startswith("password=")]
    return dict(zip(users, words, strict=True))


@pytest.mark.django_db
def test_files_are_written_again_with_the_same_secrets_until_they_are_renewed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_company()
    first = written(tmp_path)
    assert {"1027", "1027-web", "2001-web", "9001-web"} <= set(first)
    assert "QIAO_SWITCH_WSS=wss://HOST:8089/ws" in capsys.readouterr().out
    assert written(tmp_path) == first
    renewed = written(tmp_path, renew=True)
    assert renewed["1027"] == first["1027"]
    assert renewed["1027-web"] != first["1027-web"]
    assert "tlscertfile=/c.pem" in (tmp_path / "qiao_http.conf").read_text(encoding="utf-8")
    assert not any("-web" in each for each in written(tmp_path, webrtc=False))
    assert BrowserPhone.objects.count() == 4


@pytest.mark.django_db
def test_what_is_wrong_with_the_way_of_browsers_is_told(
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_company()
    settings.SWITCH_WSS = "wss://127.0.0.1:9/ws"
    for name, value in ARI.items():
        monkeypatch.setenv(name, value)
    assert switch_setup.check_switch() == 1
    told = capsys.readouterr().out
    assert "WRONG wss://127.0.0.1:9/ws: no answer" in told
    assert "tlsenable=yes" in told
    assert "WRONG QIAO_TLS is not set" in told

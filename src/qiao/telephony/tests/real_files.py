"""Files of an Asterisk that this suite may have for itself: `python -m … FOLDER` writes them.

The switch calls itself. What the product's own files say stands in them unchanged, and beside it
a second side: telephones that sign on and are answered by the suite, a trunk that leads back, and
callers. All of it on the loopback.
"""

import math
import sys
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from qiao.telephony.rules.confirm_words import confirm_pieces
from qiao.telephony.rules.switch_files import SwitchTerms, Telephone, switch_files
from qiao.telephony.tests.waiting_stories import SOUNDS as WAITING

WORLD: Final = "qiao-world"  # the application by which the suite plays everybody else
SIGNED_ON: Final = ("1001", "1002", "1009")
TELEPHONES: Final = tuple(Telephone(n, n, f"secret-{n}") for n in (*SIGNED_ON, "1003"))
SIP: Final = "127.0.0.1:5060"
SAID: Final = (*WAITING, *(each.sound for each in confirm_pieces()))
SOUNDS: Final = {"cc/welcome": 1.0, "cc/menu": 1.0, "cc/bill": 1.0, **dict.fromkeys(SAID, 0.6)}
"""To their seconds."""

_EXTENSIONS: Final = f"""#include qiao_extensions.conf
[qiao-world]
exten => 95598,1,Goto(qiao-inbound,${{EXTEN}},1)
exten => _X.,1,Stasis({WORLD},${{EXTEN}})
 same => n,Hangup()
"""
_PJSIP: Final = f"""[global]
type=global
endpoint_identifier_order=header,username
[loopback]
type=transport
protocol=udp
bind={SIP}
#include qiao_pjsip.conf
[trunk]
type=endpoint
context=qiao-world
disallow=all
allow=alaw,ulaw
aors=trunk
direct_media=no
moh_passthrough=yes
[trunk]
type=aor
contact=sip:{SIP}
[trunk]
type=identify
endpoint=trunk
match_header=Content-Type: application/sdp
"""
_PHONE: Final = """[signs-on-{number}]
type=registration
server_uri=sip:{sip}
client_uri=sip:{number}@{sip}
contact_user={number}
outbound_auth=signs-on-{number}
retry_interval=2
[signs-on-{number}]
type=auth
auth_type=userpass
username={number}
password={password}
"""


def lane_files(folder: Path, terms: SwitchTerms) -> Mapping[str, str]:
    """File names with their texts; `folder` is where they will lie."""
    phones = [
        _PHONE.format(number=each.number, password=each.password, sip=SIP)
        for each in TELEPHONES
        if each.number in SIGNED_ON
    ]
    return {
        **switch_files(terms, TELEPHONES),
        "asterisk.conf": (
            f"[directories]\nastetcdir => {folder}\nastrundir => {folder}/run\n"
            f"astspooldir => {folder}/spool\nastlogdir => {folder}/log\n"
            f"astdbdir => {folder}/run\n"
        ),
        "modules.conf": "[modules]\nautoload=yes\n",
        "http.conf": "[general]\n#include qiao_http.conf\n",
        "ari.conf": "[general]\nenabled=yes\n#include qiao_ari.conf\n",
        "extensions.conf": _EXTENSIONS,
        "pjsip.conf": _PJSIP + "".join(phones),
        "musiconhold.conf": f"[default]\nmode=files\ndirectory={folder}/music\n",
        "logger.conf": "[logfiles]\nmessages.log => notice,warning,error,verbose(3)\n",
        "rtp.conf": "[general]\nrtpstart=12000\nrtpend=13000\nstrictrtp=no\n",
    }


def write(folder: Path, terms: SwitchTerms) -> None:
    """Write files, music, and sounds that are to be copied to the switch's own."""
    for each in ("run", "spool/recording", "log", "music", "sounds/cc"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    for name, text in lane_files(folder, terms).items():
        (folder / name).write_text(text, encoding="utf-8")
    hum(folder / "music" / "hum.wav", 5.0)
    for name, seconds in SOUNDS.items():
        hum(folder / "sounds" / f"{name}.wav", seconds)


def hum(path: Path, seconds: float) -> None:
    """A low tone as a switch plays it: 8 kHz, mono."""
    step = 2 * math.pi * 220 / 8000
    tone = (round(3000 * math.sin(n * step)) for n in range(int(8000 * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(each.to_bytes(2, "little", signed=True) for each in tone))


if __name__ == "__main__":
    write(Path(sys.argv[1]).resolve(), SwitchTerms("qiao", "secret"))

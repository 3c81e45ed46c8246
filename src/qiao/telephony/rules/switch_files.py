"""Files of a real switch (Asterisk 20 or 22) that let this product conduct its calls.

Plain text, to be read before they are put in place. What an installation has already stays its
own: each file is included from the one that is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from qiao.telephony.rules.browser_phones import browser_user

APP: Final = "qiao"
WSS_PORT: Final = 8089
HEAD: Final = "; Written by ./qiao telephony config. Write it again rather than changing it.\n"

FOR_BROWSERS: Final = (
    "res_http_websocket.so", "res_pjsip_transport_websocket.so", "res_srtp.so", "res_crypto.so",
)  # fmt: skip
"""What telephones in the browser need of a switch."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone of somebody who takes calls: the staff number, the name, its password, and that
    of their telephone in the browser, empty where there is none."""

    number: str
    name: str
    password: str
    browser_password: str = ""


@dataclass(frozen=True, slots=True)
class SwitchTerms:
    """What the files are made of. `fallback` is where calls go while no controller listens, such
    as ``PJSIP/9000``; empty for a busy tone. `is_webrtc` is for telephones in the browser, which
    reach the switch by TLS alone: `certificate` and `key` are its files there."""

    user: str
    password: str
    address: str = "127.0.0.1"
    port: int = 8088
    fallback: str = ""
    is_webrtc: bool = False
    certificate: str = "/etc/asterisk/keys/fullchain.pem"
    key: str = "/etc/asterisk/keys/privkey.pem"


def switch_files(terms: SwitchTerms, telephones: Iterable[Telephone]) -> Mapping[str, str]:
    """File names with their texts. Raises `ValueError` for a sign that would break a line."""
    known = list(telephones)
    for word in (
        terms.user,
        terms.password,
        terms.fallback,
        terms.certificate,
        terms.key,
        *_words(known),
    ):
        if set(word) & set("\r\n;[]"):
            raise ValueError(f"{word!r} cannot stand in a file of the switch")
    return {
        "qiao_http.conf": _http(terms),
        "qiao_ari.conf": _ari(terms),
        "qiao_extensions.conf": _extensions(terms),
        "qiao_pjsip.conf": _pjsip(terms, known),
        "qiao_modules.txt": _modules(terms),
    }


def _words(telephones: Iterable[Telephone]) -> Iterable[str]:
    for each in telephones:
        yield from (each.number, each.name, each.password, each.browser_password)


def _http(terms: SwitchTerms) -> str:
    text = (
        f"{HEAD}; in http.conf, section [general]: #include qiao_http.conf\n"
        f"enabled=yes\nbindaddr={terms.address}\nbindport={terms.port}\n"
    )
    if not terms.is_webrtc:
        return text
    return (
        f"{text}; browsers sign on here: wss://HOST:{WSS_PORT}/ws, a certificate that they trust\n"
        f"tlsenable=yes\ntlsbindaddr=0.0.0.0:{WSS_PORT}\n"
        f"tlscertfile={terms.certificate}\ntlsprivatekey={terms.key}\n"
    )


def _ari(terms: SwitchTerms) -> str:
    return (
        f"{HEAD}; in ari.conf: [general] enabled=yes, then #include qiao_ari.conf\n"
        f"[{terms.user}]\ntype=user\nread_only=no\npassword={terms.password}\n"
    )


def _extensions(terms: SwitchTerms) -> str:
    """A call is handed over; where nobody takes it over, it is not lost."""
    away = (
        [f" same => n,Dial({terms.fallback},45)", " same => n,Hangup()"]
        if terms.fallback
        else [" same => n,Answer()", " same => n,Busy(10)", " same => n,Hangup(34)"]
    )
    lines = [
        "[qiao-inbound]",
        "exten => _[+0-9].,1,NoOp(to ${EXTEN} from ${CALLERID(num)})",
        f" same => n,Stasis({APP},inbound,${{EXTEN}})",
        ' same => n,GotoIf($["${STASISSTATUS}" = "FAILED"]?away)',
        " same => n,Hangup()",
        " same => n(away),NoOp(nobody conducts calls)",
        *away,
    ]
    note = "; in extensions.conf: #include qiao_extensions.conf; trunks come to qiao-inbound\n"
    return HEAD + note + "\n".join(lines) + "\n"


def _pjsip(terms: SwitchTerms, telephones: Iterable[Telephone]) -> str:
    blocks = [f"{HEAD}; in pjsip.conf: #include qiao_pjsip.conf\n"]
    if terms.is_webrtc:
        blocks.append("[qiao-wss]\ntype=transport\nprotocol=wss\nbind=0.0.0.0\n")
    for each in telephones:
        blocks.append(
            _telephone(each, each.number, each.password)
            + f"\n[{each.number}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n"
        )
        if terms.is_webrtc and each.browser_password:
            blocks.append(_in_browser(each))
    return "\n".join(blocks)


def _telephone(
    each: Telephone, user: str, password: str, more: str = "direct_media=no\nrtp_symmetric=yes\n"
) -> str:
    """A transfer that a telephone makes by itself would take the caller out of our hands."""
    return (
        f"[{user}]\ntype=endpoint\ncontext=qiao-telephones\nallow_transfer=no\ndisallow=all\n"
        f"allow=opus,alaw,ulaw\nauth={user}\naors={user}\n"
        f'callerid="{each.name}" <{each.number}>\n{more}'
        f"\n[{user}]\ntype=auth\nauth_type=userpass\nusername={user}\npassword={password}\n"
    )


def _in_browser(each: Telephone) -> str:
    """Encrypted sound (DTLS-SRTP), ICE and one port for RTP and RTCP, all of which `webrtc=yes`
    stands for. A browser that died sends no sound: its call ends, and its place is free soon."""
    user = browser_user(each.number)
    more = "webrtc=yes\ndtls_auto_generate_cert=yes\ndirect_media=no\nrtp_timeout=30\n"
    return (
        _telephone(each, user, each.browser_password, more)
        + f"\n[{user}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n"
        "qualify_frequency=30\nmaximum_expiration=300\n"
    )


def _modules(terms: SwitchTerms) -> str:
    wanted = [
        "res_ari.so", "res_ari_applications.so", "res_ari_asterisk.so", "res_ari_bridges.so",
        "res_ari_channels.so", "res_ari_endpoints.so", "res_ari_events.so",
        "res_ari_playbacks.so", "res_ari_recordings.so", "res_ari_sounds.so",
        "res_http_websocket.so", "res_stasis.so",
        "res_stasis_answer.so", "res_stasis_playback.so", "res_stasis_recording.so",
        "res_stasis_snoop.so", "app_stasis.so", "bridge_softmix.so", "bridge_holding.so",
        "chan_bridge_media.so", "bridge_simple.so", "res_pjsip.so", "chan_pjsip.so",
        "res_rtp_asterisk.so", "codec_alaw.so", "codec_ulaw.so", "res_musiconhold.so",
        "format_wav.so",
    ]  # fmt: skip
    if terms.is_webrtc:
        wanted += [each for each in FOR_BROWSERS if each not in wanted]
    return "These modules must be loaded (asterisk -rx 'module show like NAME'):\n" + "\n".join(
        wanted
    )

"""Looks at the way by which telephones in the browser reach a switch, as a browser would."""

import ssl
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from qiao.telephony.engines.ari import ANSWERS_WITHIN
from qiao.telephony.engines.ari_check import Finding

SIP: Final = "sip"
_HTTP: Final = {
    404: "another path, or res_http_websocket is not loaded: the path of an Asterisk is /ws",
    400: "res_pjsip_transport_websocket must be loaded, and a transport of protocol wss be there",
    403: "the switch lets nobody from here in: see its log",
}

_CERTIFICATE: Final = {  # by the codes of X509_V_ERR_…
    10: "it has run out: renew it, then asterisk -rx 'module reload http'",
    18: "it is signed by itself: take one of an authority that your browsers know",
    19: "its authority is not known: install it in browsers, and on this machine",
    20: "tlscertfile must hold the chain up to an authority (fullchain.pem)",
    62: "it is for another name: put that name into QIAO_SWITCH_WSS",
}


async def look_at_socket(address: str, *, is_served_by_tls: bool) -> list[Finding]:
    """What stands between a browser and its telephone: the page's own TLS, then the switch's
    certificate, its websocket, and whether it speaks SIP there."""
    found = []
    if not is_served_by_tls and urlsplit(address).scheme == "wss":
        found.append(
            Finding(
                is_well=False,
                what="QIAO_TLS is not set: are these pages served without TLS?",
                advice="browsers give a microphone to https alone (and to localhost): serve with"
                " --tls-cert and --tls-key, or set QIAO_TLS=1 behind a proxy that serves https",
            )
        )
    return [*found, await _socket(address)]


async def _socket(address: str) -> Finding:
    timeout = aiohttp.ClientTimeout(total=ANSWERS_WITHIN)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.ws_connect(address, protocols=(SIP,)) as socket,
        ):
            if socket.protocol == SIP:
                return Finding(is_well=True, what=f"{address} takes telephones in the browser")
    except aiohttp.ClientConnectorCertificateError as error:
        return _of_certificate(address, error.certificate_error)
    except aiohttp.WSServerHandshakeError as error:
        advice = _HTTP.get(error.status, "is this the address of the switch, not of a proxy?")
        return _wrong(f"{address} answers {error.status}", advice)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        advice = "is the port open, and does http.conf say tlsenable=yes with this address?"
        return _wrong(f"{address}: no answer ({error})", advice)
    return _wrong(f"{address} speaks something else than SIP", "another program has this port")


def _of_certificate(address: str, error: Exception) -> Finding:
    """What a browser would say of the certificate, and what to do about it."""
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    advice = _CERTIFICATE.get(code, "see openssl s_client -connect HOST:PORT")
    return _wrong(f"{address}: the certificate is refused ({error})", advice)


def _wrong(what: str, advice: str) -> Finding:
    return Finding(is_well=False, what=what, advice=advice)

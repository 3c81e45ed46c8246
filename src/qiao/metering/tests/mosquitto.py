"""A real broker (mosquitto) on the loopback, for one test."""

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import CallbackAPIVersion

USER, PASSWORD = "qiao", "secret"
SECONDS = 20.0


@dataclass
class Mosquitto:
    """The broker: started, stopped and started again; what it has kept outlives a stop."""

    folder: Path
    port: int = 0
    is_secure: bool = False
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def address(self) -> str:
        """As the installation names it."""
        scheme, query = ("mqtts", f"?ca={self.folder}/ca.pem") if self.is_secure else ("mqtt", "")
        return f"{scheme}://{USER}:{PASSWORD}@127.0.0.1:{self.port}{query}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        words = self.folder / "words"
        if not words.exists():
            words.write_text(f"{USER}:{PASSWORD}\n")
            words.chmod(0o600)
            password = Path(os.environ["QIAO_MOSQUITTO"]).name + "_passwd"
            subprocess.run([password, "-U", str(words)], check=True, capture_output=True)
        settings = self.folder / "mosquitto.conf"
        # Its own user could not read our folder.
        settings.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {words}\n"
            f"persistence true\npersistence_location {self.folder}/\nuser root\n"
            "max_queued_messages 0\nmax_inflight_messages 0\nautosave_interval 1\n"
            f"{self._security()}"
        )
        log = (self.folder / "broker.log").open("ab")
        command = [os.environ["QIAO_MOSQUITTO"], "-c", str(settings)]
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "broker.log").read_text())

    def _security(self) -> str:
        """The settings of TLS, with a certificate that vouches for itself."""
        if not self.is_secure:
            return ""
        write_certificate(self.folder)
        return f"certfile {self.folder}/ca.pem\nkeyfile {self.folder}/key.pem\n"

    def stop(self) -> None:
        """Stop it; it writes down what it holds."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(SECONDS)
            self.process = None

    def tell(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Tell it messages and wait until it has all of them (QoS 1)."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"head-end-{time.time_ns()}")
        client.username_pw_set(USER, PASSWORD)
        if self.is_secure:
            client.tls_set(str(self.folder / "ca.pem"))
        client.max_queued_messages_set(0)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        try:
            told = [client.publish(topic, payload, qos=1) for topic, payload in messages]
            for each in told:
                each.wait_for_publish(SECONDS)
                assert each.is_published()
        finally:
            client.disconnect()
            client.loop_stop()


def write_certificate(folder: Path) -> None:
    """A key and a certificate for the loopback, valid around now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    now = datetime.now(UTC)  # noqa: TID251 - the certificate's own clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def a_broker(folder: Path, *, is_secure: bool = False) -> Mosquitto:
    """A broker that listens; the test is skipped where there is none."""
    if "QIAO_MOSQUITTO" not in os.environ:
        pytest.skip("no broker here: apt-get install mosquitto")
    folder.mkdir()
    broker = Mosquitto(folder, is_secure=is_secure)
    broker.start()
    return broker

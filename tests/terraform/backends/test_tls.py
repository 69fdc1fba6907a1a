"""Https: whom we trust, who we are, and where credentials never go."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.terraform.storing import pointer, serving, state
from tfclean.errors import NothingToGoOn
from tfclean.terraform.backends.fetch import Request, get
from tfclean.terraform.read import read


@dataclass
class Pair:
    certificate: str
    key: str


@pytest.fixture(scope="module")
def pair() -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pair(made.public_bytes(serialization.Encoding.PEM).decode(), private.decode())


@contextmanager
def secured(pair: Pair, place: Path, *, mutual: bool = False, to: str = "") -> Iterator[str]:
    """Serve a state over TLS, or send whoever asks elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"" if to else state()
            self.send_response(307 if to else 200)
            if to:
                self.send_header("Location", to)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Listener(HTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A handshake that fails is what some of these tests are about."""

    (place / "both.pem").write_text(pair.certificate + pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "both.pem")
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=pair.certificate)
    server = Listener(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/state"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def in_directory(path: Path, **config: object) -> Path:
    (path / ".terraform").mkdir(exist_ok=True)
    (path / ".terraform" / "terraform.tfstate").write_text(pointer("http", **config))
    return path


def test_a_certificate_that_nobody_vouches_for_is_refused_unless_the_backend_says_otherwise(tmp_path: Path, pair: Pair) -> None:
    with secured(pair, tmp_path) as url:
        with pytest.raises(NothingToGoOn, match="its certificate is not trusted: self-signed certificate"):
            read([in_directory(tmp_path, address=url)], environ={})
        assert read([in_directory(tmp_path, address=url, client_ca_certificate_pem=pair.certificate)], environ={}).complete
        assert read([in_directory(tmp_path, address=url)], environ={"TF_HTTP_CLIENT_CA_CERTIFICATE_PEM": pair.certificate}).complete
        assert read([in_directory(tmp_path, address=url, skip_cert_verification=True)], environ={}).complete


def test_our_certificate_is_shown_to_who_asks_for_it(tmp_path: Path, pair: Pair) -> None:
    config = {"client_ca_certificate_pem": pair.certificate, "client_certificate_pem": pair.certificate}
    with secured(pair, tmp_path, mutual=True) as url:
        assert read([in_directory(tmp_path, address=url, client_private_key_pem=pair.key, **config)], environ={}).complete
        with pytest.raises(NothingToGoOn, match="does not answer"):
            read([in_directory(tmp_path, address=url, client_ca_certificate_pem=pair.certificate)], environ={})


@pytest.mark.parametrize("name", ["client_ca_certificate_pem", "client_certificate_pem"])
def test_certificates_that_are_none_are_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(NothingToGoOn, match="certificates that it is set up with cannot be read") as error:
        read([in_directory(tmp_path, address="https://127.0.0.1:1/state", **{name: "planted"})], environ={})
    assert "planted" not in str(error.value)


def test_nothing_is_sent_from_https_on_to_http(tmp_path: Path, pair: Pair) -> None:
    with serving() as plain:
        plain.answers["/state"] = (200, state())
        with secured(pair, tmp_path, to=f"{plain.url}/state") as url:
            assert get(Request(url, {"Authorization": "Basic x"}, ca=pair.certificate)).status == 307
        assert plain.asked == []

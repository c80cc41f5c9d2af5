"""`serve` with a certificate of one's own."""

from __future__ import annotations

import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from taizhang.postgres import is_running
from tests.cli.terminal import COMMAND, Terminal, environment


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "certificate.pem", tmp_path / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return {"TAIZHANG_CERTIFICATE": str(pem), "TAIZHANG_CERTIFICATE_KEY": str(secret)}


def test_a_named_certificate_makes_the_pages_speak_https(site: Terminal, files: dict[str, str]) -> None:
    given = environment({"TAIZHANG_DATA": str(site.data), **files})
    process = subprocess.Popen([*COMMAND, "serve", "--port", "0"], env=given, stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        address = process.stdout.readline().decode().strip()
        assert address.startswith("https://127.0.0.1:")
        cookies = CookieJar()
        trusting = ssl.create_default_context(cafile=files["TAIZHANG_CERTIFICATE"])
        browser = build_opener(HTTPSHandler(context=trusting), HTTPCookieProcessor(cookies))
        page = browser.open(f"{address}account/login/").read().decode()
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = urlencode({"login": "nobody", "password": "x", "csrfmiddlewaretoken": token}).encode()
        sent = Request(f"{address}account/login/", form, {"Referer": f"{address}account/login/"})
        assert "用户名" in browser.open(sent).read().decode()
        assert cookies and all(cookie.secure for cookie in cookies)
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert not is_running(site.data)


@pytest.mark.parametrize("missing", ["TAIZHANG_CERTIFICATE", "TAIZHANG_CERTIFICATE_KEY"])
def test_half_a_certificate_is_refused_by_its_variable(
    site: Terminal, files: dict[str, str], missing: str
) -> None:
    without = {name: path for name, path in files.items() if name != missing}
    assert missing in site.refused("serve", "--port", "0", **without).err
    assert missing in site.refused("serve", "--port", "0", **{**files, missing: "/nowhere.pem"}).err

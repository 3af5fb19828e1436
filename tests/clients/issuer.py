"""An issuer of access tokens: PyJWT's tokens, and its documents over HTTPS.

issuer.py serve ADDRESS PORT KEY CHAIN DIRECTORY   gives out the files metadata and keys of the directory
issuer.py key DIRECTORY KID ALGORITHM              makes a key and publishes it beside those there are
issuer.py mint DIRECTORY KID ALGORITHM CLAIMS      prints a token with these claims (JSON)
"""

import base64
import http.server
import json
import os
import ssl
import sys

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa


def number(value, length=None):
    length = length or (value.bit_length() + 7) // 8
    return encoded(value.to_bytes(length, "big"))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make(kind):
    """A key, and what is published of it (RFC 7518 section 6, RFC 8037)."""
    if kind == "ES256":
        key = ec.generate_private_key(ec.SECP256R1())
        point = key.public_key().public_numbers()
        return key, {"kty": "EC", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)}
    if kind == "EdDSA":
        key = ed25519.Ed25519PrivateKey.generate()
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return key, {"kty": "OKP", "crv": "Ed25519", "x": encoded(key.public_key().public_bytes(*raw))}
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_numbers()
    return key, {"kty": "RSA", "n": number(public.n), "e": number(public.e)}


def publish(directory, kid, kind):
    key, public = make(kind)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with open(os.path.join(directory, kid + ".pem"), "wb") as file:
        file.write(pem)
    path = os.path.join(directory, "keys")
    keys = json.load(open(path))["keys"] if os.path.exists(path) else []
    keys.append({**public, "kid": kid, "use": "sig", "alg": kind})
    with open(path + ".new", "w") as file:
        json.dump({"keys": keys}, file)
    os.rename(path + ".new", path)


def mint(directory, kid, kind, claims):
    key = open(os.path.join(directory, kid + ".pem"), "rb").read()
    print(jwt.encode(json.loads(claims), key, algorithm=kind, headers={"kid": kid}))


def serve(address, port, key, chain, directory):
    class Documents(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = os.path.join(directory, os.path.basename(self.path))
            known = self.path in ("/metadata", "/keys") and os.path.isfile(path)
            body = open(path, "rb").read() if known else b"not here"
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer((address, int(port)), Documents)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


{"serve": serve, "key": publish, "mint": mint}[sys.argv[1]](*sys.argv[2:])

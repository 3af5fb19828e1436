"""A smart host that lets in whom a certificate names: aiosmtpd with AUTH EXTERNAL (RFC 4422 appendix A).

external_host.py ADDRESS PORT KEY-FILE CHAIN-FILE AUTHORITY-FILE NAME DIRECTORY

Clients may show a certificate of the authority; EXTERNAL is good where its common name is NAME. Each message
becomes a file in DIRECTORY, below a first line with who had signed in.
"""

import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, name, directory):
        self.name = name
        self.directory = directory
        self.number = 0

    async def auth_EXTERNAL(self, server, words):
        shown = server.transport.get_extra_info("peercert") or {}
        names = [value for part in shown.get("subject", ()) for key, value in part if key == "commonName"]
        good = self.name in names and words[1:] == ["="]
        return AuthResult(success=good, handled=False, auth_data=self.name if good else None)

    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        file = os.path.join(self.directory, f"{self.number:06}")
        to = " ".join(envelope.rcpt_tos)
        with open(file + ".new", "wb") as out:
            out.write(f"X-Authenticated: {session.auth_data}\r\nX-Rcpt: {to}\r\n".encode() + envelope.content)
        os.rename(file + ".new", file)
        return "250 OK"


async def main():
    address, port, key, chain, authority, name, directory = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    handler = Handler(name, directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            handler,
            hostname="relay.test",
            tls_context=context,
            auth_required=True,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=loop,
        ),
        address,
        int(port),
    )
    async with server:
        await server.serve_forever()


asyncio.run(main())

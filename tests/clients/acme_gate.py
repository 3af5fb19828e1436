"""Stands in front of an ACME server and lets everything through, but for what a test wants refused.

acme_gate.py ADDRESS PORT KEY CHAIN UPSTREAM_PORT DIRECTORY

DIRECTORY/plan.json is a list of refusals, each {"path": "/order-plz", "status": 429, "type": "rateLimited",
"detail": "...", "retry_after": "7200", "times": 1}; each is given "times" times, or always where that is absent.
Where there is DIRECTORY/advice.json, it is what the server advises for every certificate (RFC 9773 section 4.2).
DIRECTORY/log has a line for each request: method, path and the status of the answer.
"""

import http.client
import http.server
import json
import os
import ssl
import sys
import threading

address, port, key, chain, upstream, directory = sys.argv[1:]
lock = threading.Lock()


def refusal(path):
    """What is refused of this path now, if anything."""
    file = os.path.join(directory, "plan.json")
    with lock:
        if not os.path.exists(file):
            return None
        with open(file) as plan:
            refusals = json.load(plan)
        for one in refusals:
            if path.startswith(one["path"]) and one.get("times", 1) > 0:
                if "times" in one:
                    one["times"] -= 1
                    with open(file + ".new", "w") as plan:
                        json.dump(refusals, plan)
                    os.replace(file + ".new", file)
                return one
    return None


class Gate(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        refused = refusal(self.path)
        if refused:
            problem = {
                "type": "urn:ietf:params:acme:error:" + refused["type"],
                "detail": refused["detail"],
            }
            headers = [("Content-Type", "application/problem+json")]
            if "retry_after" in refused:
                headers.append(("Retry-After", refused["retry_after"]))
            self.answer(refused["status"], headers, json.dumps(problem).encode())
            return
        advice = os.path.join(directory, "advice.json")
        if self.path.startswith("/renewal-info/") and os.path.exists(advice):
            with open(advice, "rb") as content:
                headers = [("Content-Type", "application/json"), ("Retry-After", "21600")]
                self.answer(200, headers, content.read())
            return
        server = http.client.HTTPSConnection(address, int(upstream), context=unverified)
        # With the Host that the client has written: it is in what is signed.
        headers = {name: value for name, value in self.headers.items() if name != "Connection"}
        server.request(self.command, self.path, body, headers)
        answer = server.getresponse()
        content = answer.read()
        if self.path == "/dir" and os.path.exists(advice):
            addresses = json.loads(content)
            addresses["renewalInfo"] = f"https://{self.headers['Host']}/renewal-info"
            content = json.dumps(addresses).encode()
        passed = ("content-type", "location", "replay-nonce", "link", "retry-after")
        kept = [(n, v) for n, v in answer.getheaders() if n.lower() in passed]
        self.answer(answer.status, kept, content)
        server.close()

    do_GET = do_POST = do_HEAD = handle_any

    def answer(self, status, headers, content):
        with lock, open(os.path.join(directory, "log"), "a") as log:
            log.write(f"{self.command} {self.path} {status}\n")
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


unverified = ssl.create_default_context()
unverified.check_hostname = False
unverified.verify_mode = ssl.CERT_NONE
server = http.server.ThreadingHTTPServer((address, int(port)), Gate)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(chain, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()

"""Lets dkimpy verify every DKIM signature of a message: dkim_verify.py DNS-ADDRESS DNS-PORT FILE.

Keys are asked of the name server. One line for each signature; exit status 1 unless there are some and
all are good."""

import re
import subprocess
import sys

import dkim


def look_up(address, port):
    def txt(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        command = ["dig", "+short", "+tries=2", f"+time={timeout}", f"@{address}", "-p", port, "TXT", name]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return "".join(re.findall(r'"([^"]*)"', answer)).encode() or None

    return txt


def main(address, port, path):
    with open(path, "rb") as file:
        message = file.read()
    number = len([1 for name, _ in dkim.rfc822_parse(message)[0] if name.lower() == b"dkim-signature"])
    good = number > 0
    for index in range(number):
        verifier = dkim.DKIM(message)
        try:
            verdict = "good" if verifier.verify(index, dnsfunc=look_up(address, port)) else "bad"
        except dkim.DKIMException as error:
            verdict = f"refused: {error}"
        good &= verdict == "good"
        fields = verifier.signature_fields
        print(fields.get(b"a", b"?").decode(), fields.get(b"s", b"?").decode(), verdict)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

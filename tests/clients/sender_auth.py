"""What others make of signatures, seals and results: dkimpy and authres.

sender_auth.py dkim-sign KEY-FILE DOMAIN SELECTOR FILE        the message with a DKIM-Signature on top
sender_auth.py arc-sign KEY-FILE DOMAIN SELECTOR HOST FILE    the message with an ARC set on top, of the results of HOST
sender_auth.py arc-verify DNS-ADDRESS DNS-PORT FILE           a line: verdict, number of sets, reason
sender_auth.py results HOST FILE                              the results of HOST, as authres reads them: a line each
"""

import sys

import authres
import dkim

from dkim_verify import look_up


def read(path):
    with open(path, "rb") as file:
        return file.read()


def dkim_sign(key, domain, selector, path):
    message = read(path)
    form = (b"relaxed", b"relaxed")
    field = dkim.sign(message, selector.encode(), domain.encode(), read(key), canonicalize=form)
    sys.stdout.buffer.write(field + message)


def arc_sign(key, domain, selector, host, path):
    message = read(path)
    fields = dkim.arc_sign(message, selector.encode(), domain.encode(), read(key), host.encode())
    assert len(fields) == 3, fields
    sys.stdout.buffer.write(b"".join(fields) + message)


def arc_verify(address, port, path):
    verdict, sets, reason = dkim.arc_verify(read(path), dnsfunc=look_up(address, port))
    print((verdict or b"ended").decode(), len(sets), reason)


def results(host, path):
    for name, value in dkim.rfc822_parse(read(path))[0]:
        if name.lower() != b"authentication-results":
            continue
        unfolded = b" ".join(value.split()).decode()
        header = authres.AuthenticationResultsHeader.parse("Authentication-Results: " + unfolded)
        if header.authserv_id != host:
            continue
        for result in header.results:
            properties = [f"{p.type}.{p.name}={p.value}" for p in result.properties]
            print(" ".join([f"{result.method}={result.result}", *properties]))


if __name__ == "__main__":
    ways = {"dkim-sign": dkim_sign, "arc-sign": arc_sign, "arc-verify": arc_verify, "results": results}
    ways[sys.argv[1]](*sys.argv[2:])

"""Submits one message with Python's smtplib.

send.py HOST PORT CA-FILE TLS USER PASSWORD FROM CONTENT-FILE RECIPIENT...

TLS is `starttls`, `implicit` or `none`; an empty USER does not sign in. Options of MAIL and RCPT may
follow an address after blanks: `a@b.example NOTIFY=SUCCESS`. Prints the reply to the message.
"""

import smtplib
import ssl
import sys


def main():
    host, port, authority, tls, user, password, sender, content = sys.argv[1:9]
    recipients = sys.argv[9:]
    context = ssl.create_default_context(cafile=authority)
    if tls == "implicit":
        server = smtplib.SMTP_SSL(host, int(port), "python.example", timeout=30, context=context)
    else:
        server = smtplib.SMTP(host, int(port), "python.example", timeout=30)
    server.ehlo()
    if tls == "starttls":
        server.starttls(context=context)
        server.ehlo()
    if user:
        server.login(user, password)
    address, *options = sender.split(" ")
    expect(server.mail(address, options), 250)
    for recipient in recipients:
        address, *options = recipient.split(" ")
        expect(server.rcpt(address, options), 250)
    with open(content, "rb") as file:
        reply = server.data(file.read())
    expect(reply, 250)
    server.quit()


def expect(reply, code):
    text = reply[1].decode("utf-8", "replace")
    print(reply[0], text)
    if reply[0] != code:
        sys.exit(1)


try:
    main()
except smtplib.SMTPResponseException as error:
    print(error.smtp_code, error.smtp_error)
    sys.exit(1)

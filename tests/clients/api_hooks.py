"""Hooks for schemathesis: most requests name something that exists, so that they get beyond "not found"."""

import random

import schemathesis

# By the noun of the cmdlet. The administrator who asks is not among the mailboxes.
THERE = {
    "SendConnector": ["Existing"],
    "ReceiveConnector": ["MBX01\\Default Frontend MBX01", "MBX01\\Client Frontend MBX01"],
    "AcceptedDomain": ["contoso.com"],
    "RemoteDomain": ["Default"],
    "Mailbox": ["jean", "jean@contoso.com"],
    "RoleGroup": ["Organization Management"],
    "RoleGroupMember": ["Help Desk"],
    "ADPermission": ["Existing"],
    "ExchangeServer": ["MBX01"],
    "TransportService": ["MBX01"],
    "FrontendTransportService": ["MBX01\\Frontend"],
    "ServerComponentState": ["MBX01"],
    "Queue": ["MBX01\\Submission", "Unreachable"],
    "Message": ["1"],
}
USERS = {"Member": "jean@contoso.com", "User": "NT AUTHORITY\\ANONYMOUS LOGON"}


@schemathesis.hook
def map_body(context, body):
    """Names something that exists, three times of four."""
    if not isinstance(body, dict):
        return body
    choice = random.Random(repr(body))
    noun = context.operation.path.rsplit("-", 1)[-1]
    # What is removed is of no use to the requests after it.
    is_removal = "/Remove-" in context.operation.path
    if noun in THERE and not is_removal and choice.random() < 0.75:
        body["Identity"] = choice.choice(THERE[noun])
    for name, user in USERS.items():
        if name in body and choice.random() < 0.75:
            body[name] = user
    return body

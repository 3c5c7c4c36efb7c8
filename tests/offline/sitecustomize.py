"""Python with this folder on PYTHONPATH reaches its own machine only: what a lesson's kernel is run with in tests.

Loopback addresses and unix sockets work, for the kernel needs them. The error is no OSError, which code that falls back
on something else would catch. Not seen: sockets that are opened outside Python's `socket`, by zmq or by programs.
"""

import os
import socket
from ipaddress import ip_address

INTERNET = (socket.AF_INET, socket.AF_INET6)


def is_here(host) -> bool:
    """Whether a host is this machine: loopback, or no particular address."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse(host) -> None:
    """Raise unless the host is this machine."""
    if not is_here(host):
        raise RuntimeError(
            f"this lesson tried to reach {host!r}; lessons work without a network, so use what comes with dartslab."
        )


def guard(name: str) -> None:
    """Let a method of sockets look at the address, its last argument, first."""
    method = getattr(socket.socket, name)

    def guarded(self, *arguments):
        if self.family in INTERNET:
            refuse(arguments[-1][0])
        return method(self, *arguments)

    setattr(socket.socket, name, guarded)


def guard_lookup(name: str) -> None:
    """Let a look-up of names look at the host, its first argument, first."""
    function = getattr(socket, name)

    def guarded(host, *arguments, **named):
        refuse(host)
        return function(host, *arguments, **named)

    setattr(socket, name, guarded)


for method in ("connect", "connect_ex", "sendto"):
    guard(method)
for function in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    guard_lookup(function)
for variable in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[variable]  # a proxy on this machine would be a way out

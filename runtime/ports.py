"""Ports: whether one is free or served."""

import socket


def is_port_free(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_port_served(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether a server accepts connections on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if probe.connect_ex((host, port)) != 0:
            return False
        # Without a server a probe of an ephemeral port may be connected to itself, one time in 14,000.
        return bool(probe.getsockname() != probe.getpeername())

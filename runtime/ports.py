"""Ports: whether one is free or served, and finding free ones for tests."""

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


def free_port_block(width: int, host: str = "127.0.0.1") -> int:
    """Return a port base from which `width` ports in a row were free a moment ago."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((host, 0))
            base = int(probe.getsockname()[1])
        if base + width <= 65_535 and all(is_port_free(base + step, host) for step in range(width)):
            return base

"""The edges: sockets, HTTP, the clock's loop and the control pages."""

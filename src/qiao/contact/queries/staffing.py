"""How many agents calls need: the formulas of `contact.rules.erlang`, for who plans people."""

from qiao.contact.rules.erlang import NotReachable, Service, Traffic, agents_for, service

__all__ = ["NotReachable", "Service", "Traffic", "agents_for", "service"]

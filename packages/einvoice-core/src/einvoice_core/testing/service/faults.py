"""Faults that a double plays on purpose, so that a client can rehearse them.

A plan says, request by request, what goes wrong. It is deterministic: a script, or a seed.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

__all__ = ["Fault", "Plan", "no_faults", "scripted", "seeded"]


class Fault(StrEnum):
    """What goes wrong with one request."""

    DOWN = "down"
    """The connection ends before the request is looked at; nothing is taken."""
    SOAP_FAULT = "soap_fault"
    """The service answers, in its own words, that it failed; nothing is taken."""
    SERVER_ERROR = "server_error"
    """HTTP 500 with a page for people; nothing is taken."""
    UNAVAILABLE = "unavailable"
    """HTTP 503 with a page for people; nothing is taken."""
    THROTTLED = "throttled"
    """HTTP 429 with a time to wait; nothing is taken."""
    SLOW = "slow"
    """The request is taken and the answer comes late."""
    LOST_REPLY = "lost_reply"
    """The request is taken and the connection ends without an answer."""
    TRUNCATED = "truncated"
    """The request is taken and the connection ends in the middle of the answer."""
    GARBAGE = "garbage"
    """The request is taken and the answer is the right one read backwards."""
    WRONG_CHARSET = "wrong_charset"
    """The request is taken and the answer is in UTF-16, though it says otherwise."""
    HUGE = "huge"
    """The request is taken and the answer never seems to end."""
    TWICE = "twice"
    """The request arrives twice; the caller sees the second answer."""
    ANOTHER = "another"
    """The request is taken and the answer is the one to the request before."""


Plan = Callable[[], Fault | None]
"""Called once for each request; ``None`` lets it pass."""


def no_faults() -> Fault | None:
    """Let every request pass."""
    return None


def scripted(faults: Sequence[Fault | None]) -> Plan:
    """Play faults in this order; once they are over, requests pass."""
    left = list(reversed(faults))
    return lambda: left.pop() if left else None


def seeded(seed: int, shares: Mapping[Fault, int]) -> Plan:
    """Play faults at random, the same for the same seed.

    Args:
        seed: Of the random numbers.
        shares: How many requests in a hundred meet each fault.
    """
    if sum(shares.values()) > 100 or min(shares.values(), default=0) < 0:
        raise ValueError("the shares are percentages: none negative, together at most 100")
    numbers = random.Random(seed)  # noqa: S311 - a rehearsal, not a secret
    faults: list[Fault | None] = [fault for fault, share in shares.items() for _ in range(share)]
    faults += [None] * (100 - len(faults))
    return lambda: numbers.choice(faults)

"""What a query worker may not do: use the network, more memory than given, or outlive its parent.

Each fence that the system does not permit is left out; `no_network` says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
from typing import Final

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_STACK: Final = 64 << 20  # a flat chain of 3,000 BINDs or MINUSes overflows the usual 8 MiB


def no_network() -> bool:
    """Move this process and its children to a network namespace without interfaces.

    Works for root, and elsewhere where unprivileged user namespaces are allowed. For a
    process with one thread (unshare(2)). Returns whether it worked.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def limit_memory(extra: int) -> int:
    """Let the address space grow by `extra` bytes and not more; allow deep stacks, no core dump.

    Returns the size of the address space now, in bytes.
    """
    size = address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    stack = _STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (stack, hard))
    limit = size + extra + stack
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    return size


def limit_cpu(seconds: float) -> None:
    """End this process after so many further seconds of processor time (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, hard))


def address_space() -> int:
    """Bytes of virtual memory of this process."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")

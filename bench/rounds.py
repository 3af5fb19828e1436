"""Rounds of load through a server, interleaved with those of others: for the benchmarks. Environment:

    SIZE 4096        ROUNDS 3         bytes; rounds
    FOREIGN 0.25                      share of the processors that others may have; a round with more is repeated
"""

import os
import resource
import statistics
import sys
import time

from lab import PROCESSES, Sink, drain, generators, machine_seconds, tree_seconds

SIZE = int(os.environ.get("SIZE", 4096))
ROUNDS = int(os.environ.get("ROUNDS", 3))
FOREIGN = float(os.environ.get("FOREIGN", 0.25))
REPEATS = 2
CORES = os.cpu_count()


def number(name, default):
    value = int(os.environ.get(name, default))
    return value - value % PROCESSES


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(to, messages, server):
    """One round: messages a second, processor seconds of the server, foreign and idle share.

    Without a server the generator's last answer ends the round: a sink that ended itself would
    leave the generator without it.
    """
    sink = Sink(messages if server else None)
    server_before = tree_seconds(server) if server else 0
    machine_before, children_before = machine_seconds(), children_seconds()
    started = time.monotonic()
    sources = generators(to, messages, SIZE)
    for source in sources:
        if source.wait() != 0:
            raise SystemExit("smtp-source failed")
    if server:
        # Patience for what the server still holds; a lost message ends the benchmark here.
        sink.wait(300)
    took = time.monotonic() - started
    sink.stop()
    busy = machine_seconds() - machine_before
    own = children_seconds() - children_before
    servers = tree_seconds(server) - server_before if server else 0
    foreign = max(0.0, busy - own - servers) / (took * CORES)
    idle = max(0.0, 1 - busy / (took * CORES))
    return messages / took, servers, foreign, idle


class Row:
    def __init__(self, name, changed, messages, to, server=None, before=None):
        self.name, self.changed, self.messages, self.to = name, changed, messages, to
        self.server, self.before = server, before
        self.rates, self.seconds, self.foreign, self.idle = [], [], [], []

    def run(self):
        if self.before:
            self.before()
        for attempt in range(REPEATS + 1):
            pid = self.server.process.pid if self.server else None
            rate, seconds, foreign, idle = measure(self.to, self.messages, pid)
            if self.server:
                drain(self.server)
            if foreign <= FOREIGN or attempt == REPEATS:
                break
            print(f"  {self.name}: {foreign:.0%} foreign processor time, again", file=sys.stderr)
        print(f"  {self.name}: {rate:,.0f} msg/s, {foreign:.0%} foreign, {idle:.0%} idle", file=sys.stderr)
        self.rates.append(rate)
        self.seconds.append(1000 * seconds / self.messages)
        self.foreign.append(foreign)
        self.idle.append(idle)

    @property
    def rate(self):
        return statistics.median(self.rates)


def table(lines):
    """Prints lines of cells, the first column to the left."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(widths[0]) if i == 0 else cell.rjust(widths[i]) for i, cell in enumerate(line)))

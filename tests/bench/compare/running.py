# SPDX-License-Identifier: MIT
"""Processes: starting them, what they cost, and the load on them."""

import ctypes
import dataclasses
import json
import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import threading
import time

import other_clients

DESCRIPTORS = 65536  # that every process may have, where this machine allows it
TICKS = os.sysconf("SC_CLK_TCK")


LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    LIBC.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing is left running when the benchmark is killed


class BenchError(Exception):
    """What went wrong, for whoever started the benchmark."""


def allow_many_descriptors():
    """For this process and those it starts; only root may go beyond what was allowed before."""
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    except (ValueError, PermissionError):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def descriptors():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def processors_in_use(seconds):
    """How many processors are not idle, on average over so many seconds; what a hypervisor withholds counts."""

    def ticks():
        values = [int(value) for value in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(values), values[3] + values[4]  # all; idle and waiting for a disk

    all_before, idle_before = ticks()
    time.sleep(seconds)
    all_after, idle_after = ticks()
    return os.cpu_count() * (1 - (idle_after - idle_before) / max(1, all_after - all_before))


@dataclasses.dataclass
class Cpu:
    """Microseconds."""

    user: float = 0
    system: float = 0
    total: float = 0  # of the scheduler's own account, which is finer than the ticks of the two above

    def __sub__(self, other):
        return Cpu(self.user - other.user, self.system - other.system, self.total - other.total)


def stat_fields(path):
    # The name in parentheses may hold anything.
    name, rest = pathlib.Path(path).read_text().rsplit(")", 1)
    return name.split("(", 1)[1], rest.split()


class Process:
    """A program with all that it starts; ends with the `with` block."""

    def __init__(self, command, log, cpus=None, environment=None):
        self.command = [str(part) for part in command]
        self.log = log
        self.cpus = cpus
        self.environment = environment
        self.child = None

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          start_new_session=True, env={**os.environ, **(self.environment or {})},
                                          preexec_fn=self._prepare)
        return self

    def _prepare(self):
        die_with_parent()
        if self.cpus:
            os.sched_setaffinity(0, self.cpus)

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(15)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.child.pid, signal.SIGKILL)  # its own session: whatever it left behind
        except ProcessLookupError:
            pass
        self.child.wait()

    def problem(self):
        end = pathlib.Path(self.log).read_text(errors="replace")[-800:]
        return f"{self.command[0]} ended or does not listen:\n{end}"

    def await_port(self, port, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise BenchError(self.problem())

    def pids(self):
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    parents[int(entry)] = int(stat_fields(f"/proc/{entry}/stat")[1][1])
                except OSError:
                    pass
        found = [self.child.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu(self, threads=""):
        """User and system time until now of all its processes, or only of the threads whose names begin so."""
        spent = Cpu()
        for pid in self.pids():
            for task in os.listdir(f"/proc/{pid}/task"):
                try:
                    name, fields = stat_fields(f"/proc/{pid}/task/{task}/stat")
                    nanoseconds = int(pathlib.Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
                except OSError:
                    continue  # it has ended
                if name.startswith(threads):
                    spent.user += int(fields[11]) * 1e6 / TICKS
                    spent.system += int(fields[12]) * 1e6 / TICKS
                    spent.total += nanoseconds / 1e3
        return spent

    def memory(self):
        """Bytes of its own: what processes share counts in proportion."""
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total


class Repeating:
    """Does something every so many seconds, on a thread of its own, as long as the `with` block lasts."""

    def __init__(self, seconds, work):
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(seconds, work), daemon=True)

    def _run(self, seconds, work):
        while not self.over.wait(seconds):
            work()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def free_ports(count):
    """The first of so many ports that nobody uses, nor those a thousand above."""
    for _ in range(200):
        first = random.randrange(20000, 30000, count)
        try:
            for port in [*range(first, first + count), *range(first + 1000, first + 1000 + count)]:
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise BenchError("no free ports were found")


def wait_until(holds, seconds):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def ask_once(port, path):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: bench.localhost\r\nConnection: close\r\n\r\n".encode())
        while connection.recv(65536):
            pass


def client_command(programs, port, options):
    return [str(programs / "bench_client"), f"port={port}"] + [f"{name}={value}" for name, value in options.items()]


def load(programs, port, options, cpus=None):
    """Runs the client and returns what it saw; an error of even one request is an error of the benchmark."""
    prepare = (lambda: os.sched_setaffinity(0, cpus)) if cpus else None
    if "client" in options:
        seen = other_clients.load(options["client"], port, options, prepare)
    else:
        done = subprocess.run(client_command(programs, port, options), stdout=subprocess.PIPE, text=True, check=True,
                              preexec_fn=prepare)
        seen = json.loads(done.stdout)
    if seen["errors"] or seen["unanswered"] or not seen["requests"]:
        raise BenchError(f"{seen['requests']} answered, {seen['errors']} failed, {seen['unanswered']} never answered"
                         f" (first: {seen['problem'] or 'none'}; options {options})")
    return seen


def whole_response(port, path):
    """The bytes of the origin's response, head and body."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head = received.split(b"\r\n\r\n")[0]
        length = int(next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length")).split(b":")[1])
        return len(head) + 4 + length

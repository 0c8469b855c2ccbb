# SPDX-License-Identifier: MIT
"""One case: all its contenders started beside each other, and asked in turn, round after round."""

import contextlib
import dataclasses
import itertools
import os
import pathlib
import signal
import statistics
import tempfile
import time

import other_clients
import products
import running

ADDRESSES = 1000  # that the origin listens on beside 127.0.0.1


@dataclasses.dataclass
class Plan:
    programs: pathlib.Path
    rounds: int = 5
    seconds: float = 3
    rate_rounds: int = 30  # more and shorter ones: the slowest hundredth is scattered far more than CPU time
    rate_seconds: float = 1.5
    port: int = 0  # the origin's; the contenders have those after it
    most_variants: int = 10**9  # of objects and clients
    most_idle: int = 10**9
    rate_share: float = 0.4  # of what the slowest answers when it is asked as fast as it can
    product_cpus: set = None
    other_cpus: set = None


@dataclasses.dataclass
class Running:
    contender: object
    process: running.Process
    port: int
    load: dict
    config: pathlib.Path = None  # Reverxy's


def memory_folder():
    """Where files stay in memory."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def setup_of(case, contender, plan, folder, index):
    load = {**case.load, **contender.load}
    settings = {**case.setup, **contender.setup}
    for key in ("variants", "clients"):
        if key in load:
            load[key] = min(load[key], plan.most_variants)
    setup = products.Setup(port=plan.port + 1 + index, origin=plan.port, folder=folder, programs=plan.programs, **settings)
    setup.response_bytes = running.whole_response(plan.port, load["path"].replace("%", "0"))
    return setup, load


def start(case, plan, folder, stack):
    """The contenders that could be started, and why the others were not."""
    started, missing = [], {}
    for index, contender in enumerate(case.contenders):
        product = products.ALL[contender.product]
        reason = product.missing(plan.programs) or other_clients.missing(contender.load.get("client"))
        if reason:
            missing[contender.label] = reason
            continue
        own = folder / f"{index}"
        own.mkdir()
        setup, load = setup_of(case, contender, plan, own, index)
        environment = {}
        if setup.window:
            setup.display = f":{setup.port}"  # a number that nobody else has
            reason = show_display(setup.display, folder, stack)
            if reason:
                missing[contender.label] = reason
                continue
            environment = product.environment(setup)
        process = stack.enter_context(
            running.Process(product.command(setup), own / "output", plan.product_cpus, environment))
        started.append(Running(contender, process, setup.port, load, own / "reverxy.yaml"))
    for one in started:
        one.process.await_port(one.port)
    return started, missing


def show_display(display, folder, stack):
    """An X server for the window; why not, where there is none."""
    server = products.from_path("Xvfb")
    if not server:
        return "Xvfb is not installed"
    stack.enter_context(running.Process(
        [server, display, "-screen", "0", "1600x1000x24", "-nolisten", "tcp"], folder / "Xvfb"))
    socket = pathlib.Path("/tmp/.X11-unix/X" + display.lstrip(":"))
    return None if running.wait_until(socket.exists, 10) else "Xvfb does not start"


def measure(case, plan, say):
    """A dictionary of plain values: figures by contender, the fixed rate, who is missing and why."""
    others = running.processors_in_use(0.5)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory_folder())))
        folder.chmod(0o755)
        origin = stack.enter_context(running.Process(
            [plan.programs / "bench_origin", plan.port, ADDRESSES], folder / "origin", plan.other_cpus))
        origin.await_port(plan.port)
        started, missing = start(case, plan, folder, stack)
        stack.callback(lambda: [one.process.child.terminate() for one in started])  # so that they end side by side
        figures = {one.contender.label: {key: [] for key in ("cpu", "user", "system", "rps", "p50", "p99", "p999")}
                   for one in started}
        for one in started:
            prepare(case, one, plan)
            if case.idle:
                count = min(case.idle, plan.most_idle)
                figures[one.contender.label]["idle_bytes"] = [hold_idle(one, plan, count, folder, stack)]
            if one.contender.reloads:
                stack.enter_context(running.Repeating(1, lambda one=one, turn=itertools.count(): reload(one, turn)))
        for number in range(plan.rounds):
            say(f"{case.name}: round {number + 1} of {plan.rounds}")
            for one in started:
                as_fast_as_it_can(one, plan, figures[one.contender.label])
        rate = 0
        if case.fixed_rate:
            reached = [statistics.median(values["rps"]) for label, values in figures.items() if label != "floor"]
            rate = max(1, round(plan.rate_share * min(reached, default=0)))
            for number in range(plan.rate_rounds):
                say(f"{case.name}: {rate} requests/s, round {number + 1} of {plan.rate_rounds}")
                for one in started:
                    at_fixed_rate(one, plan, rate, figures[one.contender.label])
        for one in started:
            figures[one.contender.label]["memory"] = one.process.memory()
        return {"figures": figures, "rate": rate, "missing": missing, "others": others, "rounds": plan.rounds,
                "seconds": plan.seconds, "rate_rounds": plan.rate_rounds, "rate_seconds": plan.rate_seconds}


def reload(one, turn):
    """The same configuration but for one timeout: what is unchanged would not be loaded."""
    first, rest = one.config.read_text().split("\n", 1)
    first = first.split(", response_timeout")[0].rstrip(" }")
    one.config.write_text(f"{first}, response_timeout: {60 + next(turn) % 2}s }}\n{rest}")
    one.process.child.send_signal(signal.SIGHUP)


def hold_idle(one, plan, count, folder, stack):
    """Opens idle connections that stay until the case is over; the memory that each takes of the product."""
    before = one.process.memory()
    log = folder / f"idle-{one.port}"
    holder = stack.enter_context(running.Process(
        running.client_command(plan.programs, one.port,
                               {"path": one.load["path"], "connections": 0, "hold": count, "seconds": 86400}),
        log, plan.other_cpus))
    if not running.wait_until(lambda: "held" in log.read_text() or holder.child.poll() is not None, 60):
        raise running.BenchError(f"{count} idle connections were not opened in time")
    if "held" not in log.read_text():
        raise running.BenchError(f"{count} idle connections could not be opened: {log.read_text().strip()}")
    time.sleep(0.5)  # what is given back of them is given back now
    return max(0, one.process.memory() - before) / count


def prepare(case, one, plan):
    for _ in range(case.prime if "limit" in case.setup and one.contender.product != "floor" else 0):
        running.ask_once(one.port, one.load["path"])
    if one.contender.sweep:
        running.load(plan.programs, one.port, {**one.load, "sweep": 1, "seconds": 600}, plan.other_cpus)
    running.load(plan.programs, one.port, {**one.load, "seconds": min(0.5, plan.seconds)}, plan.other_cpus)


def as_fast_as_it_can(one, plan, figures):
    before = one.process.cpu(one.contender.threads)
    seen = running.load(plan.programs, one.port, {**one.load, "seconds": plan.seconds}, plan.other_cpus)
    spent = one.process.cpu(one.contender.threads) - before
    answered = seen["opening"] + seen["requests"]
    figures["cpu"].append(spent.total / answered)
    figures["user"].append(spent.user / answered)
    figures["system"].append(spent.system / answered)
    figures["rps"].append(seen["requests"] / seen["seconds"])


def at_fixed_rate(one, plan, rate, figures):
    seen = running.load(plan.programs, one.port, {**one.load, "seconds": plan.rate_seconds, "rate": rate},
                        plan.other_cpus)
    for key in ("p50", "p99", "p999"):
        figures[key].append(seen[key])

# SPDX-License-Identifier: MIT
"""What was measured, as a page: medians, spread, ratios, and what was aimed at."""

import os
import pathlib
import platform
import statistics

import products

BUSY = 0.3  # processors; less is no more than any system does by itself

INTRODUCTION = """# What Reverxy costs beside others

Written by `tests/bench/run.sh`; do not edit. [BUDGET.md](BUDGET.md) says where the time goes. All contenders of a case run
beside each other and are asked in turn, round after round, so that what disturbs the machine hits all alike; figures are
medians of the rounds, in parentheses the least and the most. CPU time is user and system time of all the product's processes
and threads, as the kernel accounts for it, divided by the requests that were answered while it was spent: what a product costs
whoever works on the same machine. Ratios of it are medians of the rounds' own ratios, each of two that were measured within
seconds of each other. Latencies are those of an open loop at one rate for all, well below what the slowest can do,
and count from the time a request was due; each round begins with new connections,
whose first requests count for CPU time alone. Memory is the product's share (PSS) at the end of the case.

Every product has two workers or threads, no access log, kept connections to the origin and the files of its cache in memory.
All are as they come otherwise: Reverxy's workers are batch work to the system's scheduler, and its connections on loopback
addresses use Reno, where the others leave both to the system.
The floor is `bench_floor.cpp`: two threads that move the bytes and understand nothing of them. Load comes from
`bench_client.cpp`, which checks status and length of every response, in one case from wrk and h2load, and one `bench_origin.cpp`
stands behind all. {pinning}
"""


def median(values):
    return statistics.median(values) if values else None


def decimals(value):
    return 0 if value >= 1000 else 1 if value >= 100 else 2


def number(value):
    return f"{value:,.{decimals(value)}f}"


def spread(values):
    if not values:
        return "–"
    middle = median(values)
    places = decimals(middle)
    return f"{middle:,.{places}f} ({min(values):,.{places}f}–{max(values):,.{places}f})"


def machine():
    model = "?"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
    control = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control")
    control = control.read_text().strip() if control.exists() else "?"
    return f"{model}, {os.cpu_count()} processors, Linux {platform.release()}, congestion control {control}"


def versions(programs):
    lines = []
    for product in products.ALL.values():
        if product.name != "haproxy-splice":
            reason = product.missing(programs)
            lines.append(f"{product.name}: {reason or product.version(programs)}")
    return lines


def best(figures, names, figure):
    """Whose median is the least; None where there is nobody."""
    found = [name for name in names if name in figures and figures[name][figure]]
    return min(found, key=lambda name: median(figures[name][figure]), default=None)


def ratio(figures, label, names, figure="cpu"):
    """CPU time is compared round by round, because a machine may be slower for some of them; latencies, in which a round has
    little to do with the next, as medians."""
    against = best(figures, [name for name in names if name != label], figure)
    if not against or not best(figures, [label], figure):
        return None
    own, others = figures[label][figure], figures[against][figure]
    if figure == "cpu":
        return statistics.median(one / other for one, other in zip(own, others))
    return median(own) / median(others)


def aim_rows(case, result):
    """What was aimed at, what was reached, and whether that suffices; where a contender is missing there is no row."""
    for aim in case.aims:
        if aim.figure == "idle_bytes":
            taken = median(result["figures"].get(aim.of, {}).get("idle_bytes"))
            if taken is not None:
                yield (case.title, f"memory per idle connection at most {aim.most:,} bytes", f"{taken:,.0f}",
                       taken <= aim.most)
            continue
        reached = ratio(result["figures"], aim.of, aim.against, aim.figure)
        if reached is not None:
            whom = " or ".join(aim.against)
            what = "CPU time" if aim.figure == "cpu" else aim.figure
            yield (case.title, f"{what} of {aim.of} at most {aim.most:.2f} × {whom}", f"{reached:.2f}",
                   reached <= aim.most)


def case_section(case, result):
    figures = result["figures"]
    peers = [name for name in figures if name in products.ALL and name not in ("reverxy", "floor")]
    rounds = f"{result['rounds']} rounds of {result['seconds']:g} s"
    if result["rate"]:
        rounds += f"; latencies: {result.get('rate_rounds', result['rounds'])} of {result.get('rate_seconds', result['seconds']):g} s"
    lines = [f"## {case.title}", "", rounds + "."]
    if result.get("others", 0) > BUSY:
        lines[-1] += (f" The machine was busy with other work when the case began ({result['others']:.1f} processors): CPU time"
                      " per request still compares, latencies and rates tell more of that work than of the products.")
    lines.append("")
    head = ["", "CPU µs/request", "user", "system"]
    if peers:
        head += ["× best peer", "× floor"]
    head += ["requests/s"]
    if result["rate"]:
        head += [f"p50 µs at {result['rate']:,}/s", "p99 µs", "p99.9 µs"]
    head += ["memory MB"]
    idle = any("idle_bytes" in values for values in figures.values())
    if idle:
        head += ["bytes per idle connection"]
    lines += ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for label, values in figures.items():
        cells = [label, spread(values["cpu"]), number(median(values["user"])), number(median(values["system"]))]
        if peers:
            for against in (peers, ["floor"]):
                found = ratio(figures, label, against)
                cells.append(f"{found:.2f}" if found else "–")
        cells += [number(median(values["rps"]))]
        if result["rate"]:
            cells += [number(median(values["p50"])), spread(values["p99"]), number(median(values["p999"]))]
        cells.append(number(values["memory"] / 1e6))
        if idle:
            cells.append(number(values["idle_bytes"][0]))
        lines.append("| " + " | ".join(cells) + " |")
    lines += [""] + [f"Not measured: {label}, because {reason}." for label, reason in result["missing"].items()]
    return lines


def page(cases, results, plan, when):
    pinning = ("Products are bound to processor {} and everything else to processor {}.".format(
        *(", ".join(map(str, sorted(cpus))) for cpus in (plan.product_cpus, plan.other_cpus)))
               if plan.product_cpus else "Nothing is bound to a processor.")
    measured = [case for case in cases if case.name in results]
    lines = [INTRODUCTION.format(pinning=pinning), f"Machine: {machine()}. {when}.", ""]
    lines += [f"- {line}" for line in versions(plan.programs)]
    lines += ["", "![CPU time per request](results.svg)", "", "## What was aimed at", "",
              "A verdict of a busy machine is no verdict: a case that began on one says so below.", "",
              "| case | aim | reached | |", "|---|---|---|---|"]
    for case in measured:
        for title, aim, reached, met in aim_rows(case, results[case.name]):
            lines.append(f"| {title} | {aim} | {reached} | {'met' if met else '**missed**'} |")
    left_out = [case.title for case in cases if case.name not in results]
    if left_out:
        lines += ["", "Not measured this time: " + "; ".join(left_out) + "."]
    for case in measured:
        lines += [""] + case_section(case, results[case.name])
    text = "\n".join(lines).rstrip() + "\n"
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text

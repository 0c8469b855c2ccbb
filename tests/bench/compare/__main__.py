# SPDX-License-Identifier: MIT
"""Compares Reverxy with other proxies on this machine: see ../run.sh --help."""

import argparse
import dataclasses
import json
import os
import pathlib
import sys
import time

import cases
import measure
import plot
import report
import running

SKIPPED = 77  # what CTest takes for a test that could not be run


def arguments():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help="only see that every case works: one short round, nothing is written to RESULTS.md")
    parser.add_argument("--cases", default="", help="only these, by name, with commas; results of others are kept")
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement; latencies are measured six times as often for half as long")
    parser.add_argument("--pin", action="store_true", help="products on the first processor, everything else on the others")
    parser.add_argument("--programs", type=pathlib.Path, help="where reverxy and the bench_ programs were built")
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[1],
                        help="the folder of RESULTS.md and results.svg")
    return parser.parse_args()


def chosen(names):
    wanted = [name for name in names.split(",") if name]
    unknown = [name for name in wanted if name not in [case.name for case in cases.CASES]]
    if unknown:
        raise running.BenchError(f"no such case: {', '.join(unknown)}; --list names them")
    return [case for case in cases.CASES if not wanted or case.name in wanted]


def write(path, content):
    """Whole or not at all."""
    beside = path.with_suffix(".new")
    beside.write_text(content)
    beside.replace(path)


def compare(options, plan):
    kept = options.programs / "bench_results.json"
    results = json.loads(kept.read_text()) if kept.exists() and not options.quick else {}
    for case in chosen(options.cases):
        started = time.monotonic()
        sys.stdout.flush()
        results[case.name] = measure.measure(case, plan, lambda line: print(f"  {line}", file=sys.stderr))
        for label, values in results[case.name]["figures"].items():
            print(f"{case.name:20} {label:24} {report.spread(values['cpu']):>26} µs/request"
                  f" {report.number(report.median(values['rps'])):>10}/s"
                  f"  p99 {report.number(report.median(values['p99'])) if values['p99'] else '–':>8} µs", flush=True)
        for label, reason in results[case.name]["missing"].items():
            print(f"{case.name:20} {label:24} not measured: {reason}")
        print(f"  {case.name} took {time.monotonic() - started:.0f} s", file=sys.stderr)
        if not options.quick:
            write(kept, json.dumps(results, indent=1))
    if not options.quick:
        when = time.strftime("%Y-%m-%d", time.gmtime())
        write(options.results / "RESULTS.md", report.page(cases.CASES, results, plan, when))
        write(options.results / "results.svg", plot.drawing(cases.CASES, results))


def main():
    options = arguments()
    if options.list:
        for case in cases.CASES:
            print(f"{case.name:20} {case.title}")
        return 0
    if not (options.programs / "bench_client").exists():
        print("the benchmark's programs are not built, so nothing can be measured")
        return SKIPPED
    plan = measure.Plan(options.programs.resolve(), rounds=options.rounds, seconds=options.seconds,
                        rate_rounds=6 * options.rounds, rate_seconds=options.seconds / 2)
    if options.quick:
        plan = dataclasses.replace(plan, rounds=1, seconds=0.1, rate_rounds=1, rate_seconds=0.1, most_variants=5000,
                                   most_idle=500)
    running.allow_many_descriptors()
    cpus = sorted(os.sched_getaffinity(0))
    if options.pin and len(cpus) > 1:
        plan.product_cpus, plan.other_cpus = {cpus[0]}, set(cpus[1:])
    try:
        plan.port = running.free_ports(20)
        compare(options, plan)
    except running.BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

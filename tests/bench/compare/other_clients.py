# SPDX-License-Identifier: MIT
"""Load from programs that are not ours, so that what is compared does not hang on our own client."""

import math
import re
import shutil
import subprocess

PACKAGES = {"wrk": "wrk", "h2load": "nghttp2-client"}


def missing(client):
    """Why there can be no load from it; None where there can."""
    if client is None or shutil.which(client):
        return None
    return f"{client} is not installed (Debian: {PACKAGES[client]})"


def in_seconds(span, unit):
    return float(span) * {"ms": 0.001, "s": 1, "m": 60}[unit]


def wrk(url, connections, seconds):
    """The command, and what its output says: requests answered well, those that were not, and seconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, math.ceil(seconds))}s", url]

    def read(output):
        requests, span, unit = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", output).groups()
        failed = sum(map(int, re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", output)))
        return int(requests), failed, in_seconds(span, unit)

    return command, read


def h2load(url, connections, seconds):
    """The same."""
    command = ["h2load", "--h1", "-t1", f"-c{connections}", f"--duration={math.ceil(seconds * 1000)}ms", url]

    def read(output):
        span, unit = re.search(r"finished in ([\d.]+)(ms|s|m)", output).groups()
        good, failed, errored, late = re.search(
            r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", output).groups()
        return int(good), int(failed) + int(errored) + int(late), in_seconds(span, unit)

    return command, read


ALL = {"wrk": wrk, "h2load": h2load}


def load(client, port, options, prepare):
    """As running.load(): what the client saw. `prepare` runs in the new process before the program does."""
    url = f"http://127.0.0.1:{port}{options['path']}"
    command, read = ALL[client](url, options.get("connections", 64), options["seconds"])
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
                          preexec_fn=prepare)
    requests, failed, seconds = read(done.stdout)
    return {"opening": 0, "requests": requests, "seconds": seconds, "errors": failed, "unanswered": 0,
            "problem": done.stdout.strip() if failed else ""}

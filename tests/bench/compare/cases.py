# SPDX-License-Identifier: MIT
"""What is measured, of whom, and what is wanted."""

import dataclasses

KIB = 1024
MIB = 1024 * 1024
PEERS = ("nginx", "haproxy", "varnish")


@dataclasses.dataclass
class Contender:
    label: str
    product: str
    setup: dict = dataclasses.field(default_factory=dict)
    load: dict = dataclasses.field(default_factory=dict)
    sweep: bool = False  # each of the load's variants and clients comes once before anything is measured
    reloads: bool = False
    threads: str = ""  # only the CPU time of threads so named


@dataclasses.dataclass
class Aim:
    """`of` may take `most` times the CPU time of the best of `against`; or another figure."""

    against: tuple
    most: float
    of: str = "reverxy"
    figure: str = "cpu"


@dataclasses.dataclass
class Case:
    name: str
    title: str
    contenders: list
    load: dict
    setup: dict = dataclasses.field(default_factory=dict)
    aims: list = dataclasses.field(default_factory=list)
    fixed_rate: bool = True
    prime: int = 0  # requests before anything is measured, whatever their answers
    idle: int = 0  # connections that stay open beside, each after one request


def against_peers(*leave_out, also=()):
    names = ("reverxy", *PEERS, *also, "floor")
    return [Contender(name, name) for name in names if name not in leave_out]


def growth(smallest, largest, most=1.1):
    return [Aim((smallest,), most, of=largest)]


BEST_TAIL = Aim(("nginx", "haproxy", "varnish"), 1.1, figure="p99")

CASES = [
    Case("forward-1k", "Forward 1 KB, 64 kept connections", against_peers(), {"path": f"/{KIB}"},
         aims=[Aim(("nginx", "haproxy"), 0.88), Aim(("floor",), 1.2), BEST_TAIL]),
    Case("hit-1k", "Cache hit 1 KB", against_peers(), {"path": f"/c/{KIB}/a"}, {"cache": True},
         aims=[Aim(("haproxy",), 0.80), Aim(("floor",), 1.25), BEST_TAIL]),
    Case("other-clients", "Cache hit 1 KB, asked for by wrk and by h2load",
         [Contender(f"{product}, {client}", product, load={"client": client})
          for client in ("wrk", "h2load") for product in ("reverxy", "nginx", "haproxy")],
         {"path": f"/c/{KIB}/a"}, {"cache": True}, fixed_rate=False,
         aims=[Aim((f"haproxy, {client}",), 0.80, of=f"reverxy, {client}") for client in ("wrk", "h2load")]),
    Case("hit-100k", "Cache hit 100 KB", against_peers(), {"path": f"/c/{100 * KIB}/a"},
         {"cache": True, "body_bytes": 100 * KIB}, aims=[Aim(("nginx",), 1.0), BEST_TAIL]),
    Case("forward-1m", "Forward 1 MB", against_peers(also=("haproxy-splice",)), {"path": f"/{MIB}", "connections": 16},
         aims=[Aim(("haproxy", "haproxy-splice"), 1.0), BEST_TAIL]),
    Case("upload-1m", "Upload 1 MB", against_peers(also=("haproxy-splice",)),
         {"path": "/0", "upload": MIB, "connections": 16},
         aims=[Aim(("haproxy", "haproxy-splice"), 1.0), BEST_TAIL]),
    Case("new-connection", "A new connection for every request, forwarded 1 KB", against_peers(),
         {"path": f"/{KIB}", "close": 1}, {"close": True}, aims=[Aim(("nginx",), 0.95), BEST_TAIL]),
    Case("pipelined-hits", "Cache hits of 1 KB, sixteen requests sent together", against_peers(),
         {"path": f"/c/{KIB}/a", "depth": 16}, {"cache": True}, fixed_rate=False),
    Case("limited", "429, beside a cache hit of 1 KB",
         # nginx lets one request a minute through at the least.
         [*(dataclasses.replace(one, load={"others": 2} if one.product == "nginx" else {})
            for one in against_peers("varnish")),
          Contender("reverxy-hit", "reverxy", {"limit": 0, "cache": True},
                    {"path": f"/c/{KIB}/a", "status": 200})],
         {"path": f"/{KIB}", "status": 429}, {"limit": 1}, prime=3, aims=[Aim(("reverxy-hit",), 1.0), BEST_TAIL]),
    Case("idle", "Forward 1 KB, 64 busy connections beside 10,000 idle ones", against_peers("floor"),
         {"path": f"/{KIB}"}, idle=10000, aims=[Aim((), 1024, figure="idle_bytes"), BEST_TAIL]),
    Case("routes", "Forward 1 KB by the last of many routes",
         [Contender(f"{count} routes", "reverxy", {"routes": count}, {"path": f"/{KIB}/{count - 1}"})
          for count in (1, 100, 1000)],
         {}, fixed_rate=False, aims=growth("1 routes", "1000 routes")),
    Case("backends", "Forward 1 KB to many backends",
         [*(Contender(f"{count} backends", "reverxy", {"backends": count}) for count in (2, 100, 1000)),
          *(Contender(f"{product}, {count} backends", product, {"backends": count})
            for product in ("nginx", "haproxy", "floor") for count in (2, 1000))],
         {"path": f"/{KIB}"}, fixed_rate=False, aims=growth("2 backends", "1000 backends")),
    Case("objects", "Cache hits of 100 bytes among many objects, asked for by Zipf's law",
         [*(Contender(f"{count} objects", "reverxy", {}, {"variants": count, "skew": 1}, sweep=True)
            for count in (1000, 1000000)),
          Contender("1000000, each as often", "reverxy", {}, {"variants": 1000000}, sweep=True)],
         {"path": "/c/100/%"}, {"cache": True, "cache_mebibytes": 4096, "body_bytes": 100}, fixed_rate=False,
         aims=growth("1000 objects", "1000000 objects", 1.15)),
    Case("clients", "Forward 1 KB, the limiter counting many clients",
         [Contender(f"{count} clients", "reverxy", {"known_clients": count}, {"clients": count}, sweep=True)
          for count in (1000, 100000)],
         {"path": f"/{KIB}"}, {"limit": 1000000000}, fixed_rate=False, aims=growth("1000 clients", "100000 clients")),
    Case("workers", "Forward 1 KB with one worker and with two",
         [Contender(f"{count} workers", "reverxy", {"workers": count}) for count in (1, 2)],
         {"path": f"/{KIB}"}, fixed_rate=False, aims=growth("1 workers", "2 workers", 1.05)),
    Case("window", "Forward 1 KB, the workers' time without and with the window",
         [Contender("no window", "reverxy", threads="worker"),
          Contender("window", "reverxy", {"window": True}, threads="worker")],
         {"path": f"/{KIB}"}, aims=growth("no window", "window", 1.03)),
    Case("reloads", "Forward 1 KB while the configuration is reloaded every second",
         [Contender("steady", "reverxy"), Contender("reloads", "reverxy", reloads=True)], {"path": f"/{KIB}"},
         aims=growth("steady", "reloads")),
    Case("probes", "Forward 1 KB to 1,000 backends, each probed every second",
         [Contender("no probes", "reverxy", {"backends": 1000, "probe_seconds": 0}),
          Contender("probes", "reverxy", {"backends": 1000, "probe_seconds": 1})], {"path": f"/{KIB}"}),
]

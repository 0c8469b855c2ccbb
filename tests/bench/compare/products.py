# SPDX-License-Identifier: MIT
"""The proxies that are compared, each set up as its users would for speed.

All: two workers or threads, no access log, kept connections to the origin, files of a cache in memory, the usual
X-Forwarded-For for the origin.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess

import running


@dataclasses.dataclass
class Setup:
    """What a case wants of a proxy."""

    port: int
    origin: int
    folder: pathlib.Path
    programs: pathlib.Path
    response_bytes: int = 0  # of the whole response, as the origin writes it
    body_bytes: int = 1024
    workers: int = 2
    cache: bool = False
    limit: int = 0  # requests an hour and client
    close: bool = False
    splice: bool = False
    backends: int = 1  # not Varnish's
    # Reverxy alone:
    routes: int = 0
    known_clients: int = 0
    window: bool = False
    display: str = ""  # where the window is shown
    probe_seconds: int = 10
    cache_mebibytes: int = 512


def backend_addresses(setup):
    if setup.backends == 1:
        return ["127.0.0.1"]
    return [f"127.1.{i >> 8}.{i & 255}" for i in range(1, setup.backends + 1)]


def from_path(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def first_line(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.splitlines()[0] if done.stdout else "?"


class Reverxy:
    name = "reverxy"

    def missing(self, programs):
        return None if (programs / "reverxy").exists() else "reverxy is not built"

    def version(self, programs):
        return first_line(programs / "reverxy", "--version")

    def command(self, setup):
        config = setup.folder / "reverxy.yaml"
        config.write_text(self.config(setup))
        return [setup.programs / "reverxy", "--config", config] + ([] if setup.window else ["--no-gui"])

    def environment(self, setup):
        return {"DISPLAY": setup.display, "QT_QPA_PLATFORM": "xcb"} if setup.window else {}

    def config(self, setup):
        lines = [
            f"proxy: {{ host: 127.0.0.1, port: {setup.port}, probe_port: {setup.port + 1000}, workers: {setup.workers},"
            f" idle_timeout: 1h, max_connections: 60000{', trusted_proxies: [127.0.0.1]' if setup.known_clients else ''} }}",
            "log: { access: false, level: warn }",
            f"cache: {{ enabled: {str(setup.cache).lower()}, max_size: {setup.cache_mebibytes}MiB }}",
        ]
        if setup.limit:
            lines.append(f"rate_limiter: {{ enabled: true, limit: {setup.limit}, window: 1h,"
                         f" max_clients: {max(1000, 2 * setup.known_clients)} }}")
        health = f"health_checker: {{ enabled: true, interval: {setup.probe_seconds}s }}"
        if setup.probe_seconds == 0:
            health = "health_checker: { enabled: false }"
        if setup.routes:
            lines.append("pools:")
            lines.append(f"  services: {{ {health}, backends: [ {{ url: 'http://127.0.0.1:{setup.origin}' }} ] }}")
            lines.append("routes:")
            lines += [f"  - {{ name: r{i}, path: /1024/{i}, pool: services }}" for i in range(setup.routes)]
        else:
            lines += ["pool:", f"  {health}", "  backends:"]
            lines += [f"    - {{ url: 'http://{address}:{setup.origin}' }}" for address in backend_addresses(setup)]
        return "\n".join(lines) + "\n"


class Nginx:
    name = "nginx"

    def missing(self, _programs):
        return None if from_path("nginx") else "nginx is not installed"

    def version(self, _programs):
        return first_line(from_path("nginx"), "-v").removeprefix("nginx version: ")

    def command(self, setup):
        config = setup.folder / "nginx.conf"
        config.write_text(self.config(setup))
        return [from_path("nginx"), "-c", config, "-p", setup.folder, "-e", setup.folder / "nginx.error", "-g",
                "daemon off;"]

    def config(self, setup):
        temporary = "\n".join(f"  {kind}_temp_path {setup.folder}/{kind};"
                              for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        http, location = [], []
        if setup.cache:
            http.append(f"proxy_cache_path {setup.folder}/nginx_cache levels=1:2 keys_zone=c:64m max_size=512m inactive=1h;")
            http.append("open_file_cache max=10000 inactive=1h; open_file_cache_valid 1h;")
            location.append("proxy_cache c;")
        if setup.limit:
            http.append("limit_req_zone $binary_remote_addr zone=l:10m rate=1r/m;")
            location.append("limit_req zone=l; limit_req_status 429;")
        servers = " ".join(f"server {address}:{setup.origin};" for address in backend_addresses(setup))
        user = "user root;" if os.geteuid() == 0 else ""
        return f"""
{user} worker_processes {setup.workers}; pid {setup.folder}/nginx.pid; worker_rlimit_nofile {running.descriptors()};
events {{ worker_connections 30000; }}
http {{
{temporary}
  access_log off; sendfile on; tcp_nopush on; keepalive_timeout 1h; keepalive_requests 1000000000;
  client_max_body_size 0;
  log_not_found off; limit_req_log_level info;
  {" ".join(http)}
  upstream origin {{ {servers} keepalive {max(128, 2 * setup.backends)}; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{setup.port} backlog=4096;
    location / {{
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_buffer_size 16k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k; proxy_max_temp_file_size {0 if not setup.cache else "1024m"};
      proxy_request_buffering off; client_body_buffer_size 64k;
      {" ".join(location)}
    }}
  }}
}}
"""


class Haproxy:
    name = "haproxy"

    def missing(self, _programs):
        return None if from_path("haproxy") else "haproxy is not installed"

    def version(self, _programs):
        return re.sub(r" - .*", "", first_line(from_path("haproxy"), "-v"))

    def command(self, setup):
        config = setup.folder / f"{self.name}.cfg"
        config.write_text(self.config(setup))
        return [from_path("haproxy"), "-db", "-f", config]

    def config(self, setup):
        front, top = [], []
        if setup.cache:
            top = ["cache memory", "  total-max-size 512", "  max-object-size 10000000", "  max-age 3600"]
            front = ["  http-request cache-use memory", "  http-response cache-store memory"]
        if setup.limit:
            front = ["  stick-table type ip size 100k expire 1h store http_req_rate(1h)",
                     "  http-request track-sc0 src",
                     f"  http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt {setup.limit} }}"]
        splice = ["  option splice-auto"] if setup.splice else []
        return "\n".join([
            "global", f"  nbthread {setup.workers}", "  maxconn 30000", "  no strict-limits", *top,
            "defaults", "  mode http", "  timeout connect 2s", "  timeout client 1h", "  timeout server 1h",
            "  http-reuse always", "  option http-keep-alive", "  option forwardfor", *splice,
            "frontend front", f"  bind 127.0.0.1:{setup.port} backlog 4096", *front, "  default_backend back",
            "backend back", *(f"  server origin{i} {address}:{setup.origin}"
                              for i, address in enumerate(backend_addresses(setup)))]) + "\n"


class HaproxySplicing(Haproxy):
    name = "haproxy-splice"

    def config(self, setup):
        return super().config(dataclasses.replace(setup, splice=True))


class Varnish:
    name = "varnish"

    def missing(self, _programs):
        return None if from_path("varnishd") else "varnish is not installed"

    def version(self, _programs):
        return re.sub(r" revision.*", "", first_line(from_path("varnishd"), "-V")).replace("(", "").replace(")", "")

    def command(self, setup):
        # Two pools of threads are what two workers are elsewhere; a thread serves one connection at a time.
        vcl = setup.folder / "varnish.vcl"
        receive = "" if setup.cache else "sub vcl_recv { return (pass); }"
        vcl.write_text(f'vcl 4.1;\nbackend origin {{ .host = "127.0.0.1"; .port = "{setup.origin}"; }}\n{receive}\n')
        return [from_path("varnishd"), "-F", "-j", "none", "-n", setup.folder / "varnish", "-f", vcl,
                "-a", f"127.0.0.1:{setup.port}", "-s", "malloc,512m", "-p", "thread_pools=2",
                "-p", "thread_pool_min=100", "-p", "listen_depth=4096", "-p", "timeout_idle=3600"]


class Floor:
    name = "floor"

    def missing(self, programs):
        return None if (programs / "bench_floor").exists() else "bench_floor is not built"

    def version(self, _programs):
        return "a raw epoll loop in each of two threads (bench_floor.cpp)"

    def command(self, setup):
        program = setup.programs / "bench_floor"
        if setup.cache or setup.limit:
            return [program, "answer", str(setup.port), str(0 if setup.limit else setup.body_bytes),
                    "429" if setup.limit else "200"]
        return [program, "forward", str(setup.port), str(setup.origin), str(setup.response_bytes)] + (
            ["close"] if setup.close else [str(setup.backends)] if setup.backends > 1 else [])


ALL = {product.name: product for product in (Reverxy(), Nginx(), Haproxy(), HaproxySplicing(), Varnish(), Floor())}

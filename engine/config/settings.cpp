// SPDX-License-Identifier: MIT
#include "config/settings.h"

#include "config/setting_access.h"

#include <algorithm>
#include <array>

namespace reverxy::config {

namespace {

// Words stand in the order of their enums in config.h.
constexpr std::array<std::string_view, 2> hostHeaders{"preserve", "backend"};
constexpr std::array<std::string_view, 2> readyWhen{"all-pools", "any-pool"};
constexpr std::array<std::string_view, 4> logLevels{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> logFormats{"text", "json"};
constexpr std::array<std::string_view, 3> limitAlgorithms{"fixed-window", "sliding-window", "token-bucket"};
constexpr std::array<std::string_view, 3> balanceAlgorithms{"round-robin", "weighted-round-robin",
                                                            "least-connections"};
constexpr std::array<std::string_view, 2> whenAllDown{"try-all", "refuse"};

constexpr uint64_t second = 1000;
constexpr uint64_t minute = 60 * second;
constexpr uint64_t hour = 60 * minute;
constexpr uint64_t year = 8760 * hour;
constexpr uint64_t kibibyte = 1ull << 10;
constexpr uint64_t mebibyte = 1ull << 20;
constexpr uint64_t gibibyte = 1ull << 30;

template <auto Member>
constexpr Setting plain(std::string_view key, Type type, std::string_view defaultText, std::string_view help) {
    Setting setting;
    setting.group = Access<Member>::group;
    setting.key = key;
    setting.type = type;
    setting.defaultText = defaultText;
    setting.help = help;
    setting.store = Access<Member>::store;
    setting.load = Access<Member>::load;
    return setting;
}

template <auto Member>
constexpr Setting boolean(std::string_view key, std::string_view defaultText, std::string_view help) {
    return plain<Member>(key, Type::Boolean, defaultText, help);
}

constexpr Setting ranged(Setting setting, uint64_t minimum, uint64_t maximum) {
    setting.minimum = minimum;
    setting.maximum = maximum;
    return setting;
}

template <auto Member>
constexpr Setting integer(std::string_view key, std::string_view defaultText, uint64_t minimum, uint64_t maximum,
                          std::string_view unit, std::string_view help) {
    Setting setting = ranged(plain<Member>(key, Type::Integer, defaultText, help), minimum, maximum);
    setting.unit = unit;
    return setting;
}

template <auto Member>
constexpr Setting duration(std::string_view key, std::string_view defaultText, uint64_t minimum, uint64_t maximum,
                           std::string_view help) {
    return ranged(plain<Member>(key, Type::Duration, defaultText, help), minimum, maximum);
}

template <auto Member>
constexpr Setting size(std::string_view key, std::string_view defaultText, uint64_t minimum, uint64_t maximum,
                       std::string_view help) {
    return ranged(plain<Member>(key, Type::Size, defaultText, help), minimum, maximum);
}

template <auto Member>
constexpr Setting word(std::string_view key, std::string_view defaultText, std::span<const std::string_view> words,
                       std::string_view help) {
    Setting setting = plain<Member>(key, Type::Word, defaultText, help);
    setting.words = words;
    return setting;
}

constexpr Setting afterRestart(Setting setting) {
    setting.live = false;
    return setting;
}

constexpr Setting orQuoted(Setting setting) {
    setting.quotable = true;
    return setting;
}

constexpr Setting orWord(Setting setting, std::string_view wordForZero) {
    setting.wordForZero = wordForZero;
    return setting;
}

constexpr Setting required(Setting setting) {
    setting.required = true;
    return setting;
}

constexpr Setting numbered(Setting setting) {
    setting.numbered = true;
    return setting;
}

constexpr std::array table{
    afterRestart(plain<&Proxy::host>(
        "host", Type::ListenHost, "localhost",
        "Where clients are listened for: localhost (both loopback families), 0.0.0.0 or :: (every "
        "interface), or one address.")),
    afterRestart(orQuoted(integer<&Proxy::port>("port", "8080", 0, 65535, "",
                                                "Port for clients; 0 takes any free one and says which."))),
    afterRestart(orQuoted(integer<&Proxy::probePort>("probe_port", "8085", 0, 65535, "",
                                                     "Port of the probe endpoints and the metrics."))),
    afterRestart(plain<&Proxy::probeHost>("probe_host", Type::ListenHost, "localhost",
                                          "Where the probe port is listened on, written as `host` is.")),
    plain<&Proxy::probeNames>(
        "probe_names", Type::HostNames, "[]",
        "Further host names that the probe port answers for, as a container's; its own are always among them."),
    word<&Proxy::readyWhen>("ready_when", "all-pools", readyWhen,
                            "What /ready asks for: an available backend in all pools, or in any pool."),
    afterRestart(
        orWord(integer<&Proxy::workers>("workers", "auto", 1, 256, "threads",
                                        "Worker threads; auto is one for each processor available to the process."),
               "auto")),
    integer<&Proxy::maxConnections>("max_connections", "10000", 1, 1'000'000, "connections",
                                    "Client connections held at once; further ones wait in the listen queue."),
    integer<&Proxy::maxConnectionsPerClient>(
        "max_connections_per_client", "0", 0, 1'000'000, "connections",
        "Connections one client address may hold at once; further ones are answered with 429 and closed, "
        "or closed at once when as many again wait for that; 0 is no limit."),
    size<&Proxy::memoryLimit>("memory_limit", "0B", 0, 1024 * gibibyte,
                              "Memory the process may use itself; 0B is no limit beyond the other bounds."),
    size<&Proxy::maxHeaderSize>("max_header_size", "64KiB", kibibyte, mebibyte,
                                "Request line and header fields together, at most."),
    integer<&Proxy::maxHeaderCount>("max_header_count", "128", 1, 1024, "fields",
                                    "Header fields of one message, at most."),
    size<&Proxy::maxBodySize>("max_body_size", "0B", 0, 1024 * gibibyte,
                              "Length of a request's body, at most; 0B is no limit, bodies always stream."),
    word<&Proxy::hostHeader>("host_header", "preserve", hostHeaders,
                             "The Host a backend gets: preserve is the client's, backend the backend's own name."),
    duration<&Proxy::headerTimeout>("header_timeout", "10s", 1, hour,
                                    "From the first byte of a request to the end of its header section, at most."),
    duration<&Proxy::idleTimeout>("idle_timeout", "60s", 1, 24 * hour,
                                  "How long a client's connection is kept open without a request."),
    size<&Proxy::minRate>("min_rate", "240B", 0, gibibyte,
                          "Bytes per second a client must at least send or read of a body, averaged over 10 s; 0B "
                          "is none, except 240B "
                          "for who holds up others that read the same response."),
    duration<&Proxy::connectTimeout>("connect_timeout", "2s", 1, hour,
                                     "How long a connection to a backend may take to open."),
    duration<&Proxy::upstreamIdleTimeout>("upstream_idle_timeout", "30s", 1, 24 * hour,
                                          "How long a connection to a backend is kept open without a request."),
    integer<&Proxy::retries>(
        "retries", "2", 0, 10, "attempts",
        "Further attempts for a request that may be retried, each at another backend while one is left. One of "
        "which no byte was sent goes on to another backend at once, whatever stands here."),
    duration<&Proxy::responseTimeout>(
        "response_timeout", "60s", 1, 24 * hour,
        "How long a backend may be silent while it owes a response; not applied to upgraded connections "
        "and event streams."),
    duration<&Proxy::drainTimeout>("drain_timeout", "10s", 0, 24 * hour,
                                   "How long running exchanges may go on after SIGTERM or SIGINT."),
    plain<&Proxy::trustedProxies>(
        "trusted_proxies", Type::Addresses, "[]",
        "Addresses and CIDR blocks of the proxies in front whose X-Forwarded-For and Forwarded are believed."),

    integer<&Queue::size>("size", "1000", 0, 1'000'000, "requests",
                          "Requests of one pool that may wait while all its backends are at their max_connections; "
                          "0 refuses at once."),
    duration<&Queue::timeout>("timeout", "5s", 0, hour,
                              "How long a request may wait there before it is answered with 503."),

    word<&Log::level>("level", "info", logLevels, "The least severe messages that are written."),
    word<&Log::format>("format", "text", logFormats, "One line of text, or one JSON object, for each message."),
    boolean<&Log::access>("access", "true", "Write one line for each exchange."),
    plain<&Log::redact>("redact", Type::FieldNames, "[]",
                        "Further header fields and query parameters whose values are kept out of logs and records, "
                        "beside those that "
                        "are always."),

    boolean<&Cache::enabled>("enabled", "true", "Store responses and answer from them."),
    size<&Cache::maxSize>("max_size", "256MiB", 0, 1024 * gibibyte,
                          "Memory for stored responses; the least recently used leave first."),
    size<&Cache::maxEntrySize>("max_entry_size", "16MiB", 0, 1024 * gibibyte,
                               "Size of one stored response, at most."),
    duration<&Cache::defaultTtl>("default_ttl", "0s", 0, year,
                                 "Lifetime of a storable response that gives none itself; 0s does not store it."),
    duration<&Cache::maxAge>("max_age", "24h", 0, year,
                             "No stored response is served as fresh beyond this age, whatever its fields say."),
    duration<&Cache::staleIfError>(
        "stale_if_error", "0s", 0, year,
        "How long past its lifetime a response is served while backends fail (RFC 5861)."),
    duration<&Cache::staleIfDown>(
        "stale_if_down", "1h", 0, year,
        "The same while every backend of the pool is out, where the response does not forbid it."),
    boolean<&Cache::collapse>("collapse", "true",
                              "Ask the backend once for many identical requests that come at the same time."),
    boolean<&Cache::statusHeader>("status_header", "true",
                                  "Tell clients what the cache did, in Cache-Status (RFC 9211)."),

    boolean<&RateLimiter::enabled>("enabled", "false", "Limit how many requests a client may make."),
    word<&RateLimiter::algorithm>("algorithm", "fixed-window", limitAlgorithms, "How requests are counted."),
    integer<&RateLimiter::limit>("limit", "100", 1, 1'000'000'000, "requests",
                                 "Requests that one client may make in a window."),
    duration<&RateLimiter::window>("window", "1m", 100, 24 * hour, "The time over which `limit` is counted."),
    integer<&RateLimiter::burst>("burst", "0", 0, 1'000'000'000, "requests",
                                 "Requests at once that a token-bucket allows; 0 is as many as `limit`."),
    integer<&RateLimiter::ipv6Prefix>("ipv6_prefix", "64", 1, 128, "bits",
                                      "IPv6 clients count together by networks of this length."),
    plain<&RateLimiter::key>("key", Type::ClientKey, "client-ip",
                             "What tells clients apart: client-ip, or header:NAME."),
    integer<&RateLimiter::maxClients>(
        "max_clients", "100000", 1, 10'000'000, "clients",
        "Clients remembered at once; a new one takes the place of the one seen longest ago "
        "that is not throttled. While all are throttled, those without a place count as one client."),
    plain<&RateLimiter::exempt>("exempt", Type::Addresses, "[]",
                                "Addresses and CIDR blocks that are never limited."),
    boolean<&RateLimiter::headers>(
        "headers", "true",
        "Tell clients what is left, in RateLimit and RateLimit-Policy; Retry-After stands on each 429 anyway."),

    word<&LoadBalancer::type>("type", "round-robin", balanceAlgorithms,
                              "How a pool chooses the backend of a request."),

    word<&Pool::whenAllDown>(
        "when_all_down", "try-all", whenAllDown,
        "What happens while every backend is out: try-all asks them all the same, refuse answers 503."),

    boolean<&HealthChecker::enabled>("enabled", "true", "Probe the backends."),
    duration<&HealthChecker::interval>("interval", "10s", 100, 24 * hour,
                                       "From one probe of a backend to the next."),
    duration<&HealthChecker::timeout>("timeout", "2s", 1, hour, "How long a probe may take."),
    integer<&HealthChecker::rise>("rise", "2", 1, 100, "probes", "Passes in a row that bring a backend back."),
    integer<&HealthChecker::fall>(
        "fall", "3", 1, 100, "probes",
        "Failures in a row that take a backend out: of probes, and of requests, each counted once, for which no "
        "connection opened or whose new connection closed without a response. A late response and a status, 5xx "
        "too, count in probes alone."),
    integer<&HealthChecker::concurrency>("concurrency", "8", 1, 1000, "probes", "Probes in flight at once."),
    plain<&HealthChecker::expectStatus>("expect_status", Type::StatusRange, "200-399",
                                        "The statuses that pass: a range, or one."),

    numbered(plain<&Backend::name>("name", Type::Name, "backend-N",
                                   "What the backend is called in logs, headers and metrics.")),
    required(plain<&Backend::url>(
        "url", Type::Url, "",
        "Where the backend is: http://host[:port][/base]; the base path is put in front of each request's.")),
    plain<&Backend::healthUrl>("health_url", Type::HealthUrl, "",
                               "What a probe asks for: a path on the backend's host (not below its base path) or "
                               "an absolute URL; left out, a connection that opens is enough."),
    integer<&Backend::weight>("weight", "1", 1, 1000, "", "Its share beside the other backends' weights."),
    integer<&Backend::maxConnections>("max_connections", "0", 0, 1'000'000, "connections",
                                      "Open connections over all workers, idle ones included; 0 is no limit."),
    boolean<&Backend::enabled>("enabled", "true", "Whether it takes requests at all."),

    numbered(plain<&Route::name>("name", Type::Name, "route-N",
                                 "What the route is called in logs, headers and metrics.")),
    plain<&Route::host>("host", Type::RouteHost, "",
                        "The requested host: a name, or `*.` and a name; left out, any."),
    plain<&Route::path>("path", Type::RoutePath, "/",
                        "The beginning of the path, by whole segments: /api is not the beginning of /apix."),
    plain<&Route::stripPrefix>("strip_prefix", Type::RoutePath, "",
                               "A beginning of `path` that is taken off before the request goes to the backend."),
    plain<&Route::poolName>("pool", Type::PoolName, "default", "The pool that answers."),
};

constexpr std::array childTable{
    section<&Config::proxy>("proxy",
                            "The front: where clients connect, and the limits and times that hold for them."),
    section<&Proxy::queue>("queue", "Requests that wait for a backend with a free connection, for each pool."),
    section<&Config::log>("log", "What is written, and how."),
    section<&Config::cache>("cache", "The shared HTTP cache (RFC 9111)."),
    section<&Config::rateLimiter>("rate_limiter", "How many requests each client may make."),
    section<&Config::balance>("load_balancer", "How backends are chosen, for pools without their own."),
    Child{Group::Root, "pool", Group::Pool, Shape::Section, "Short for one pool named \"default\".",
          openDefaultPool, countDefaultPool},
    Child{Group::Root, "pools", Group::Pool, Shape::Map, "Named pools, each with the keys of `pool`.", openPool,
          countPools},
    section<&Pool::healthChecker>("health_checker", "How backends are probed."),
    section<&Pool::balance>("load_balancer", "The pool's own, in place of the global one."),
    list<&Pool::backends>("backends",
                          "The services that answer; an empty list answers 503 and says how to add one."),
    list<&Config::routes>(
        "routes",
        "Which pool gets a request: the first match wins; without routes all go to the pool \"default\"."),
    Child{
        Group::Route, "rate_limiter", Group::RateLimiter, Shape::Section,
        "The route's own; what it leaves out is as in the global section. It is on, unless `enabled` is false here "
        "or there.",
        openRouteLimiter, countRouteLimiter},
};

constexpr std::array aliasTable{
    Alias{"proxy.default_ttl", "cache.default_ttl"},
    Alias{"proxy.max_age", "cache.max_age"},
    Alias{"load_balancer.pool", "pool"},
};

} // namespace

std::span<const Setting> settings() {
    return table;
}

std::span<const Child> children() {
    return childTable;
}

std::span<const Alias> aliases() {
    return aliasTable;
}

const Setting* findSetting(Group group, std::string_view key) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Setting& s) { return s.group == group && s.key == key; });
    return found == table.end() ? nullptr : &*found;
}

const Child* findChild(Group group, std::string_view key) {
    const auto found = std::find_if(childTable.begin(), childTable.end(),
                                    [&](const Child& c) { return c.parent == group && c.key == key; });
    return found == childTable.end() ? nullptr : &*found;
}

std::vector<std::string_view> keysOf(Group group) {
    std::vector<std::string_view> keys;
    for (const Setting& setting : table) {
        if (setting.group == group)
            keys.push_back(setting.key);
    }
    for (const Child& child : childTable) {
        if (child.parent == group)
            keys.push_back(child.key);
    }
    return keys;
}

std::string pathOf(Group group) {
    for (const Child& child : childTable) {
        if (child.group != group)
            continue;
        const std::string parent = pathOf(child.parent);
        const std::string path = parent.empty() ? std::string(child.key) : parent + "." + std::string(child.key);
        return child.shape == Shape::List ? path + "[]" : path;
    }
    return {};
}

std::string pathOf(const Setting& setting) {
    return pathOf(setting.group) + "." + std::string(setting.key);
}

std::string_view wordOf(BalanceAlgorithm algorithm) {
    return balanceAlgorithms[static_cast<size_t>(algorithm)];
}

std::string environmentNameOf(std::string_view path) {
    std::string name = "REVERXY_";
    for (const char c : path) {
        if (c == '.' || c == '[')
            name += "__";
        else if (c >= 'a' && c <= 'z')
            name += static_cast<char>(c - 'a' + 'A');
        else if (c == '-')
            name += '_';
        else if (c != ']')
            name += c;
    }
    return name;
}

} // namespace reverxy::config

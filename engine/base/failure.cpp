// SPDX-License-Identifier: MIT
#include "base/failure.h"

#include "base/plain_text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace reverxy {

namespace {

struct Row {
    Failure failure;
    FailureInfo info;
};

// Error types and recommended statuses are those of RFC 9209 section 2.3, except where a comment says why not.
// `status` 0 stands where the client is no longer there to get an answer.
constexpr std::array rows{
    Row{Failure::None, {"none", 0, Fault::None, "", "All went well.", ""}},

    Row{Failure::BadRequest,
        {"bad-request", 400, Fault::Client, "http_request_error", "The request is malformed.",
         "Correct the message that the client sends; the details name the rule it breaks."}},
    Row{Failure::UriTooLong,
        {"uri-too-long", 414, Fault::Client, "http_request_error",
         "The request line is longer than the proxy accepts.",
         "Shorten the URL, or raise proxy.max_header_size in config.yaml."}},
    Row{Failure::HeadersTooLarge,
        {"headers-too-large", 431, Fault::Client, "http_request_error",
         "The request's header fields are larger or more than the proxy accepts.",
         "Send fewer or shorter fields (cookies, often), or raise proxy.max_header_size or "
         "proxy.max_header_count in config.yaml."}},
    Row{Failure::BodyTooLarge,
        {"body-too-large", 413, Fault::Client, "http_request_error",
         "The request's body is larger than the proxy accepts.",
         "Send less, or raise proxy.max_body_size in config.yaml."}},
    // 501 and 505 are no client errors (4xx), so http_request_error does not fit; the request was answered without
    // a next hop.
    Row{Failure::VersionNotSupported,
        {"version-not-supported", 505, Fault::Client, "proxy_internal_response",
         "The request is in a version of HTTP that the proxy does not speak.", "Use HTTP/1.1 or HTTP/1.0."}},
    Row{Failure::NotImplemented,
        {"not-implemented", 501, Fault::Client, "proxy_internal_response",
         "The request asks for something that the proxy does not do.",
         "Use no CONNECT, and no transfer coding other than chunked."}},
    Row{Failure::RequestTimeout,
        {"request-timeout", 408, Fault::Client, "http_request_error", "The request did not arrive in time.",
         "Send faster, or raise proxy.header_timeout or lower proxy.min_rate in config.yaml."}},
    Row{Failure::ClientGone,
        {"client-gone", 0, Fault::Client, "", "The client closed the connection before it had the whole response.",
         ""}},
    Row{Failure::ClientTooSlow,
        {"client-too-slow", 0, Fault::Client, "", "The client read the response more slowly than the proxy allows.",
         "Lower proxy.min_rate in config.yaml."}},
    Row{Failure::ProxyLoop,
        {"proxy-loop", 502, Fault::Config, "proxy_loop_detected",
         "The request came back to the proxy that had sent it.",
         "Give the backend the address of the service, not that of the proxy."}},

    // 429 (RFC 6585 section 4) and not the 403 that RFC 9209 recommends: the same request may pass later.
    Row{Failure::RateLimited,
        {"rate-limited", 429, Fault::Client, "http_request_denied",
         "The client has made as many requests as the rate limiter allows.",
         "Wait as long as Retry-After says; raise `limit` in config.yaml, in the rate_limiter of the route where "
         "it has its own, else in the global one, or name the client in `exempt` there."}},
    Row{Failure::TooManyConnections,
        {"too-many-connections", 429, Fault::Client, "http_request_denied",
         "The client holds as many connections as it may.",
         "Close some or use them again, or raise proxy.max_connections_per_client in config.yaml."}},
    // RFC 9111 section 5.2.1.7.
    Row{Failure::NotStored,
        {"not-stored", 504, Fault::Client, "http_request_denied",
         "The client wants a stored response only, and there is none to give.",
         "Ask again without `Cache-Control: only-if-cached`."}},
    // 404 and not the 500 that RFC 9209 recommends: nothing is broken, there is nothing at that address.
    Row{Failure::NoRoute,
        {"no-route", 404, Fault::Client, "destination_not_found", "No route matches the request's host and path.",
         "Ask for a host and path that has a route, or add one to `routes:` in config.yaml."}},
    Row{Failure::NoBackend,
        {"no-backend", 503, Fault::Config, "destination_unavailable", "The pool has no backend.",
         "Add one in config.yaml, for example `pool: { backends: [ { name: backend-1, url: "
         "'http://localhost:8081' } ] }`."}},
    Row{Failure::AllBackendsDown,
        {"all-backends-down", 503, Fault::Upstream, "destination_unavailable", "Every backend of the pool is down.",
         "Start a service of the pool, or look at why its health check fails."}},
    Row{Failure::QueueFull,
        {"queue-full", 503, Fault::Upstream, "connection_limit_reached",
         "Every backend has as many connections as it may have, and no more requests may wait.",
         "Try again later; raise the backends' max_connections or proxy.queue.size, or add a backend."}},
    Row{Failure::QueueTimeout,
        {"queue-timeout", 503, Fault::Upstream, "connection_limit_reached",
         "Every backend had as many connections as it may have for as long as the request could wait.",
         "Try again later; raise the backends' max_connections or proxy.queue.timeout, or add a backend."}},
    Row{Failure::Draining,
        {"draining", 503, Fault::Proxy, "proxy_internal_error",
         "The proxy stopped before the response was complete.",
         "Try again; raise proxy.drain_timeout in config.yaml to give running requests more time."}},
    // 503 and not the 500 that RFC 9209 recommends: it passes.
    Row{Failure::OutOfSockets,
        {"out-of-sockets", 503, Fault::Proxy, "proxy_internal_error",
         "The proxy could not open a connection for want of descriptors or memory.",
         "Try again; raise the limit of open files (ulimit -n), or lower proxy.max_connections in config.yaml."}},
    Row{Failure::Internal,
        {"internal", 500, Fault::Proxy, "proxy_internal_error", "The proxy failed by a fault of its own.",
         "Look into the proxy's log and report what it says."}},

    Row{Failure::DnsError,
        {"dns-error", 502, Fault::Upstream, "dns_error", "The backend's name does not resolve to an address.",
         "Correct the host in the backend's url, or make the name known to this machine."}},
    Row{Failure::ConnectRefused,
        {"connect-refused", 502, Fault::Upstream, "connection_refused", "The backend refused the connection.",
         "Start the service, or correct the port in the backend's url."}},
    Row{Failure::ConnectTimeout,
        {"connect-timeout", 504, Fault::Upstream, "connection_timeout",
         "The backend did not accept the connection in time.",
         "Look at whether the service is overloaded or behind a firewall, or raise proxy.connect_timeout."}},
    Row{Failure::ConnectUnreachable,
        {"connect-unreachable", 502, Fault::Upstream, "destination_ip_unroutable",
         "The backend's address cannot be reached.",
         "Correct the host in the backend's url, or bring up the network that leads to it."}},
    Row{Failure::ConnectionClosed,
        {"connection-closed", 502, Fault::Upstream, "connection_terminated",
         "The backend closed the connection before its response began.",
         "Look into the service's log: it may have crashed, restarted or given up on the request."}},
    Row{Failure::ResponseTimeout,
        {"response-timeout", 504, Fault::Upstream, "http_response_timeout", "The backend did not respond in time.",
         "Look at what the service is busy with, or raise proxy.response_timeout."}},
    Row{Failure::ResponseMalformed,
        {"response-malformed", 502, Fault::Upstream, "http_protocol_error",
         "The backend's response is not valid HTTP/1.",
         "Look at whether the backend's url leads to an HTTP service; the details name the rule that was broken."}},
    Row{Failure::ResponseHeadTooLarge,
        {"response-head-too-large", 502, Fault::Upstream, "http_response_header_section_size",
         "The header fields of the backend's response are larger or more than the proxy accepts.",
         "Make the service send less, or raise proxy.max_header_size or proxy.max_header_count in config.yaml."}},
    Row{Failure::ResponseIncomplete,
        {"response-incomplete", 502, Fault::Upstream, "http_response_incomplete",
         "The backend closed the connection in the middle of its response.",
         "Look into the service's log: it may have crashed or restarted."}},
    Row{Failure::ResponseBodyMalformed,
        {"response-body-malformed", 502, Fault::Upstream, "http_response_transfer_coding",
         "The chunks of the backend's response are malformed.",
         "Correct the message that the service sends; the details name the rule it breaks."}},
    Row{Failure::UnexpectedUpgrade,
        {"unexpected-upgrade", 502, Fault::Upstream, "http_protocol_error",
         "The backend switched protocols without being asked to.",
         "Correct the service: it may answer 101 only to a request with an Upgrade field."}},
};

constexpr bool rowsStandInOrder() {
    for (size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<size_t>(rows[i].failure) != i)
            return false;
    }
    return rows.size() == failureKinds;
}

static_assert(rowsStandInOrder(), "every Failure has its row, in the order of the enum");

constexpr bool mayBeQuoted(std::string_view text) {
    return std::all_of(text.begin(), text.end(), isPlain);
}

constexpr bool rowsMayBeQuoted() {
    for (const Row& row : rows) {
        if (!mayBeQuoted(row.info.name) || !mayBeQuoted(row.info.sentence) || !mayBeQuoted(row.info.remedy))
            return false;
    }
    return true;
}

static_assert(rowsMayBeQuoted(), "no sentence needs escaping in JSON or in a structured field");

} // namespace

const FailureInfo& infoOf(Failure failure) {
    const auto index = static_cast<size_t>(failure);
    return rows[index < rows.size() ? index : static_cast<size_t>(Failure::Internal)].info;
}

} // namespace reverxy

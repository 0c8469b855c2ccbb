// SPDX-License-Identifier: MIT
// Metrics of requests as clients meet them.
#include "admin/metrics.h"

#include "admin/metrics_writer.h"

#include <array>

namespace reverxy::admin {

namespace {

using Type = MetricsWriter::Type;

constexpr std::array<std::string_view, observe::statusClasses> classes{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

void writeRequests(MetricsWriter& writer, const MetricsFacts& facts) {
    writer.family("reverxy_requests_total", Type::Counter,
                  "Requests that are over, by route, pool and backend where there was one, class of the status the "
                  "client got, and outcome.");
    for (const auto& entry : facts.report.counters.exchanges.entries()) {
        const auto label = [&](NameId id) { return labelOf(id, facts.names); };
        for (size_t status = 0; status < observe::statusClasses; ++status) {
            for (size_t outcome = 0; outcome < observe::outcomes; ++outcome) {
                const uint64_t count = entry.series.requests[status][outcome];
                if (count == 0)
                    continue;
                writer.sample({{"route", label(entry.key.route)},
                               {"pool", label(entry.key.pool)},
                               {"backend", label(entry.key.backend)},
                               {"status", classes[status]},
                               {"outcome", observe::nameOf(static_cast<observe::Outcome>(outcome))}},
                              count);
            }
        }
    }
}

void writeRoutes(MetricsWriter& writer, const MetricsFacts& facts) {
    const auto routes = facts.report.counters.routes.entries();
    const auto label = [&](const auto& entry) { return Label{"route", labelOf(entry.key.name, facts.names)}; };
    writer.family("reverxy_request_duration_seconds", Type::Histogram,
                  "From a request's head to the last byte of its response, by route; of tunnels and streams of "
                  "events, to the head of the response.");
    for (const auto& entry : routes)
        writer.histogram({label(entry)}, entry.series.duration);
    writer.family("reverxy_request_body_bytes_total", Type::Counter,
                  "Bytes of the bodies of requests that are over, and of what clients sent through tunnels.");
    for (const auto& entry : routes)
        writer.sample({label(entry)}, entry.series.requestBodyBytes);
    writer.family("reverxy_response_body_bytes_total", Type::Counter,
                  "Bytes of the bodies of responses that are over, and of what came back through tunnels.");
    for (const auto& entry : routes)
        writer.sample({label(entry)}, entry.series.responseBodyBytes);
}

} // namespace

void writeTraffic(MetricsWriter& writer, const MetricsFacts& facts) {
    const observe::TrafficCounters& counters = facts.report.counters;
    writeRequests(writer, facts);
    writeRoutes(writer, facts);
    writer.family("reverxy_request_failures_total", Type::Counter,
                  "Requests that did not end well, by what ended them.");
    for (size_t kind = 1; kind < failureKinds; ++kind)
        writer.sample({{"failure", infoOf(static_cast<Failure>(kind)).name}}, counters.failures[kind]);
    writer.family(
        "reverxy_background_requests_total", Type::Counter,
        "Requests that the proxy made by itself, to validate what it had served though stale, by outcome; "
        "they are among no other requests, but among the attempts of backends.");
    for (const auto outcome : {observe::Outcome::Success, observe::Outcome::ClientError,
                               observe::Outcome::UpstreamError, observe::Outcome::ProxyError})
        writer.sample({{"outcome", observe::nameOf(outcome)}}, counters.background[static_cast<size_t>(outcome)]);
    writer.counter("reverxy_upgrades_total", "Requests that became a tunnel.", counters.upgrades);
    writer.gauge("reverxy_requests_in_flight", "Requests that are not over.", facts.runningExchanges);
    writer.counter("reverxy_client_connections_accepted_total", "Connections of clients so far.",
                   counters.connections);
    writer.gauge("reverxy_client_connections", "Connections of clients that are open.", facts.clientConnections);
    writer.gauge("reverxy_client_connections_limit", "Connections of clients that may be open at once.",
                 facts.maxClientConnections);
}

} // namespace reverxy::admin

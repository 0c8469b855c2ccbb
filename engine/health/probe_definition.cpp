// SPDX-License-Identifier: MIT
#include "health/probe_definition.h"

#include "base/authority.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace reverxy::health {

namespace {

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

/// `host`, `host:port` or `[address]:port`.
void takeAuthority(std::string_view authority, ProbeDefinition& probe) {
    const size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
    const size_t hostEnd = bracket != std::string_view::npos ? bracket + 1 : authority.find(':');
    std::string_view host = authority.substr(0, hostEnd);
    std::string_view port = authority.substr(std::min(host.size(), authority.size()));
    if (bracket != std::string_view::npos)
        host = host.substr(1, host.size() - 2);
    probe.host = lowered(host);
    probe.port = 80;
    if (port.size() > 1)
        std::from_chars(port.data() + 1, port.data() + port.size(), probe.port);
}

} // namespace

bool ProbeDefinition::asksTheSame(const ProbeDefinition& other) const {
    return host == other.host && port == other.port && target == other.target && authority == other.authority &&
           firstStatus == other.firstStatus && lastStatus == other.lastStatus;
}

std::string ProbeDefinition::description() const {
    return connectOnly() ? "connect to " + authority : "GET http://" + authority + target;
}

std::optional<ProbeDefinition> probeOf(const config::HealthChecker& checker, const config::Backend& backend) {
    if (!checker.enabled)
        return std::nullopt;
    ProbeDefinition probe;
    probe.host = backend.url.host;
    probe.port = backend.url.port;
    probe.firstStatus = checker.expectStatus.first;
    probe.lastStatus = checker.expectStatus.last;
    probe.interval = checker.interval;
    probe.timeout = checker.timeout;
    probe.rise = checker.rise;
    probe.fall = checker.fall;
    std::string_view url = backend.healthUrl;
    if (!url.empty() && !url.starts_with('/')) {
        url.remove_prefix(std::min(url.find("://") + 3, url.size()));
        const std::string_view authority = url.substr(0, url.find_first_of("/?"));
        takeAuthority(authority, probe);
        url.remove_prefix(authority.size());
        // RFC 9112 section 3.2.1: an empty path is sent as "/".
        probe.target = url.starts_with('/') ? std::string(url) : "/" + std::string(url);
    } else {
        probe.target = url;
    }
    probe.authority = authorityOf(probe.host, probe.port);
    if (probe.connectOnly()) // what is not asked for makes no difference
        probe.firstStatus = probe.lastStatus = 0;
    return probe;
}

} // namespace reverxy::health

// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "config/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace reverxy::admin {

/// The hosts that the probe listener answers for. A web page of some other name, which its author lets resolve to
/// this machine (DNS rebinding), sends that name as its Host and gets nothing.
struct OwnHosts {
    std::vector<std::string> names; // lower case, without a final dot
    std::vector<IpAddress> addresses;
    /// Listens on every interface, and so perhaps behind addresses that it cannot know. That takes nothing from the
    /// guard: what is rebound is a name.
    bool anyAddress = false;
};

/// `machine`: the names this machine has for itself.
OwnHosts ownHosts(const config::Proxy& settings, const std::vector<std::string>& machine);

/// Whether a request's authority (host and port, as RequestHead has it) names this listener; the port may be that
/// of somebody who passes it on. `reached`: the address to which the client connected. HTTP/1.0 without a Host, as
/// some probes send it, names nobody else: every browser sends one.
bool isOwn(const OwnHosts& own, std::string_view authority, const IpAddress& reached);

} // namespace reverxy::admin

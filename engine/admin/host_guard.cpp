// SPDX-License-Identifier: MIT
#include "admin/host_guard.h"

#include "http/target.h"

#include <algorithm>

namespace reverxy::admin {

namespace {

std::string plainName(std::string_view name) {
    if (name.ends_with('.'))
        name.remove_suffix(1);
    std::string plain(name);
    std::transform(plain.begin(), plain.end(), plain.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return plain;
}

} // namespace

OwnHosts ownHosts(const config::Proxy& settings, const std::vector<std::string>& machine) {
    OwnHosts own;
    own.names.push_back("localhost");
    for (const std::string& name : machine) {
        if (!name.empty())
            own.names.push_back(plainName(name));
    }
    own.names.insert(own.names.end(), settings.probeNames.begin(), settings.probeNames.end());
    own.anyAddress = settings.probeHost == "0.0.0.0" || settings.probeHost == "::";
    if (const auto bound = IpAddress::parse(settings.probeHost); bound && !own.anyAddress)
        own.addresses.push_back(*bound);
    return own;
}

bool isOwn(const OwnHosts& own, std::string_view authority, const IpAddress& reached) {
    if (authority.empty())
        return true;
    const auto parsed = http::parseAuthority(authority);
    if (!parsed)
        return false;
    std::string_view host = parsed->host;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    if (const auto address = IpAddress::parse(host))
        return own.anyAddress || address->isLoopback() || *address == reached ||
               std::find(own.addresses.begin(), own.addresses.end(), *address) != own.addresses.end();
    return std::find(own.names.begin(), own.names.end(), plainName(host)) != own.names.end();
}

} // namespace reverxy::admin

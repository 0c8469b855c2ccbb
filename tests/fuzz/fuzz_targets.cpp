// SPDX-License-Identifier: MIT
// The input is an authority and a path as a client asks for them, and what a route makes of both.
#include "fuzz/field_value.h"
#include "http/target.h"
#include "route/router.h"

#include <array>
#include <string>

using namespace reverxy;
using namespace reverxy::fuzz;

namespace {

const route::Router& router() {
    static const std::array<route::Rule, 4> rules{
        {{"orders.localhost", "/api/orders"}, {"*.example.com", "/"}, {"[::1]", "/v6"}, {"", "/api"}}};
    static const route::Router made(rules);
    return made;
}

void checkAuthority(const FieldValue& value) {
    const auto authority = http::parseAuthority(value.view());
    if (!authority)
        return;
    require(!authority->host.empty() && value.holds(authority->host) && value.holds(authority->port),
            "an authority's parts lie within it");
    const std::string anew = std::string(authority->host) + ":" + std::string(authority->port);
    const auto again = http::parseAuthority(anew);
    require(again && again->host == authority->host && again->port == authority->port, "its parts make it up");
    require(authority->host.find_first_of("/?#@\\ ") == std::string_view::npos, "a host is nothing else");
}

void checkPath(const FieldValue& value) {
    const std::string target = "/" + std::string(value.view());
    const std::string plain = http::removeDotSegments(target);
    require(plain.starts_with('/'), "there is a path");
    require(!http::hasDotSegments(http::pathOf(plain)), "no dot segment is left");
    require(http::removeDotSegments(plain) == plain, "there is nothing more to remove");
    const std::string_view path = http::pathOf(plain);
    const route::Stripped stripped = route::stripPrefix(plain, "/api");
    require(stripped.needsSlash || stripped.rest.starts_with('/'), "a path begins with a slash");
    const auto found = router().match(value.view(), path);
    require(!found || *found < 4, "a route is one of them");
    require(!found || *found != 3 || path == "/api" || path.starts_with("/api/"), "a prefix is of whole segments");
    require(router().match("ORDERS.localhost.:80", "/api/orders") == size_t{0}, "a host is the same in any case");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const FieldValue value(data, size);
    checkAuthority(value);
    checkPath(value);
    return 0;
}

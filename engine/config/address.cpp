// SPDX-License-Identifier: MIT
#include "config/address.h"

#include <algorithm>

namespace reverxy::config {

namespace {

using Text = Parsed<std::string>;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// A name of labels (RFC 1123 section 2.1; `_` too, as container networks use it), at most 253 characters.
bool isHostName(std::string_view name) {
    if (name.empty() || name.size() > 253)
        return false;
    while (true) {
        const std::string_view label = name.substr(0, name.find('.'));
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
            return false;
        if (!std::all_of(label.begin(), label.end(),
                         [](char c) { return isLetter(c) || isDigit(c) || c == '-' || c == '_'; }))
            return false;
        if (label.size() == name.size())
            return true;
        name.remove_prefix(label.size() + 1);
    }
}

/// A name whose last label is a number would be taken for an IPv4 address by many resolvers, so it must be a whole
/// one.
bool looksLikeV4(std::string_view name) {
    const size_t dot = name.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    return !last.empty() && std::all_of(last.begin(), last.end(), isDigit);
}

/// What is wrong with a path (RFC 3986 section 3.3), or nothing.
std::string problemOfPath(std::string_view path) {
    for (size_t i = 0; i < path.size(); ++i) {
        const char c = path[i];
        if (c == '%') {
            if (i + 2 >= path.size() || !isHexDigit(path[i + 1]) || !isHexDigit(path[i + 2]))
                return "holds a `%` without two hexadecimal digits: write `%25` for the sign itself";
        } else if (!isLetter(c) && !isDigit(c) &&
                   std::string_view("/-._~!$&'()*+,;=:@").find(c) == std::string_view::npos) {
            return "holds a character that a path cannot: write it percent-encoded, as `%20` for a space";
        }
    }
    std::string_view rest = path;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const std::string segment = lowered(rest.substr(0, rest.find('/')));
        if (segment == "." || segment == ".." || segment.find("%2e") != std::string::npos)
            return "holds a dot segment: write the path that is meant without `.` and `..`";
        rest.remove_prefix(segment.size());
    }
    return {};
}

std::string withoutFinalSlashes(std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return std::string(path);
}

struct Place {
    std::string host; // lower case, without brackets
    uint16_t port = 80;
};

/// `host[:port]` of a URL (RFC 3986 section 3.2).
Parsed<Place> parsePlace(std::string_view authority, std::string_view url) {
    using Result = Parsed<Place>;
    Place place;
    std::string_view host = authority;
    std::string_view port;
    bool hasPort = false;
    if (authority.starts_with('[')) {
        const size_t close = authority.find(']');
        const auto address =
            IpAddress::parse(authority.substr(1, close == std::string_view::npos ? close : close - 1));
        if (close == std::string_view::npos || !address ||
            authority.substr(1, close - 1).find(':') == std::string_view::npos)
            return Result::failed(quoted(url) +
                                  " has no valid IPv6 address in brackets: write it as http://[::1]:8081");
        place.host = lowered(authority.substr(1, close - 1));
        const std::string_view rest = authority.substr(close + 1);
        hasPort = rest.starts_with(':');
        if (!rest.empty() && !hasPort)
            return Result::failed(quoted(url) + " goes on after the bracket: write http://[::1]:8081");
        port = hasPort ? rest.substr(1) : rest;
    } else {
        const size_t colon = authority.find(':');
        hasPort = colon != std::string_view::npos;
        host = authority.substr(0, colon);
        port = hasPort ? authority.substr(colon + 1) : std::string_view();
        if (port.find(':') != std::string_view::npos)
            return Result::failed(quoted(url) +
                                  " has more than one colon after the host: an IPv6 address stands in brackets, as "
                                  "http://[::1]:8081");
        if (host.empty())
            return Result::failed(quoted(url) + " names no host: write http://localhost:8081");
        if (!isAscii(host))
            return Result::failed(quoted(url) + " has a host beyond ASCII: write the name in its `xn--` form");
        if (host.ends_with('.'))
            host.remove_suffix(1);
        if (!isHostName(host) || (looksLikeV4(host) && !IpAddress::parse(host)))
            return Result::failed(quoted(host) +
                                  " is no valid host name or address: write for example localhost or 127.0.0.1");
        place.host = lowered(host);
    }
    if (hasPort) {
        auto number = parseInteger(port, 1, 65535);
        if (!number)
            return Result::failed("the port " + number.problem);
        place.port = static_cast<uint16_t>(*number.value);
    }
    return Result::of(std::move(place));
}

struct HttpUrl {
    Place place;
    std::string_view path;  // from the first slash on; may be empty
    std::string_view query; // with its `?`; may be empty
};

/// An absolute http URL; `purpose` is the word for what it leads to.
Parsed<HttpUrl> parseHttpUrl(std::string_view text) {
    using Result = Parsed<HttpUrl>;
    const size_t separator = text.find("://");
    const std::string scheme =
        separator == std::string_view::npos ? std::string() : lowered(text.substr(0, separator));
    if (scheme == "https")
        return Result::failed(
            "TLS towards backends is not built yet: give the service's plain http address, or put a program that "
            "speaks TLS to it in between");
    if (scheme.empty())
        return Result::failed(quoted(text) + " is no URL: write it with its scheme, as http://localhost:8081");
    if (scheme != "http")
        return Result::failed(quoted(text) + " is not an http URL: backends speak http, as http://localhost:8081");
    std::string_view rest = text.substr(separator + 3);
    if (rest.find('#') != std::string_view::npos)
        return Result::failed(quoted(text) +
                              " has a fragment, which never reaches a server: leave out what begins with `#`");
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (authority.find('@') != std::string_view::npos)
        return Result::failed(
            "the URL has a user name or password before the host, which is not sent: write it without");
    auto place = parsePlace(authority, text);
    if (!place)
        return Result::failed(std::move(place.problem));
    rest.remove_prefix(authority.size());
    const size_t query = std::min(rest.find('?'), rest.size());
    HttpUrl url{std::move(*place.value), rest.substr(0, query), rest.substr(query)};
    if (std::string problem = problemOfPath(url.path); !problem.empty())
        return Result::failed(quoted(text) + " " + problem);
    return Result::of(std::move(url));
}

bool isQuery(std::string_view query) {
    return std::all_of(query.begin(), query.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '#';
    });
}

} // namespace

Parsed<std::string> parseListenHost(std::string_view text) {
    const std::string host = lowered(text);
    if (host == "localhost")
        return Text::of(host);
    if (const auto address = IpAddress::parse(host))
        return Text::of(address->toString());
    const std::string possible =
        "write localhost, one address of this machine, or 0.0.0.0 or :: for every interface";
    if (host.starts_with('[') && host.ends_with(']') &&
        IpAddress::parse(std::string_view(host).substr(1, host.size() - 2)))
        return Text::failed(quoted(text) + " stands in brackets: write the address without them");
    return Text::failed(quoted(text) + " is no address to listen on: " + possible);
}

Parsed<BackendUrl> parseBackendUrl(std::string_view text) {
    using Result = Parsed<BackendUrl>;
    auto url = parseHttpUrl(text);
    if (!url)
        return Result::failed(std::move(url.problem));
    if (!url.value->query.empty())
        return Result::failed(quoted(text) +
                              " has a query: a backend's URL is a scheme, a host, a port and perhaps a base path");
    BackendUrl backend;
    backend.text = std::string(text);
    backend.host = std::move(url.value->place.host);
    backend.port = url.value->place.port;
    backend.basePath = withoutFinalSlashes(url.value->path);
    return Result::of(std::move(backend));
}

Parsed<std::string> parseHealthUrl(std::string_view text) {
    if (text.empty())
        return Text::of({});
    std::string_view query;
    if (text.starts_with('/')) {
        const size_t mark = std::min(text.find('?'), text.size());
        query = text.substr(mark);
        if (std::string problem = problemOfPath(text.substr(0, mark)); !problem.empty())
            return Text::failed(quoted(text) + " " + problem);
    } else {
        if (text.find("://") == std::string_view::npos)
            return Text::failed(
                quoted(text) +
                " is neither a path nor a URL: write /health, http://localhost:9000/health, or leave it out "
                "to try only whether the backend accepts connections");
        auto url = parseHttpUrl(text);
        if (!url)
            return Text::failed(std::move(url.problem));
        query = url.value->query;
    }
    if (!isQuery(query))
        return Text::failed(quoted(text) +
                            " has a query with characters that a URL cannot hold: write them percent-encoded");
    return Text::of(std::string(text));
}

Parsed<CidrBlock> parseAddresses(std::string_view text) {
    if (auto block = CidrBlock::parse(text))
        return Parsed<CidrBlock>::of(*block);
    const size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        const auto address = IpAddress::parse(text.substr(0, slash));
        const auto length = parseInteger(text.substr(slash + 1), 0, address && address->isV4() ? 32 : 128);
        if (address && length)
            return Parsed<CidrBlock>::failed(quoted(text) + " has bits set past its length: write " +
                                             address->prefix(static_cast<unsigned>(*length.value)).toString() +
                                             "/" + std::to_string(*length.value));
    }
    return Parsed<CidrBlock>::failed(
        quoted(text) + " is no address or block of addresses: write for example 10.0.0.0/8, fd00::/8 or "
                       "192.168.1.20");
}

Parsed<std::string> parseName(std::string_view text, bool dots) {
    const bool valid = !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [dots](char c) {
        return isLetter(c) || isDigit(c) || c == '-' || c == '_' || (dots && c == '.');
    });
    if (valid)
        return Text::of(std::string(text));
    return Text::failed(quoted(text) + " is no name: write 1 to 64 letters, digits, `-`" +
                        (dots ? ", `_` and `.`" : " and `_`"));
}

Parsed<std::string> parseFieldName(std::string_view text) {
    // tchar of RFC 9110 section 5.6.2.
    const bool token = !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
        return isLetter(c) || isDigit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
    if (token)
        return Text::of(std::string(text));
    return Text::failed(quoted(text) + " is no name of a header field: write for example X-Api-Key");
}

Parsed<std::string> parseClientKey(std::string_view text) {
    constexpr std::string_view byHeader = "header:";
    if (text == "client-ip")
        return Text::of(std::string(text));
    if (text.starts_with(byHeader)) {
        if (auto name = parseFieldName(text.substr(byHeader.size())); !name)
            return Text::failed("after `header:`, " + name.problem);
        return Text::of(std::string(text));
    }
    return Text::failed(quoted(text) +
                        " is not possible here: write client-ip, or header:NAME to count by a header field");
}

Parsed<std::string> parseHostName(std::string_view text) {
    const std::string_view name = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
    if (!isHostName(name))
        return Text::failed(quoted(text) +
                            " is no host name: write it alone, without scheme and port, as proxy.internal");
    return Text::of(lowered(name));
}

Parsed<std::string> parseRouteHost(std::string_view text) {
    if (text.empty())
        return Text::of({});
    if (text == "*")
        return Text::failed("`*` alone is not possible: leave the host out to match any");
    if (!isAscii(text))
        return Text::failed(quoted(text) + " goes beyond ASCII: write the name in its `xn--` form");
    if (text.find("://") != std::string_view::npos || text.find('/') != std::string_view::npos)
        return Text::failed(
            quoted(text) +
            " is more than a host: write the name alone, as orders.localhost, and the rest into `path`");
    const bool wildcard = text.starts_with("*.");
    std::string_view name = wildcard ? text.substr(2) : text;
    if (!wildcard && name.starts_with('[') && name.ends_with(']') &&
        IpAddress::parse(name.substr(1, name.size() - 2)))
        return Text::of(lowered(text));
    if (!wildcard && IpAddress::parse(name) && name.find(':') != std::string_view::npos)
        return Text::failed(quoted(text) + " is an IPv6 address: write it in brackets, as clients send it");
    if (name.find(':') != std::string_view::npos)
        return Text::failed(quoted(text) + " has a port: write the host alone, it matches at every port");
    if (name.ends_with('.'))
        name.remove_suffix(1);
    if (name.find('*') != std::string_view::npos)
        return Text::failed(quoted(text) +
                            " has a `*` in the middle: only a leading `*.` is possible, as *.example.localhost");
    if (!isHostName(name))
        return Text::failed(
            quoted(text) +
            " is no host name: write for example orders.localhost, or *.localhost for all names under it");
    return Text::of((wildcard ? "*." : "") + lowered(name));
}

Parsed<std::string> parseRoutePath(std::string_view text) {
    if (!text.starts_with('/'))
        return Text::failed(quoted(text) + " does not begin with a slash: write " +
                            quoted("/" + std::string(text.substr(0, 40))));
    if (text.find_first_of("?#") != std::string_view::npos)
        return Text::failed(quoted(text) + " holds a query or fragment: a route matches by host and path alone");
    if (text.size() > 1024)
        return Text::failed(quoted(text) + " is too long: a path of a route has at most 1024 characters");
    if (std::string problem = problemOfPath(text); !problem.empty())
        return Text::failed(quoted(text) + " " + problem);
    std::string path = withoutFinalSlashes(text);
    return Text::of(path.empty() ? "/" : std::move(path));
}

} // namespace reverxy::config

// SPDX-License-Identifier: MIT
#include "proxy/forward.h"

#include "http/list.h"

#include <charconv>
#include <string>

namespace reverxy::proxy {

using http::Field;
using http::FieldId;
using http::FieldList;

namespace {

constexpr std::string_view viaEntry = "1.1 reverxy";
// A chain of a few local proxies is a set-up; ten times through this one is a circle.
constexpr int viaLimit = 10;

// Of the protocols that a client would like to speak, so many are offered; nobody has more.
constexpr int upgradeLimit = 16;

bool contains(std::string_view list, std::string_view name) {
    http::ListReader elements(list);
    std::string_view element;
    while (elements.next(element)) {
        if (http::equalsIgnoringCase(element, name))
            return true;
    }
    return false;
}

bool namedByConnection(const FieldList& fields, std::string_view name) {
    for (const Field& field : fields) {
        if (field.id == FieldId::Connection && contains(field.value, name))
            return true;
    }
    return false;
}

/// All lines of a list field as one value (RFC 9110 section 5.3). The value of a single line is given as it is.
std::string_view combined(const FieldList& fields, FieldId id, TextArena& arena) {
    std::string_view first;
    std::string all; // grown in one go: joining line by line would copy a hostile head over and over
    for (const Field& field : fields) {
        if (field.id != id || field.value.empty())
            continue;
        if (first.empty()) {
            first = field.value;
            continue;
        }
        if (all.empty())
            all = first;
        all.append(", ").append(field.value);
    }
    return all.empty() ? first : arena.join({all});
}

/// Fields that belong to one connection (RFC 9110 section 7.6.1), and the framing that every hop writes anew.
bool belongsToConnection(FieldId id) {
    switch (id) {
    case FieldId::Connection:
    case FieldId::KeepAlive:
    case FieldId::ProxyConnection:
    case FieldId::Te:
    case FieldId::TransferEncoding:
    case FieldId::Upgrade:
    case FieldId::Http2Settings:
        return true;
    default:
        return false;
    }
}

bool replacedInRequests(FieldId id) {
    switch (id) {
    case FieldId::Host:
    case FieldId::ContentLength:
    case FieldId::ProxyAuthorization: // meant for this hop (RFC 9110 section 11.7.2)
    case FieldId::XForwardedFor:
    case FieldId::XForwardedHost:
    case FieldId::XForwardedProto:
    case FieldId::Forwarded:
        return true;
    default:
        return false;
    }
}

std::string_view textOf(const IpAddress& address, TextArena& arena) {
    char text[48];
    return arena.join({std::string_view(text, address.write(text))});
}

/// The lines of a list field as one value with `last` behind them; only `last` when `believe` is false.
std::string_view appended(const FieldList& fields, FieldId id, bool believe, std::string_view last,
                          TextArena& arena) {
    if (!believe)
        return last;
    const std::string_view all = combined(fields, id, arena);
    return all.empty() ? last : arena.join({all, ", ", last});
}

std::string_view believedOr(const FieldList& fields, FieldId id, bool believe, std::string_view own) {
    const Field* field = believe ? fields.find(id) : nullptr;
    return field && !field->value.empty() ? field->value : own;
}

/// One element of Forwarded (RFC 7239 section 4): IPv6 and ports need quotes. The authority was checked by the
/// parser and holds neither quote nor backslash.
std::string_view forwardedElement(const IpAddress& peer, std::string_view peerText, std::string_view authority,
                                  TextArena& arena) {
    const std::string_view open = peer.isV6() ? "for=\"[" : "for=";
    const std::string_view close = peer.isV6() ? "]\"" : "";
    if (authority.empty())
        return arena.join({open, peerText, close, ";proto=http"});
    return arena.join({open, peerText, close, ";host=\"", authority, "\";proto=http"});
}

void addForwardingFields(const http::RequestHead& head, const ForwardFacts& facts, TextArena& arena,
                         FieldList& out) {
    const bool believe = facts.peerTrusted;
    const std::string_view peer = textOf(facts.peer, arena);
    out.add("X-Forwarded-For", appended(head.fields, FieldId::XForwardedFor, believe, peer, arena),
            FieldId::XForwardedFor);
    const std::string_view host = believedOr(head.fields, FieldId::XForwardedHost, believe, head.authority);
    if (!host.empty())
        out.add("X-Forwarded-Host", host, FieldId::XForwardedHost);
    out.add("X-Forwarded-Proto", believedOr(head.fields, FieldId::XForwardedProto, believe, "http"),
            FieldId::XForwardedProto);
    const std::string_view element = forwardedElement(facts.peer, peer, head.authority, arena);
    out.add("Forwarded", appended(head.fields, FieldId::Forwarded, believe, element, arena), FieldId::Forwarded);
}

std::string_view decimal(uint32_t number, TextArena& arena) {
    char digits[12];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return arena.join({std::string_view(digits, static_cast<size_t>(end - digits))});
}

} // namespace

void composeRequestFields(const http::RequestHead& head, const ForwardFacts& facts, TextArena& arena,
                          FieldList& out) {
    // HTTP/1.0 may come without a host; the backend, spoken to in HTTP/1.1, must be given one (RFC 9112
    // section 3.2).
    const bool own = facts.hostHeader == config::HostHeader::Backend || head.authority.empty();
    out.add("Host", own ? facts.backendAuthority : head.authority, FieldId::Host);
    for (const Field& field : head.fields) {
        if (belongsToConnection(field.id) || replacedInRequests(field.id))
            continue;
        if (head.connection.namesFields && namedByConnection(head.fields, field.name))
            continue;
        if (field.id == FieldId::Expect && head.version == http::Version::Http10)
            continue; // RFC 9110 section 10.1.1
        if (field.id == FieldId::MaxForwards && facts.maxForwards) {
            out.add(field.name, decimal(*facts.maxForwards, arena), field.id);
            continue;
        }
        out.add(field.name, field.value, field.id);
    }
    addForwardingFields(head, facts, arena, out);
    out.add("Via", head.version == http::Version::Http10 ? std::string_view("1.0 reverxy") : viaEntry,
            FieldId::Via);
}

void composeResponseFields(const http::ResponseHead& head, bool keepLength, std::string_view date, TextArena&,
                           FieldList& out) {
    bool dated = false;
    for (const Field& field : head.fields) {
        if (belongsToConnection(field.id) || (field.id == FieldId::ContentLength && !keepLength))
            continue;
        if (head.connection.namesFields && namedByConnection(head.fields, field.name))
            continue;
        dated = dated || field.id == FieldId::Date;
        out.add(field.name, field.value, field.id);
    }
    if (!dated && head.status >= 200)
        out.add("Date", date, FieldId::Date);
    out.add("Via", head.version == http::Version::Http10 ? std::string_view("1.0 reverxy") : viaEntry,
            FieldId::Via);
}

std::string_view offeredUpgrade(const http::RequestHead& head, TextArena& arena) {
    if (!head.upgrade)
        return {};
    http::ListReader protocols(combined(head.fields, FieldId::Upgrade, arena));
    std::string_view offered;
    std::string_view protocol;
    for (int count = 0; count < upgradeLimit && protocols.next(protocol); ++count) {
        const std::string_view name = protocol.substr(0, protocol.find('/'));
        // RFC 9113 section 3.1 retired it, and behind a gateway it is a way past the gateway's rules.
        if (http::equalsIgnoringCase(name, "h2c"))
            continue;
        offered = offered.empty() ? protocol : arena.join({offered, ", ", protocol});
    }
    return offered;
}

std::string_view acceptedUpgrade(std::string_view offered, const http::ResponseHead& head, TextArena& arena) {
    const std::string_view accepted = combined(head.fields, FieldId::Upgrade, arena);
    http::ListReader protocols(accepted);
    std::string_view protocol;
    int count = 0;
    while (protocols.next(protocol)) {
        if (++count > upgradeLimit || !contains(offered, protocol))
            return {};
    }
    return count > 0 ? accepted : std::string_view();
}

std::string_view optionsNamingFields(const http::RequestHead& head, TextArena& arena) {
    return head.connection.namesFields ? arena.join({combined(head.fields, FieldId::Connection, arena)})
                                       : std::string_view();
}

std::string_view optionsNamingFields(const http::ResponseHead& head, TextArena& arena) {
    return head.connection.namesFields ? arena.join({combined(head.fields, FieldId::Connection, arena)})
                                       : std::string_view();
}

bool startsEventStream(const http::ResponseHead& head) {
    const Field* const type = head.fields.find(FieldId::ContentType);
    return type && http::equalsIgnoringCase(http::trimmed(type->value.substr(0, type->value.find(';'))),
                                            "text/event-stream");
}

void composeTrailers(const FieldList& trailers, std::string_view connectionOptions, FieldList& out) {
    for (const Field& field : trailers) {
        switch (field.id) {
        case FieldId::Age:
        case FieldId::Authorization:
        case FieldId::CacheControl:
        case FieldId::Connection:
        case FieldId::ContentEncoding:
        case FieldId::ContentLength:
        case FieldId::ContentRange:
        case FieldId::ContentType:
        case FieldId::Cookie:
        case FieldId::Date:
        case FieldId::Expect:
        case FieldId::Expires:
        case FieldId::Forwarded:
        case FieldId::Host:
        case FieldId::Http2Settings:
        case FieldId::IfMatch:
        case FieldId::IfModifiedSince:
        case FieldId::IfNoneMatch:
        case FieldId::IfRange:
        case FieldId::IfUnmodifiedSince:
        case FieldId::KeepAlive:
        case FieldId::Location:
        case FieldId::MaxForwards:
        case FieldId::Pragma:
        case FieldId::ProxyAuthenticate:
        case FieldId::ProxyAuthorization:
        case FieldId::ProxyConnection:
        case FieldId::Range:
        case FieldId::RetryAfter:
        case FieldId::SetCookie:
        case FieldId::Te:
        case FieldId::Trailer:
        case FieldId::TransferEncoding:
        case FieldId::Upgrade:
        case FieldId::Vary:
        case FieldId::Via:
        case FieldId::XForwardedFor:
        case FieldId::XForwardedHost:
        case FieldId::XForwardedProto:
            continue;
        default:
            if (connectionOptions.empty() || !contains(connectionOptions, field.name))
                out.add(field.name, field.value, field.id);
        }
    }
}

std::optional<uint32_t> maxForwardsOf(const http::RequestHead& head) {
    if (head.method != http::Method::Options && head.method != http::Method::Trace)
        return std::nullopt;
    const Field* field = head.fields.find(FieldId::MaxForwards);
    if (!field)
        return std::nullopt;
    uint32_t number = 0;
    const char* const end = field->value.data() + field->value.size();
    const auto read = std::from_chars(field->value.data(), end, number);
    if (read.ptr != end || read.ec == std::errc::invalid_argument)
        return std::nullopt;
    // What is past this proxy's own maximum becomes that, as the section has it.
    return read.ec == std::errc::result_out_of_range ? UINT32_MAX : number;
}

bool looksLikeLoop(const http::RequestHead& head) {
    if (!head.hasVia)
        return false;
    int own = 0;
    for (const Field& field : head.fields) {
        if (field.id != FieldId::Via)
            continue;
        http::ListReader hops(field.value);
        std::string_view hop;
        while (hops.next(hop)) {
            const size_t space = hop.find(' ');
            if (space != std::string_view::npos && http::trimmed(hop.substr(space)) == pseudonym)
                ++own;
        }
    }
    return own >= viaLimit;
}

} // namespace reverxy::proxy

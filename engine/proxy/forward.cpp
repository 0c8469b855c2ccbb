// SPDX-License-Identifier: MIT
#include "proxy/forward.h"

#include "cache/validation.h"
#include "proxy/field_lists.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace reverxy::proxy {

using http::Field;
using http::FieldId;
using http::FieldList;

namespace {

constexpr std::string_view viaEntry = "1.1 reverxy";

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

/// In which each hop tells of the client, or of the hop before.
bool tellsOfTheClient(FieldId id) {
    switch (id) {
    case FieldId::XForwardedFor:
    case FieldId::XForwardedHost:
    case FieldId::XForwardedProto:
    case FieldId::Forwarded:
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
        return true;
    default:
        return tellsOfTheClient(id);
    }
}

/// Where fields become variables, as in CGI (RFC 3875 section 4.1.18) and what followed it, "_" and "-" are the
/// same: a field whose name differs in that alone from one that this hop writes or takes out would stand in for it.
bool standsInForAnother(const Field& field) {
    std::array<char, 32> name;
    if (field.id != FieldId::Other || field.name.size() > name.size() ||
        field.name.find('_') == std::string_view::npos)
        return false;
    std::replace_copy(field.name.begin(), field.name.end(), name.begin(), '_', '-');
    const FieldId id = http::fieldIdFromName({name.data(), field.name.size()});
    return belongsToConnection(id) || replacedInRequests(id);
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
    const std::string_view all = combinedLines(fields, id, arena);
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
    out.add("Via", head.version == http::Version::Http10 ? std::string_view("1.0 reverxy") : viaEntry,
            FieldId::Via);
}

std::string_view decimal(uint32_t number, TextArena& arena) {
    char digits[12];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return arena.join({std::string_view(digits, static_cast<size_t>(end - digits))});
}

} // namespace

bool hostIsBackends(const http::RequestHead& head, config::HostHeader hostHeader) {
    return hostHeader == config::HostHeader::Backend || head.authority.empty();
}

std::string_view composeRequestFields(const http::RequestHead& head, const ForwardFacts& facts, TextArena& arena,
                                      FieldList& out, ForwardingLines* kept) {
    const bool own = hostIsBackends(head, facts.hostHeader);
    out.add("Host", own ? facts.backendAuthority : head.authority, FieldId::Host);
    const NamedFields named(head.fields, head.connection);
    bool continued = false; // what hops before this one told
    for (const Field& field : head.fields) {
        continued = continued || (facts.peerTrusted && tellsOfTheClient(field.id));
        if (belongsToConnection(field.id) || replacedInRequests(field.id) || standsInForAnother(field))
            continue;
        if (named.contain(field.name))
            continue;
        if (facts.ownConditions && cache::replacedByConditions(field.id, facts.aboutPart))
            continue;
        if (field.id == FieldId::Expect && head.version == http::Version::Http10)
            continue; // RFC 9110 section 10.1.1
        if (field.id == FieldId::MaxForwards && facts.maxForwards) {
            out.add(field.name, decimal(*facts.maxForwards, arena), field.id);
            continue;
        }
        out.add(field.name, field.value, field.id);
    }
    const ForwardingLines::Source source{facts.peer, head.authority, head.version};
    if (kept && !continued && kept->areOf(source))
        return kept->view();
    const size_t first = out.size();
    addForwardingFields(head, facts, arena, out);
    if (kept && !continued)
        kept->keep(source, out, first);
    return {};
}

void composeResponseFields(const http::ResponseHead& head, bool keepLength, std::string_view date, TextArena&,
                           FieldList& out) {
    bool dated = false;
    const NamedFields named(head.fields, head.connection);
    for (const Field& field : head.fields) {
        if (belongsToConnection(field.id) || (field.id == FieldId::ContentLength && !keepLength))
            continue;
        if (named.contain(field.name))
            continue;
        dated = dated || field.id == FieldId::Date;
        out.add(field.name, field.value, field.id);
    }
    if (!dated && head.status >= 200)
        out.add("Date", date, FieldId::Date);
    out.add("Via", head.version == http::Version::Http10 ? std::string_view("1.0 reverxy") : viaEntry,
            FieldId::Via);
}

} // namespace reverxy::proxy

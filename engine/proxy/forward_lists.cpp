// SPDX-License-Identifier: MIT
// What a gateway reads out of list fields, and out of trailers.
#include "http/list.h"
#include "proxy/field_lists.h"
#include "proxy/forward.h"

#include <charconv>

namespace reverxy::proxy {

using http::Field;
using http::FieldId;
using http::FieldList;

namespace {

// Of the protocols that a client would like to speak, so many are offered; nobody has more.
constexpr int upgradeLimit = 16;

// A chain of a few local proxies is a set-up; ten times through this one is a circle.
constexpr int viaLimit = 10;

} // namespace

std::string_view offeredUpgrade(const http::RequestHead& head, TextArena& arena) {
    if (!head.upgrade)
        return {};
    http::ListReader protocols(combinedLines(head.fields, FieldId::Upgrade, arena));
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

bool takesTrailers(const http::RequestHead& head) {
    if (head.version == http::Version::Http10 || !head.connection.namesFields)
        return false;
    bool named = false;
    bool taken = false;
    for (const Field& field : head.fields) {
        named = named || (field.id == FieldId::Connection && http::listContains(field.value, "te"));
        taken = taken || (field.id == FieldId::Te && http::listContains(field.value, "trailers"));
    }
    return named && taken;
}

std::string_view acceptedUpgrade(std::string_view offered, const http::ResponseHead& head, TextArena& arena) {
    const std::string_view accepted = combinedLines(head.fields, FieldId::Upgrade, arena);
    http::ListReader protocols(accepted);
    std::string_view protocol;
    int count = 0;
    while (protocols.next(protocol)) {
        if (++count > upgradeLimit || !http::listContains(offered, protocol))
            return {};
    }
    return count > 0 ? accepted : std::string_view();
}

std::string_view optionsNamingFields(const http::RequestHead& head, TextArena& arena) {
    return head.connection.namesFields ? arena.join({combinedLines(head.fields, FieldId::Connection, arena)})
                                       : std::string_view();
}

std::string_view optionsNamingFields(const http::ResponseHead& head, TextArena& arena) {
    return head.connection.namesFields ? arena.join({combinedLines(head.fields, FieldId::Connection, arena)})
                                       : std::string_view();
}

bool startsEventStream(const http::ResponseHead& head) {
    constexpr std::string_view eventStream = "text/event-stream";
    const Field* const type = head.fields.find(FieldId::ContentType);
    if (!type || !http::equalsIgnoringCase(type->value.substr(0, eventStream.size()), eventStream))
        return false;
    const std::string_view parameters = http::trimmed(type->value.substr(eventStream.size()));
    return parameters.empty() || parameters.front() == ';';
}

void composeTrailers(const FieldList& trailers, std::string_view connectionOptions, FieldList& out) {
    if (trailers.empty())
        return;
    NamedFields named;
    named.add(connectionOptions);
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
            if (!named.contain(field.name))
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

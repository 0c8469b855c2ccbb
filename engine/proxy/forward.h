// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "base/text_arena.h"
#include "config/config.h"
#include "http/head.h"
#include "proxy/forwarding_lines.h"

#include <optional>
#include <string_view>

// What a gateway does to a message's fields on their way (RFC 9110 section 7.6). Pure: fields in, fields out.

namespace reverxy::proxy {

/// The name this proxy gives itself in Via and Proxy-Status.
constexpr std::string_view pseudonym = "reverxy";

/// What the request's composition depends on besides its head.
struct ForwardFacts {
    IpAddress peer;
    bool peerTrusted = false;          // what the peer forwards is believed
    std::string_view backendAuthority; // host[:port] of the backend; only where hostIsBackends()
    config::HostHeader hostHeader = config::HostHeader::Preserve;
    bool ownConditions = false;          // the cache's conditions take the place of the client's
    bool aboutPart = false;              // they are about a stored part: the client's range stays
    std::optional<uint32_t> maxForwards; // to send instead of the one received
};

/// Whether Host names the backend: where that is configured, and where the request names no host, as HTTP/1.0 may;
/// the backend, spoken to in HTTP/1.1, must be given one (RFC 9112 section 3.2).
bool hostIsBackends(const http::RequestHead& head, config::HostHeader hostHeader);

/// Fills `out` with the fields for the backend: Host first, the client's end-to-end fields, then
/// X-Forwarded-For/-Host/-Proto, Forwarded (RFC 7239) and Via. Connection-specific fields, those named by
/// Connection, the framing fields, and those that would stand in for one of all these are left out. Text composed
/// lives in `arena`. Where `kept` holds the last ones, from X-Forwarded-For to Via, they are returned as lines to
/// stand behind `out` instead of being among it.
std::string_view composeRequestFields(const http::RequestHead& head, const ForwardFacts& facts, TextArena& arena,
                                      http::FieldList& out, ForwardingLines* kept = nullptr);

/// Fills `out` with the fields for the client: the backend's end-to-end fields, a Date where there is none (RFC
/// 9110 section 6.6.1), Via. `keepLength`: the response has no body of its own but may tell the length of one
/// (HEAD, 304).
void composeResponseFields(const http::ResponseHead& head, bool keepLength, std::string_view date, TextArena& arena,
                           http::FieldList& out);

/// The protocols of the Upgrade field that may be offered to a backend: all but h2c, as a list, of a long list the
/// first ones; "" when none is left.
std::string_view offeredUpgrade(const http::RequestHead& head, TextArena& arena);

/// Whether the client takes trailers, on behalf of whoever is behind it too (RFC 9110 sections 6.5.1 and 10.1.4). A
/// TE that Connection does not name may come from somebody further away, and says nothing of those in between.
bool takesTrailers(const http::RequestHead& head);

/// The protocols that a 101 switches to, as a list; "" when it names none or one that is not in `offered` (RFC 9110
/// section 7.8).
std::string_view acceptedUpgrade(std::string_view offered, const http::ResponseHead& head, TextArena& arena);

/// The connection options of a message when some of them name fields, as a list in `arena`; else "". For its
/// trailers.
std::string_view optionsNamingFields(const http::RequestHead& head, TextArena& arena);
std::string_view optionsNamingFields(const http::ResponseHead& head, TextArena& arena);

/// Fills `out` with those trailer fields that may be forwarded: nothing that frames, routes, authenticates or
/// modifies the message (RFC 9110 section 6.5.1), nothing that `connectionOptions` name (section 7.6.1).
void composeTrailers(const http::FieldList& trailers, std::string_view connectionOptions, http::FieldList& out);

/// Whether the response is a stream of events, whose end is never near.
bool startsEventStream(const http::ResponseHead& head);

/// Max-Forwards (RFC 9110 section 7.6.2) of an OPTIONS or TRACE request; nothing for others, or when it is no
/// number.
std::optional<uint32_t> maxForwardsOf(const http::RequestHead& head);

/// Whether the message has been through this proxy so often that it must be going round in circles.
bool looksLikeLoop(const http::RequestHead& head);

} // namespace reverxy::proxy

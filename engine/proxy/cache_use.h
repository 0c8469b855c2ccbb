// SPDX-License-Identifier: MIT
#pragma once

#include "cache/cache.h"
#include "cache/reuse.h"
#include "cache/storing.h"
#include "cache/validation.h"
#include "http/head.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace reverxy::proxy {

/// What an exchange's client asks for, as far as it is part of the key.
struct KeySource {
    const http::RequestHead& head;
    bool peerTrusted;           // what the peer forwards reaches the backend
    std::string_view pool;      // its name
    std::string_view strip;     // the route's strip_prefix
    std::string_view path = {}; // another path and query than the head's; empty: the head's
};

/// Writes the cache key of a request into `key`, whose memory is reused.
void composeKey(const KeySource& source, std::string& key);

/// The scheme the client uses, as far as the backend is told.
std::string_view forwardedScheme(const KeySource& source);

/// One exchange's dealings with the cache: what it asks for, what was found, and the response being received that
/// it writes or reads. The exchange decides with it; it has no port.
struct CacheUse {
    enum class Role : uint8_t {
        None,
        Leads,   // asks the backend, and others may wait for what comes
        Follows, // waits for what another one receives, or reads it
    };

    void reset();
    /// Takes over what concerns the cache in a request. What of it forbids the cache a part in it; None: nothing.
    cache::CacheVerdict begin(cache::Cache& shared, const KeySource& source);
    /// The same for a request that no stored response answers, whose response may yet be stored for others. False:
    /// it may not.
    bool engage(cache::Cache& shared, const KeySource& source);
    bool identify(cache::Cache& shared, const KeySource& source);
    /// Looks for stored responses, and for the one among them that matches.
    void find(const http::RequestHead& head, TimePoint now, WallTime wall);

    std::span<const cache::StoredRef> variants() const { return {found.data(), foundCount}; }

    bool engaged() const { return cache != nullptr; }

    /// A part has all that the request wants.
    bool chosePart() const { return chosen && chosen->facts().partial; }

    /// What is stored for the request, be it too little; null: nothing.
    const cache::StoredRef& known() const { return chosen ? chosen : part; }

    /// Whether what the backend sends goes into the fill, for the own client too.
    bool filling() const { return fill && role == Role::Leads && opened; }

    /// What requests must have in common to wait for each other, into `collapseKey`: the key, and the request
    /// fields by which `vary` chooses. Whoever validates a stored part has one of its own, so that nobody does so
    /// beside another one, and nobody waits there for the whole.
    void composeCollapseKey(const http::RequestHead& head, const cache::FieldBlock& vary);

    cache::Cache* cache = nullptr; // null: it is off, or has no part in this exchange
    std::string key;
    std::string collapseKey;
    std::string selecting; // of the response being stored
    uint64_t hash = 0;
    uint32_t generation = 0;
    bool superseded = false; // since the POST came, its target was invalidated by another
    cache::RequestFacts request;
    cache::ReuseRequest reuse;
    WallTime requestSent{};

    cache::Store::Variants found;
    size_t foundCount = 0;
    cache::StoredRef chosen; // of those found the one for this request
    cache::StoredRef part;   // in its place: too small a part of it
    cache::ReuseAnswer answer;
    cache::Nominated nominated;  // whose validators went to the backend
    bool conditionsUsed = false; // and were of no use: not again
    cache::StoredRef confirmed;  // validated; sent once the backend's answer is over
    uint16_t forwardStatus = 0;  // the backend's, where the client gets a stored response instead

    std::shared_ptr<cache::Fill> fill;
    cache::Fill::Place place;
    Role role = Role::None;
    bool registered = false; // others may find the fill
    bool opened = false;     // the leader's: the body goes into it
    bool reading = false;    // the client gets the body out of it
    uint8_t failedFills = 0; // waited for in vain
    cache::Fill::Wakes wakes;

    std::shared_ptr<cache::Fill> turnOf; // it was released in turns, and this exchange has one
    cache::Fill::Place turnPlace;
};

} // namespace reverxy::proxy

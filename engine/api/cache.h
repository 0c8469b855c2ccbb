// SPDX-License-Identifier: MIT
#pragma once

#include <QDateTime>
#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

// What a face may know of the cache. Names, sentences and sections are the engine's own words.

namespace reverxy::api {

/// How often something was the cache's verdict since the start.
struct CacheCount {
    QString name;     // in short, as "uri-miss" or "no-store"
    QString sentence; // what it means; ends with a full stop
    QString section;  // the rule behind it, as "RFC 9111 section 5.2.2.5"; may be empty
    uint64_t count = 0;
    bool good = false; // answered without a backend; of responses: stored, or renewed what is
    bool operator==(const CacheCount&) const = default;
};

struct CacheSnapshot {
    bool enabled = false;
    uint64_t bytes = 0;      // held, all told
    uint64_t bytesLimit = 0; // as it is now: less than configured while memory is scarce
    uint64_t bytesConfigured = 0;
    uint64_t entries = 0;
    uint64_t evictions = 0;            // entries that had to leave for others
    uint64_t fills = 0;                // responses being received that others may follow
    std::vector<CacheCount> requests;  // what became of requests, in a fixed order; those never met too
    std::vector<CacheCount> responses; // why responses were stored or not, likewise
    bool operator==(const CacheSnapshot&) const = default;
};

/// One stored response.
struct CacheEntry {
    uint64_t key = 0; // the key's number in this engine, for PurgeCache
    QString url;      // secret parameters hidden
    QString variant;  // the request fields it was chosen by (Vary), secret ones hidden; empty: no such fields
    QString pool;
    uint16_t status = 0;
    uint64_t bodyBytes = 0;
    uint64_t bytes = 0;      // that it takes of the limit
    uint32_t ageSeconds = 0; // when it was listed, like the next
    int64_t secondsLeft = 0; // of its lifetime; negative: so long stale
    uint32_t hits = 0;
    bool partial = false;     // a part of the whole (206)
    bool markedStale = false; // is validated before its next use
    bool operator==(const CacheEntry&) const = default;
};

/// Asks for a part of the entries. They come in no order, and what comes or leaves between two parts may be missed
/// or met twice.
struct CacheListing {
    static constexpr uint32_t most = 1000;

    QString filter;       // words that all must be found in the URL or the variant, in any case
    uint64_t cursor = 0;  // 0: from the beginning; else `next` of the part before
    uint32_t count = 500; // at most so many, and never more than `most`
    bool operator==(const CacheListing&) const = default;
};

struct CachePage {
    QDateTime taken;
    std::vector<CacheEntry> entries;
    uint64_t looked = 0;          // entries gone through for this part
    std::optional<uint64_t> next; // nothing: that was all
    bool operator==(const CachePage&) const = default;
};

} // namespace reverxy::api

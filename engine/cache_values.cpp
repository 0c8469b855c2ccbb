// SPDX-License-Identifier: MIT
#include "cache_values.h"

#include "api/qt_values.h"
#include "base/escaped_text.h"
#include "cache/cache_key.h"
#include "cache/freshness.h"

#include <QStringList>

#include <algorithm>
#include <chrono>

namespace reverxy {

namespace {

// Entries looked through for one part, and how many of them are taken out of the store at once.
constexpr uint64_t lookedAtMost = 20'000;
constexpr size_t step = 128;

/// Text that came from the network, on one line.
QString harmless(std::string_view bytes) {
    std::string out;
    appendEscaped(out, bytes, Escaping::Line);
    return api::textOf(out);
}

template <typename Verdict, size_t N, typename IsGood>
std::vector<api::CacheCount> countsOf(const std::array<uint64_t, N>& counts, IsGood isGood) {
    std::vector<api::CacheCount> values;
    for (size_t i = 1; i < N; ++i) { // 0 is "none": no part in it
        const auto verdict = static_cast<Verdict>(i);
        const cache::VerdictInfo& info = cache::infoOf(verdict);
        values.push_back({api::textOf(info.name), api::textOf(info.sentence), api::textOf(info.section), counts[i],
                          isGood(verdict)});
    }
    return values;
}

/// "accept-language: de, cookie: ***"; "x-b3: (absent)"
QString variantOf(std::string_view selecting, const observe::Redaction& redaction) {
    QStringList fields;
    while (!selecting.empty()) {
        const size_t end = std::min(selecting.find('\n'), selecting.size());
        const std::string_view line = selecting.substr(0, end);
        selecting.remove_prefix(std::min(end + 1, selecting.size()));
        const size_t colon = std::min(line.find(':'), line.size());
        const std::string_view name = line.substr(0, colon);
        if (colon == line.size())
            fields << QStringLiteral("no %1").arg(harmless(name));
        else if (redaction.hidesField(name))
            fields << harmless(name) + QStringLiteral(": ***");
        else
            fields << harmless(name) + QStringLiteral(": ") + harmless(line.substr(colon + 1));
    }
    return fields.join(QStringLiteral(", "));
}

api::CacheEntry valuesOf(const cache::EntryInfo& info, const observe::Redaction& redaction, WallTime now) {
    api::CacheEntry entry;
    entry.key = info.hash;
    const std::string_view url = cache::urlOf(info.key);
    entry.url = harmless(redaction.redactedTarget(url).value_or(std::string(url)));
    entry.variant = variantOf(info.selecting, redaction);
    entry.pool = api::textOf(cache::poolOf(info.key));
    entry.status = info.facts.status;
    entry.bodyBytes = info.bodySize;
    entry.bytes = info.footprint;
    entry.ageSeconds = cache::currentAge(info.facts, now);
    entry.secondsLeft = cache::timeToLive(info.facts, now);
    entry.hits = info.hits;
    entry.partial = info.facts.partial;
    entry.markedStale = info.markedStale;
    return entry;
}

bool matches(const api::CacheEntry& entry, const QStringList& words) {
    return std::all_of(words.begin(), words.end(), [&entry](const QString& word) {
        return entry.url.contains(word, Qt::CaseInsensitive) || entry.variant.contains(word, Qt::CaseInsensitive);
    });
}

cache::PageCursor cursorOf(uint64_t number) {
    return {static_cast<uint32_t>(number >> 32), static_cast<uint32_t>(number)};
}

} // namespace

QString sentenceOf(const cache::VerdictInfo& info) {
    QString sentence = api::textOf(info.sentence);
    if (!info.section.empty() && sentence.endsWith(QLatin1Char('.'))) {
        sentence.chop(1);
        sentence += QStringLiteral(" (%1).").arg(api::textOf(info.section));
    }
    return sentence;
}

api::CacheSnapshot cacheSnapshot(const cache::CacheTotals& totals, const config::Cache& config) {
    api::CacheSnapshot snapshot;
    snapshot.enabled = config.enabled;
    snapshot.bytes = totals.bytes;
    snapshot.bytesLimit = totals.limit;
    snapshot.bytesConfigured = config.enabled ? config.maxSize : 0;
    snapshot.entries = totals.entries;
    snapshot.evictions = totals.evictions;
    snapshot.fills = totals.fills;
    snapshot.requests = countsOf<cache::CacheVerdict>(
        totals.verdicts, [](cache::CacheVerdict verdict) { return cache::isHit(verdict); });
    snapshot.responses = countsOf<cache::StoreVerdict>(totals.stores, [](cache::StoreVerdict verdict) {
        return verdict == cache::StoreVerdict::Stored || verdict == cache::StoreVerdict::Freshened;
    });
    return snapshot;
}

api::CachePage cachePage(cache::Store& store, const api::CacheListing& listing, const observe::Redaction& redaction,
                         WallTime now) {
    api::CachePage page;
    page.taken = QDateTime::fromMSecsSinceEpoch(
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
    const QStringList words = listing.filter.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const size_t wanted = std::clamp(listing.count, 1U, api::CacheListing::most);
    cache::PageCursor cursor = cursorOf(listing.cursor);
    while (page.entries.size() < wanted && page.looked < lookedAtMost) {
        const auto found = store.page(cursor, std::min(step, wanted - page.entries.size()));
        if (found.empty())
            return page;
        page.looked += found.size();
        for (const cache::EntryInfo& info : found) {
            api::CacheEntry entry = valuesOf(info, redaction, now);
            if (matches(entry, words))
                page.entries.push_back(std::move(entry));
        }
    }
    if (cursor.shard < cache::Store::shardCount)
        page.next = uint64_t{cursor.shard} << 32 | cursor.place;
    return page;
}

} // namespace reverxy

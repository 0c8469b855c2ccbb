// SPDX-License-Identifier: MIT
#include "cache/cache_status.h"

#include "http/structured_dictionary.h"

#include <QTest>

#include <array>
#include <string>

using namespace reverxy;
using namespace reverxy::cache;

namespace {

std::string textOf(const CacheStatus& status) {
    std::array<char, maxCacheStatusSize> buffer;
    const char* const end = writeCacheStatus(status, buffer.data());
    return {buffer.data(), static_cast<size_t>(end - buffer.data())};
}

} // namespace

class TestCacheStatus : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void rfc9211_section_2_data() {
        QTest::addColumn<CacheStatus>("status");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const CacheStatus& status, const char* expected) {
            QTest::newRow(name) << status << QByteArray(expected);
        };
        row("no part in it", {}, "");
        row("made here", {CacheVerdict::OnlyIfCached}, "");
        row("hit", {CacheVerdict::Hit, StoreVerdict::None, 376}, "reverxy; hit; ttl=376");
        row("hit, stale", {CacheVerdict::HitMaxStale, StoreVerdict::None, -412},
            "reverxy; hit; ttl=-412; detail=max-stale");
        row("hit, validated meanwhile", {CacheVerdict::HitStaleWhileRevalidate, StoreVerdict::None, -1},
            "reverxy; hit; ttl=-1; detail=stale-while-revalidate");
        row("hit while down", {CacheVerdict::HitWhileDown, StoreVerdict::None, -1},
            "reverxy; hit; ttl=-1; detail=backends-down");
        row("miss", {CacheVerdict::UriMiss}, "reverxy; fwd=uri-miss");
        row("miss, stored", {CacheVerdict::UriMiss, StoreVerdict::Stored, 60},
            "reverxy; fwd=uri-miss; stored; ttl=60");
        row("miss, not stored", {CacheVerdict::UriMiss, StoreVerdict::NoStore},
            "reverxy; fwd=uri-miss; detail=no-store");
        row("variant", {CacheVerdict::VaryMiss}, "reverxy; fwd=vary-miss");
        row("validated", {CacheVerdict::Stale, StoreVerdict::Freshened, 60, 304},
            "reverxy; fwd=stale; fwd-status=304; ttl=60");
        row("the client wants more", {CacheVerdict::Request}, "reverxy; fwd=request");
        row("part", {CacheVerdict::Partial, StoreVerdict::None, {}, 206}, "reverxy; fwd=partial; fwd-status=206");
        row("method", {CacheVerdict::Method}, "reverxy; fwd=method");
        row("off", {CacheVerdict::Bypass}, "reverxy; fwd=bypass");
        row("in place of an error", {CacheVerdict::StaleOnError, StoreVerdict::None, -5, 503},
            "reverxy; fwd=stale; fwd-status=503; ttl=-5; detail=stale-on-error");
        row("collapsed", {CacheVerdict::UriMiss, StoreVerdict::None, {}, 0, true},
            "reverxy; fwd=uri-miss; collapsed");
        row("not collapsed after all", {CacheVerdict::UriMiss, StoreVerdict::None, {}, 0, false, true},
            "reverxy; fwd=uri-miss; collapsed=?0");
        row("key", {CacheVerdict::Hit, StoreVerdict::None, 5, 0, false, false, "http://a/b"},
            "reverxy; hit; ttl=5; key=\"http://a/b\"");
        row("key with escapes", {CacheVerdict::Hit, StoreVerdict::None, 5, 0, false, false, "http://a/\"\\"},
            "reverxy; hit; ttl=5; key=\"http://a/\\\"\\\\\"");
        row("key that no String can hold",
            {CacheVerdict::Hit, StoreVerdict::None, 5, 0, false, false, "http://a/\xc3\xa4"},
            "reverxy; hit; ttl=5");
    }

    void rfc9211_section_2() {
        QFETCH(CacheStatus, status);
        QFETCH(QByteArray, expected);
        QCOMPARE(QByteArray::fromStdString(textOf(status)), expected);
    }

    /// RFC 9651 section 3.3.3: printable characters as they are, quotes and backslashes escaped, all others not at
    /// all; the same wherever in the key they stand.
    void everyByteOfTheKeyIsJudged() {
        for (int byte = 0; byte < 256; ++byte) {
            for (size_t at = 0; at < 18; ++at) {
                std::string key = "http://a.test/0123";
                key[at] = static_cast<char>(byte);
                const bool escaped = byte == '"' || byte == '\\';
                std::string expected = "reverxy; hit; ttl=5";
                if (byte >= ' ' && byte <= '~')
                    expected += "; key=\"" + key.substr(0, at) + (escaped ? "\\" : "") + key.substr(at) + "\"";
                QCOMPARE(textOf({CacheVerdict::Hit, StoreVerdict::None, 5, 0, false, false, key}), expected);
            }
        }
    }

    /// Whatever is told fits, and is a member with parameters.
    void everythingFits() {
        const std::string key(300, '"');
        for (size_t length : {size_t(0), size_t(1), size_t(125), size_t(126), size_t(300)}) {
            for (int verdict = 0; verdict < static_cast<int>(CacheVerdict::Count); ++verdict) {
                for (int store = 0; store < static_cast<int>(StoreVerdict::Count); ++store) {
                    const CacheStatus status{static_cast<CacheVerdict>(verdict),
                                             static_cast<StoreVerdict>(store),
                                             INT64_MIN / 2,
                                             599,
                                             false,
                                             true,
                                             std::string_view(key).substr(0, length)};
                    const std::string text = textOf(status);
                    QVERIFY(text.size() <= maxCacheStatusSize);
                    if (text.empty())
                        continue;
                    // As a dictionary, a member without a value has the same parameters.
                    http::DictionaryReader reader(text);
                    http::DictionaryMember member;
                    QVERIFY2(reader.next(member), text.c_str());
                    QVERIFY(!reader.next(member) && !reader.failed());
                }
            }
        }
    }

    void rfc9111_section_5_1_age() {
        std::array<char, maxAgeSize> buffer;
        const auto age = [&buffer](uint32_t seconds) {
            const char* const end = writeAge(seconds, buffer.data());
            return std::string(buffer.data(), static_cast<size_t>(end - buffer.data()));
        };
        QCOMPARE(age(0), std::string("0"));
        QCOMPARE(age(3600), std::string("3600"));
        QCOMPARE(age(2147483648u), std::string("2147483648"));
        QCOMPARE(age(UINT32_MAX), std::string("4294967295"));
    }
};

QTEST_APPLESS_MAIN(TestCacheStatus)
#include "test_cache_status.moc"

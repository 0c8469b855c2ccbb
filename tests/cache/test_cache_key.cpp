// SPDX-License-Identifier: MIT
#include "cache/cache_key.h"

#include <QTest>

#include <string>
#include <vector>

using namespace reverxy::cache;

namespace {

std::string keyOf(const KeyParts& parts) {
    std::string key(keySize(parts), '?');
    const char* const end = writeKey(parts, key.data());
    if (end != key.data() + key.size())
        qFatal("The key's size was announced wrongly.");
    return key;
}

} // namespace

class TestCacheKey : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void urlAndPool() {
        const std::string key = keyOf({"http", "shop.localhost:8080", "/a?b=1", "orders"});
        QCOMPARE(key, std::string("http://shop.localhost:8080/a?b=1") + '\0' + "orders");
        QCOMPARE(urlOf(key), std::string_view("http://shop.localhost:8080/a?b=1"));
        QCOMPARE(poolOf(key), std::string_view("orders"));
        const std::string longer = keyOf({"https", "a", "/", "p", "/api", "b"});
        QCOMPARE(urlOf(longer), std::string_view("https://a/"));
        QCOMPARE(poolOf(longer), std::string_view("p"));
        QCOMPARE(poolOf("no pool"), std::string_view());
    }

    void aQueryWithoutPathGetsItsSlash() {
        QCOMPARE(keyOf({"http", "a", "?b", "p"}), keyOf({"http", "a", "/?b", "p"}));
    }

    /// RFC 9111 section 2, and the rule above: whatever differs for a backend differs here.
    void differentPartsNeverMeet() {
        const std::vector<KeyParts> all{
            {"http", "a", "/", "p"},          {"https", "a", "/", "p"},
            {"HTTP", "a", "/", "p"},          {"", "a", "/", "p"},
            {"http://a", "b", "/", "p"},      {"http", "a:", "//b/", "p"},
            {"http", "A", "/", "p"},          {"http", "a:80", "/", "p"},
            {"http", "", "/", "p"},           {"http", "", "//a/", "p"},
            {"http", "a", "/?", "p"},         {"http", "a", "//", "p"},
            {"http", "a", "/%61", "p"},       {"http", "a", "/a", "p"},
            {"http", "a", "/a?b", "p"},       {"http", "a", "/a?B", "p"},
            {"http", "a", "/a?b&", "p"},      {"http", "a", "/", "P"},
            {"http", "a", "/", "p", "/a"},    {"http", "a", "/", "p", "", "a"},
            {"http", "a", "/", "p", "a", ""}, {"http", "a", "/", "p", "a", "a"},
            {"x", "a", "/", "p", "a", "a"},   {"http", "a", "/", "", "p", ""},
            {"http", "a", "/", "", "", "p"},  {"p", "a", "/", "", "", ""},
        };
        for (size_t i = 0; i < all.size(); ++i) {
            for (size_t other = 0; other < i; ++other)
                QVERIFY2(keyOf(all[i]) != keyOf(all[other]), keyOf(all[i]).c_str());
            QCOMPARE(keyOf(all[i]), keyOf(all[i]));
        }
    }
};

QTEST_APPLESS_MAIN(TestCacheKey)
#include "test_cache_key.moc"

// SPDX-License-Identifier: MIT
#include "cache/cache_key.h"
#include "cache/key_scope.h"

#include <QTest>

using namespace reverxy::cache;

namespace {

std::string keyOf(std::string_view proto, std::string_view authority, std::string_view path) {
    const KeyParts parts{proto, authority, path, "default"};
    std::string key(keySize(parts), '\0');
    writeKey(parts, key.data());
    return key;
}

/// The stored URLs that `scope` holds, in the order of the list.
QByteArrayList held(const std::optional<KeyScope>& scope) {
    struct Stored {
        const char* proto;
        const char* authority;
        const char* path;
    };

    static constexpr Stored stored[] = {
        {"http", "shop.localhost:8080", "/"},
        {"http", "shop.localhost:8080", "/api/a?x=1"},
        {"http", "shop.localhost:8080", "/api/b"},
        {"https", "shop.localhost:8443", "/api/a?x=1"},
        {"http", "Shop.LocalHost", "/api/a?x=1"},
        {"http", "myshop.localhost:8080", "/api/b"},
        {"http", "shop.localhost:80801", "/api/b"},
        {"http", "[::1]:8080", "/api/b"},
        {"http", "[::1]", "/api/b"},
        {"http", "", "/api/b"},
    };
    QByteArrayList found;
    if (!scope)
        return {"(none)"};
    for (const Stored& one : stored) {
        if (scope->contains(keyOf(one.proto, one.authority, one.path)))
            found << QByteArray(one.authority) + one.path;
    }
    return found;
}

} // namespace

class TestKeyScope : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void everythingIsEverything() { QCOMPARE(held(KeyScope::everything()).size(), 10); }

    void prefixes_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArrayList>("expected");
        QTest::newRow("host, port and path")
            << QByteArray("shop.localhost:8080/api/")
            << QByteArrayList{"shop.localhost:8080/api/a?x=1", "shop.localhost:8080/api/b"};
        QTest::newRow("no port is any port, no scheme any scheme")
            << QByteArray("shop.localhost/api/a")
            << QByteArrayList{"shop.localhost:8080/api/a?x=1", "shop.localhost:8443/api/a?x=1",
                              "Shop.LocalHost/api/a?x=1"};
        QTest::newRow("a scheme") << QByteArray("HTTPS://SHOP.localhost/")
                                  << QByteArrayList{"shop.localhost:8443/api/a?x=1"};
        QTest::newRow("a part of a name is no name") << QByteArray("localhost/") << QByteArrayList{};
        QTest::newRow("paths are told apart by case") << QByteArray("shop.localhost/API") << QByteArrayList{};
        QTest::newRow("into the query")
            << QByteArray("  shop.localhost:8080/api/a?x= ") << QByteArrayList{"shop.localhost:8080/api/a?x=1"};
        QTest::newRow("IPv6") << QByteArray("[::1]/api") << QByteArrayList{"[::1]:8080/api/b", "[::1]/api/b"};
        QTest::newRow("IPv6 with a port") << QByteArray("[::1]:8080/api") << QByteArrayList{"[::1]:8080/api/b"};
        QTest::newRow("no host") << QByteArray("/api") << QByteArrayList{"(none)"};
        QTest::newRow("nothing") << QByteArray(" ") << QByteArrayList{"(none)"};
        QTest::newRow("another scheme") << QByteArray("ftp://shop.localhost/") << QByteArrayList{"(none)"};
    }

    void prefixes() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArrayList, expected);
        QCOMPARE(held(KeyScope::prefix(text.toStdString())), expected);
    }

    void aUrlIsTheWholeOfIt() {
        QCOMPARE(held(KeyScope::url("http://shop.localhost:8080/api/a?x=1")),
                 QByteArrayList{"shop.localhost:8080/api/a?x=1"});
        QCOMPARE(held(KeyScope::url("http://shop.localhost:8080/api/a")), QByteArrayList{});
        QCOMPARE(held(KeyScope::url("shop.localhost:8080")), QByteArrayList{"shop.localhost:8080/"});
    }

    void aHostIsAllOfItsUrls() {
        QCOMPARE(held(KeyScope::host("shop.localhost:8080")).size(), 3);
        QCOMPARE(held(KeyScope::host("shop.localhost")).size(), 6);
        QCOMPARE(held(KeyScope::host("http://shop.localhost:8080/")).size(), 3);
        QVERIFY(!KeyScope::host("shop.localhost/api"));
        QVERIFY(!KeyScope::host(""));
    }
};

QTEST_APPLESS_MAIN(TestKeyScope)
#include "test_key_scope.moc"

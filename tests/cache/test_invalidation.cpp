// SPDX-License-Identifier: MIT
#include "cache/invalidation.h"

#include "cache/parsed_heads.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

class TestInvalidation : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_4_4_methods_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<bool>("expected");
        for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "PURGE", "get"})
            QTest::newRow(method) << QByteArray(method) << true;
        for (const char* method : {"GET", "HEAD", "OPTIONS", "TRACE"})
            QTest::newRow(method) << QByteArray(method) << false;
    }

    void section_4_4_methods() {
        QFETCH(QByteArray, method);
        QFETCH(bool, expected);
        const http::Method known = http::methodFromToken(viewOf(method));
        for (const int status : {200, 201, 204, 299, 301, 303, 399})
            QCOMPARE(invalidates(known, static_cast<uint16_t>(status)), expected);
        for (const int status : {100, 199, 400, 404, 500, 599})
            QVERIFY(!invalidates(known, static_cast<uint16_t>(status)));
    }

    void section_4_4_paths_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("location");
        QTest::addColumn<QByteArrayList>("paths"); // besides the target's
        const auto row = [](const char* name, const char* target, const char* location,
                            const QByteArrayList& paths) {
            QTest::newRow(name) << QByteArray(target) << QByteArray(location) << paths;
        };
        row("absolute path", "/a/b", "/c?d", {"/c?d"});
        row("the target itself", "/a/b", "/a/b", {});
        row("relative path", "/a/b?x", "c", {"/a/c"});
        row("relative path with dots", "/a/b/c", "../d", {"/a/d"});
        row("dots in an absolute path", "/a", "/x/../y/./z", {"/y/z"});
        row("query alone", "/a/b?x", "?y", {"/a/b?y"});
        row("fragment alone", "/a/b?x", "#y", {});
        row("fragment is left out", "/a", "/c#d", {"/c"});
        row("absolute URI", "/a", "http://shop.localhost:8080/c", {"/c"});
        row("host in another case", "/a", "HTTP://Shop.LOCALHOST:8080/c", {"/c"});
        row("without path", "/a", "http://shop.localhost:8080", {"/"});
        row("without path, with query", "/a", "http://shop.localhost:8080?x", {"/?x"});
        row("authority alone", "/a", "//shop.localhost:8080/c", {"/c"});
        row("other host", "/a", "http://other.localhost:8080/c", {});
        row("other port", "/a", "http://shop.localhost:8081/c", {});
        row("other scheme", "/a", "https://shop.localhost:8080/c", {});
        row("no port is port 80", "/a", "http://shop.localhost/c", {});
        row("other authority alone", "/a", "//other.localhost/c", {});
        row("userinfo is no part of an origin's name", "/a", "http://shop.localhost:8080@evil.localhost/c", {});
        row("another kind of URI", "/a", "mailto:a@b", {});
        row("malformed authority", "/a", "http://a b/c", {});
        row("colon in a path", "/a/b", "./c:d", {"/a/c:d"});
        row("empty", "/a", "", {});
    }

    void section_4_4_paths() {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, location);
        QFETCH(QByteArrayList, paths);
        paths.prepend(target);
        for (const char* name : {"Location", "Content-Location"}) {
            const ResponseOf response(QByteArrayList{QByteArray(name) + ": " + location});
            QByteArrayList found;
            for (const std::string& path :
                 invalidatedPaths({"http", "shop.localhost:8080", viewOf(target)}, response->fields))
                found += bytesOf(path);
            QCOMPARE(found, paths);
        }
    }

    void section_4_4_bothFields() {
        const ResponseOf response({"Location: /b", "Content-Location: /c"});
        QCOMPARE(invalidatedPaths({"http", "a", "/a"}, response->fields),
                 (std::vector<std::string>{"/a", "/b", "/c"}));
        const ResponseOf same({"Location: /b", "Content-Location: /b"});
        QCOMPARE(invalidatedPaths({"http", "a", "/a"}, same->fields), (std::vector<std::string>{"/a", "/b"}));
    }

    void rfc9110_section_8_7_contentLocationOfTheTarget_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<bool>("represents");
        const auto row = [](const char* name, const QByteArrayList& fields, bool represents) {
            QTest::newRow(name) << fields << represents;
        };
        row("none", {}, false);
        row("the target's path", {"Content-Location: /a/b?c"}, true);
        row("absolute", {"Content-Location: http://service.localhost/a/b?c"}, true);
        row("relative", {"Content-Location: b?c"}, true);
        row("another query", {"Content-Location: /a/b?d"}, false);
        row("another path", {"Content-Location: /a"}, false);
        row("another origin", {"Content-Location: http://other.localhost/a/b?c"}, false);
        row("two of them", {"Content-Location: /a/b?c", "Content-Location: /x"}, false);
        row("Location is something else", {"Location: /a/b?c"}, false);
    }

    void rfc9110_section_8_7_contentLocationOfTheTarget() {
        QFETCH(QByteArrayList, fields);
        const ResponseOf response(fields);
        QTEST(representsTarget({"http", "service.localhost", "/a/b?c"}, response->fields), "represents");
    }

    void rfc9110_section_4_3_1_defaultPort() {
        const ResponseOf response({"Location: http://a:80/b", "Content-Location: http://a/c"});
        QCOMPARE(invalidatedPaths({"http", "a", "/"}, response->fields),
                 (std::vector<std::string>{"/", "/b", "/c"}));
        const ResponseOf secure({"Location: https://a:443/b"});
        QCOMPARE(invalidatedPaths({"https", "a", "/"}, secure->fields), (std::vector<std::string>{"/", "/b"}));
    }
};

QTEST_APPLESS_MAIN(TestInvalidation)
#include "test_invalidation.moc"

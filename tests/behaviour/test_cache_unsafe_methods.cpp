// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"
#include "behaviour/story.h"
#include "support/cached_resources.h"
#include "support/gate.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

const QByteArrayList fresh{"Cache-Control: max-age=3600"};

} // namespace

/// Requests that change things make stored responses invalid (RFC 9111 section 4.4).
class TestCacheUnsafeMethods : public CachedResourcesTest {
    Q_OBJECT

  private Q_SLOTS:

    void section_4_4_target_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("invalidated");
        for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH"}) {
            QTest::addRow("%s", method) << method << 200 << true;
            QTest::addRow("%s, redirected", method) << method << 303 << true;
            QTest::addRow("%s, refused", method) << method << 400 << false;
            QTest::addRow("%s, failed", method) << method << 500 << false;
        }
        QTest::newRow("OPTIONS is safe") << "OPTIONS" << 200 << false;
    }

    void section_4_4_target() {
        QFETCH(QString, method);
        QFETCH(int, status);
        QFETCH(bool, invalidated);
        const std::string target = m_story->resource({{200, fresh}, {status, {}, "done"}, {200, fresh, "new"}});
        COMPARE_STATUS(m_story->ask(target), 200);
        COMPARE_STATUS(m_story->ask(target, {"Content-Length: 0"}, method.toStdString()), status);
        QCOMPARE(m_story->ask(target).body, invalidated ? "new"s : "body"s);
    }

    void rfc9110_section_9_3_3_whatPostBringsForGet_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("stored");
        const auto row = [](const char* name, const QByteArrayList& fields, bool stored, int status = 200) {
            QTest::newRow(name) << fields << status << stored;
        };
        row("its own representation", {"Content-Location: %"}, true);
        row("by an absolute URI", {"Content-Location: http://test.example%"}, true);
        row("no Content-Location", {}, false);
        row("another's", {"Content-Location: /another"}, false);
        row("of another origin", {"Content-Location: http://other.example%"}, false);
        row("not for the shared cache", {"Content-Location: %", "Cache-Control: private"}, false);
        row("not to be kept", {"Content-Location: %", "Cache-Control: no-store"}, false);
        row("created", {"Content-Location: %"}, false, 201);
    }

    void rfc9110_section_9_3_3_whatPostBringsForGet() {
        QFETCH(QByteArrayList, fields);
        QFETCH(int, status);
        QFETCH(bool, stored);
        const std::string target = m_story->nextTarget();
        for (QByteArray& field : fields)
            field.replace("%", QByteArray::fromStdString(target));
        QCOMPARE(m_story->resource({{200, fresh, "old"}, {status, fields + fresh, "posted"}, {200, fresh, "new"}}),
                 target);
        QCOMPARE(m_story->ask(target).body, "old"s);
        QCOMPARE(m_story->ask(target, {"Content-Length: 0"}, "POST").body, "posted"s);
        QCOMPARE(m_story->ask(target).body, stored ? "posted"s : "new"s);
        QCOMPARE(m_story->asked(target), stored ? size_t(2) : size_t(3));
        // A further POST always reaches the origin.
        COMPARE_STATUS(m_story->ask(target, {"Content-Length: 0"}, "POST"), 200);
        QCOMPARE(m_story->asked(target), stored ? size_t(3) : size_t(4));
    }

    /// RFC 9110 section 9.3.3: no guess at how long it lasts.
    void rfc9110_section_9_3_3_onlyWithExplicitFreshness() {
        const std::string target = m_story->nextTarget();
        const QByteArray location = "Content-Location: " + QByteArray::fromStdString(target);
        m_story->resource({{200, {location, "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"}, "posted"}, {200, {}}});
        QCOMPARE(m_story->ask(target, {"Content-Length: 0"}, "POST").body, "posted"s);
        QCOMPARE(m_story->ask(target).body, "body"s);
    }

    /// What POST brings is older than what another request has changed since.
    void rfc9110_section_9_3_3_notWhatWasChangedSince() {
        Gate gate;
        Origin origin([&gate](OriginExchange& exchange) {
            exchange.readBody();
            if (exchange.method() == "POST" && !exchange.waitFor(gate))
                return;
            exchange.respond(200, exchange.method(), {{"Cache-Control", "max-age=600"}, {"Content-Location", "/"}});
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client posting = proxy.connect();
        posting.send(request("POST", "/", "", "1"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        COMPARE_STATUS(proxy.exchange(request("PUT", "/", "", "2")), 200);
        gate.open();
        QCOMPARE(posting.read().body, "POST"s);
        QCOMPARE(proxy.get("/").body, "GET"s);
        QCOMPARE(proxy.get("/").body, "GET"s);
        QCOMPARE(origin.requestCount(), size_t(3));
    }

    /// Every variant leaves.
    void section_4_4_variants() {
        const QByteArrayList varied = fresh + QByteArrayList{"Vary: Foo"};
        const std::string target = m_story->resource(
            {{200, varied, "one"}, {200, varied, "two"}, {200, {}, "done"}, {200, varied, "new"}});
        QCOMPARE(m_story->ask(target, {"Foo: 1"}).body, "one"s);
        QCOMPARE(m_story->ask(target, {"Foo: 2"}).body, "two"s);
        QCOMPARE(m_story->ask(target, {"Content-Length: 0"}, "POST").body, "done"s);
        QCOMPARE(m_story->ask(target, {"Foo: 1"}).body, "new"s);
        QCOMPARE(m_story->ask(target, {"Foo: 2"}).body, "new"s);
    }

    void section_4_4_otherPaths_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("prefix"); // before the path in the field
        QTest::addColumn<bool>("invalidated");
        for (const char* field : {"Location", "Content-Location"}) {
            QTest::addRow("%s", field) << QByteArray(field) << QByteArray("") << true;
            QTest::addRow("%s of the same origin", field)
                << QByteArray(field) << QByteArray("http://test.example") << true;
            QTest::addRow("%s of another origin", field)
                << QByteArray(field) << QByteArray("http://other.example") << false;
        }
    }

    void section_4_4_otherPaths() {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, prefix);
        QFETCH(bool, invalidated);
        const std::string other = m_story->resource({{200, fresh}, {200, fresh, "new"}});
        const QByteArray line = field + ": " + prefix + QByteArray::fromStdString(other);
        const std::string target = m_story->resource({{201, {line}, "done"}});
        COMPARE_STATUS(m_story->ask(other), 200);
        COMPARE_STATUS(m_story->ask(target, {"Content-Length: 0"}, "POST"), 201);
        QCOMPARE(m_story->ask(other).body, invalidated ? "new"s : "body"s);
    }
};

QTEST_GUILESS_MAIN(TestCacheUnsafeMethods)
#include "test_cache_unsafe_methods.moc"

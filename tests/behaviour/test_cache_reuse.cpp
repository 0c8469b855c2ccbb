// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/cached_resources.h"

using namespace reverxy;
using namespace reverxy::test;

/// When a stored response answers: what the request asks for, and which request fields it was chosen by (RFC 9111
/// sections 4, 4.1 and 5.2.1).
class TestCacheReuse : public CachedResourcesTest {
    Q_OBJECT

  private Q_SLOTS:

    void section_5_2_1_requestDirectives_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<int>("age"); // of the stored response, whose lifetime is an hour
        QTest::addColumn<bool>("reused");
        const auto row = [](const char* field, int age, bool reused) {
            QTest::addRow("%s, %d s old", field, age) << QByteArray(field) << age << reused;
        };
        row("Cache-Control: no-transform", 100, true);
        row("Cache-Control: no-cache", 100, false);
        row("Cache-Control: NO-CACHE", 100, false);
        row("Pragma: no-cache", 100, false);
        row("Pragma: foo", 100, true);
        row("Cache-Control: no-store", 100, true);
        row("Cache-Control: max-age=0", 100, false);
        row("Cache-Control: max-age=50", 100, false);
        row("Cache-Control: max-age=500", 100, true);
        row("Cache-Control: min-fresh=100", 100, true);
        row("Cache-Control: min-fresh=3550", 100, false);
        row("Cache-Control: max-stale=5", 100, true);
        row("Cache-Control: max-stale", 7200, true);
        row("Cache-Control: max-stale=1000", 3700, true);
        row("Cache-Control: max-stale=1000", 7200, false);
        row("Cache-Control: only-if-cached", 100, true);
        row("X-Nothing: 1", 7200, false);
    }

    void section_5_2_1_requestDirectives() {
        QFETCH(QByteArray, field);
        QFETCH(int, age);
        QFETCH(bool, reused);
        const std::string target = m_story->resource(
            {{200,
              {"Cache-Control: max-age=3600, stale-if-error=1", "ETag: \"a\"", "Age: " + QByteArray::number(age)}},
             {200, {"Cache-Control: max-age=3600"}, "new"}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response second = m_story->ask(target, {field});
        COMPARE_STATUS(second, 200);
        QCOMPARE(second.body, reused ? "body"s : "new"s);
        QCOMPARE(m_story->asked(target), size_t(reused ? 1 : 2));
    }

    void section_5_2_1_7_onlyIfCached() {
        const std::string target =
            m_story->resource({{200, {"Cache-Control: max-age=3600", "Age: 7200", "ETag: \"a\""}}});
        COMPARE_STATUS(m_story->ask(target, {"Cache-Control: only-if-cached"}), 504);
        QCOMPARE(m_story->asked(target), size_t(0));
        COMPARE_STATUS(m_story->ask(target), 200);
        COMPARE_STATUS(m_story->ask(target, {"Cache-Control: only-if-cached"}), 504); // stale
        COMPARE_STATUS(m_story->ask(target, {"Cache-Control: only-if-cached, max-stale"}), 200);
        QCOMPARE(m_story->asked(target), size_t(1));
    }

    void section_4_headIsAnsweredByGet() {
        const std::string target = m_story->resource({{200, {"Cache-Control: max-age=3600", "X-A: 1"}}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response head = m_story->ask(target, {}, "HEAD");
        COMPARE_STATUS(head, 200);
        QCOMPARE(head.field("X-A"), "1"s);
        QCOMPARE(head.field("Content-Length"), "4"s);
        QVERIFY(head.body.empty());
        QCOMPARE(m_story->asked(target), size_t(1));
    }

    void section_4_unsafeMethodsAreWrittenThrough() {
        const std::string target = m_story->resource({{200, {"Cache-Control: max-age=3600"}}, {200, {}, "done"}});
        COMPARE_STATUS(m_story->ask(target), 200);
        QCOMPARE(m_story->ask(target, {"Content-Length: 0"}, "POST").body, "done"s);
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    /// Three requests: the first two store a response each, the third finds the one that is its own.
    void section_4_1_vary_data() {
        QTest::addColumn<QByteArray>("vary");
        QTest::addColumn<QByteArrayList>("first");
        QTest::addColumn<QByteArrayList>("second");
        QTest::addColumn<bool>("same"); // whether the second is answered by the first's response
        const auto row = [](const char* name, const char* vary, const QByteArrayList& first,
                            const QByteArrayList& second,
                            bool same) { QTest::newRow(name) << QByteArray(vary) << first << second << same; };
        row("match", "Foo", {"Foo: 1"}, {"Foo: 1"}, true);
        row("no match", "Foo", {"Foo: 1"}, {"Foo: 2"}, false);
        row("left out", "Foo", {"Foo: 1"}, {}, false);
        row("added", "Foo", {}, {"Foo: 1"}, false);
        row("absent in both", "Foo", {}, {}, true);
        row("lines joined", "Foo", {"Foo: 1", "Foo: 2"}, {"Foo: 1, 2"}, true);
        row("two, match", "Foo, Bar", {"Foo: 1", "Bar: 2"}, {"Bar: 2", "Foo: 1"}, true);
        row("two, no match", "Foo, Bar", {"Foo: 1", "Bar: 2"}, {"Foo: 1", "Bar: 3"}, false);
        row("three, one left out", "Foo, Bar, Baz", {"Foo: 1", "Baz: 3"}, {"Foo: 1", "Baz: 3"}, true);
        row("three, one added", "Foo, Bar, Baz", {"Foo: 1", "Baz: 3"}, {"Foo: 1", "Bar: 2", "Baz: 3"}, false);
        row("languages", "Accept-Language", {"Accept-Language: en, de;q=0.5"}, {"Accept-Language: DE;q=0.5,en"},
            true);
        row("codings", "Accept-Encoding", {"Accept-Encoding: br, gzip"}, {"Accept-Encoding: gzip,br"}, true);
    }

    void section_4_1_vary() {
        QFETCH(QByteArray, vary);
        QFETCH(QByteArrayList, first);
        QFETCH(QByteArrayList, second);
        QFETCH(bool, same);
        const QByteArrayList fields{"Cache-Control: max-age=3600", "Vary: " + vary};
        const std::string target = m_story->resource({{200, fields, "one"}, {200, fields, "two"}});
        QCOMPARE(m_story->ask(target, first).body, "one"s);
        QCOMPARE(m_story->ask(target, second).body, same ? "one"s : "two"s);
        // Both stay, each for its own kind of request.
        QCOMPARE(m_story->ask(target, first).body, "one"s);
        QCOMPARE(m_story->ask(target, second).body, same ? "one"s : "two"s);
        QCOMPARE(m_story->asked(target), size_t(same ? 1 : 2));
    }

    /// What the gateway takes out of the request did not choose the response.
    void section_4_1_fieldsNamedByConnection() {
        const QByteArrayList fields{"Cache-Control: max-age=3600", "Vary: Foo"};
        const std::string target = m_story->resource({{200, fields, "without"}, {200, fields, "with"}});
        QCOMPARE(m_story->ask(target, {"Foo: 1", "Connection: foo"}).body, "without"s);
        QCOMPARE(m_story->ask(target, {"Foo: 1"}).body, "with"s);
        QCOMPARE(m_story->ask(target).body, "without"s);
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    /// What a backend can tell apart is never mixed up.
    void keys_data() {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::newRow("query") << "/k?a"
                               << "/k?b";
        QTest::newRow("case") << "/k"
                              << "/K";
        QTest::newRow("encoding") << "/k"
                                  << "/%6b";
        QTest::newRow("empty query") << "/k"
                                     << "/k?";
        QTest::newRow("slashes") << "/k"
                                 << "//k";
        QTest::newRow("slash at the end") << "/k"
                                          << "/k/";
    }

    void keys() {
        QFETCH(QString, first);
        QFETCH(QString, second);
        Origin origin([](OriginExchange& exchange) {
            exchange.respond(200, exchange.field("Host") + exchange.target(), {{"Cache-Control", "max-age=3600"}});
        });
        config::Config config = configFor({origin.port()});
        config.cache = {};
        RunningEngine proxy(config);
        for (int i = 0; i < 2; ++i) {
            for (const QString& target : {first, second})
                QCOMPARE(proxy.get(target.toStdString()).body, "test.example" + target.toStdString());
            QCOMPARE(proxy.get(first.toStdString(), "Host: other.example\r\n").body,
                     "other.example" + first.toStdString());
        }
        QCOMPARE(origin.requestCount(), size_t(3));
    }
};

QTEST_GUILESS_MAIN(TestCacheReuse)
#include "test_cache_reuse.moc"

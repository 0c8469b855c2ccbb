// SPDX-License-Identifier: MIT
#include "cache/cache_control.h"

#include <QTest>

#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::cache;

namespace {

std::string_view viewOf(const QByteArray& bytes) {
    return {bytes.constData(), static_cast<size_t>(bytes.size())};
}

/// Each line a Cache-Control field.
http::FieldList cacheControl(const QByteArrayList& lines) {
    http::FieldList fields;
    for (const QByteArray& line : lines)
        fields.add("Cache-Control", viewOf(line));
    return fields;
}

QByteArray describe(const SecondsDirective& seconds) {
    if (!seconds.present)
        return "-";
    return seconds.valid ? QByteArray::number(seconds.seconds) : QByteArray("invalid");
}

/// The directives that are set, as words.
QByteArray describe(const ResponseDirectives& directives) {
    QByteArrayList words;
    const auto flag = [&words](bool set, const char* word) {
        if (set)
            words += word;
    };
    flag(directives.noStore, "no-store");
    flag(directives.noCache, "no-cache");
    flag(!directives.byNoCache.empty(), "no-cache=fields");
    flag(directives.isPrivate, "private");
    flag(!directives.byPrivate.empty(), "private=fields");
    flag(directives.isPublic, "public");
    flag(directives.mustRevalidate, "must-revalidate");
    flag(directives.proxyRevalidate, "proxy-revalidate");
    flag(directives.mustUnderstand, "must-understand");
    flag(directives.immutable, "immutable");
    const auto seconds = [&words](const SecondsDirective& value, const QByteArray& word) {
        if (value.present)
            words += word + "=" + describe(value);
    };
    seconds(directives.maxAge, "max-age");
    seconds(directives.sMaxAge, "s-maxage");
    seconds(directives.staleWhileRevalidate, "stale-while-revalidate");
    seconds(directives.staleIfError, "stale-if-error");
    flag(directives.malformed, "(malformed)");
    return words.join(' ');
}

QByteArray describe(const RequestDirectives& directives) {
    QByteArrayList words;
    const auto flag = [&words](bool set, const char* word) {
        if (set)
            words += word;
    };
    const auto seconds = [&words](const std::optional<uint32_t>& value, const QByteArray& word) {
        if (value)
            words += word + "=" + QByteArray::number(*value);
    };
    flag(directives.noCache, "no-cache");
    flag(directives.noStore, "no-store");
    flag(directives.onlyIfCached, "only-if-cached");
    seconds(directives.maxAge, "max-age");
    flag(directives.maxStaleOfAnyAge, "max-stale");
    seconds(directives.maxStale, "max-stale");
    seconds(directives.minFresh, "min-fresh");
    seconds(directives.staleIfError, "stale-if-error");
    return words.join(' ');
}

} // namespace

class TestCacheControl : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_1_2_2_deltaSeconds_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("seconds");
        QTest::newRow("zero") << QByteArray("0") << qint64(0);
        QTest::newRow("a number") << QByteArray("3600") << qint64(3600);
        QTest::newRow("leading zeros") << QByteArray("0000000003600") << qint64(3600);
        QTest::newRow("largest in 31 bits") << QByteArray("2147483647") << qint64(2147483647);
        QTest::newRow("2^31") << QByteArray("2147483648") << qint64(2147483648);
        QTest::newRow("2^31 + 1 is for ever") << QByteArray("2147483649") << qint64(2147483648);
        QTest::newRow("2^32 is for ever") << QByteArray("4294967296") << qint64(2147483648);
        QTest::newRow("2^64 + 1 is for ever") << QByteArray("18446744073709551617") << qint64(2147483648);
        QTest::newRow("a hundred digits") << QByteArray(100, '9') << qint64(2147483648);
        QTest::newRow("nothing") << QByteArray("") << qint64(-1);
        QTest::newRow("negative") << QByteArray("-1") << qint64(-1);
        QTest::newRow("plus sign") << QByteArray("+1") << qint64(-1);
        QTest::newRow("decimal") << QByteArray("1.0") << qint64(-1);
        QTest::newRow("letters behind") << QByteArray("100a") << qint64(-1);
        QTest::newRow("letters before") << QByteArray("a100") << qint64(-1);
        QTest::newRow("space") << QByteArray("1 0") << qint64(-1);
    }

    void section_1_2_2_deltaSeconds() {
        QFETCH(QByteArray, text);
        const auto seconds = parseDeltaSeconds(viewOf(text));
        QTEST(seconds ? qint64(*seconds) : qint64(-1), "seconds");
    }

    void section_5_2_2_responseDirectives_data() {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const QByteArrayList& lines, const char* expected) {
            QTest::newRow(name) << lines << QByteArray(expected);
        };
        row("no field", {}, "");
        row("empty", {""}, "");
        row("only commas", {", ,,"}, "");
        row("each flag",
            {"no-store, no-cache, private, public, must-revalidate, proxy-revalidate, must-understand, immutable"},
            "no-store no-cache private public must-revalidate proxy-revalidate must-understand immutable");
        row("each number", {"max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4"},
            "max-age=1 s-maxage=2 stale-while-revalidate=3 stale-if-error=4");
        row("section 5.2: without regard to case", {"MaX-aGe=3600, NO-STORE, S-MaxAge=1, Private"},
            "no-store private max-age=3600 s-maxage=1");
        row("section 5.2: quoted argument", {"max-age=\"3600\""}, "max-age=3600");
        row("white space between", {"\tpublic\t ,  max-age=5\t"}, "public max-age=5");
        row("several lines", {"max-age=5", "no-cache"}, "no-cache max-age=5");
        row("section 5.2.3: unknown ones", {"foo, max-age=5, bar=1, baz=\"x\""}, "max-age=5");
        row("within a quoted argument", {"ext=\"max-age=100, no-store\", max-age=1"}, "max-age=1");
        row("escaped quote in an argument", {"ext=\"\\\", no-store, \\\"\", max-age=1"}, "max-age=1 (malformed)");

        row("section 4.2.1: letters behind", {"max-age=100a"}, "max-age=invalid");
        row("section 4.2.1: letters before", {"max-age=a100"}, "max-age=invalid");
        row("section 4.2.1: negative", {"max-age=-3600"}, "max-age=invalid");
        row("section 4.2.1: decimal", {"max-age=3600.0"}, "max-age=invalid");
        row("section 4.2.1: single quotes", {"max-age='3600'"}, "max-age=invalid");
        row("section 4.2.1: no argument", {"max-age"}, "max-age=invalid");
        row("section 4.2.1: empty argument", {"max-age="}, "max-age=invalid (malformed)");
        row("section 4.2.1: empty quotes", {"max-age=\"\""}, "max-age=invalid");
        row("section 4.2.1: space before =", {"max-age =100"}, "max-age=invalid (malformed)");
        row("section 4.2.1: space after =", {"max-age= 100"}, "max-age=invalid (malformed)");
        row("section 4.2.1: s-maxage", {"s-maxage=x, max-age=100"}, "max-age=100 s-maxage=invalid");
        row("section 4.2.1: twice the same", {"max-age=5, max-age=5"}, "max-age=5");
        row("section 4.2.1: twice the same, written otherwise", {"max-age=5", "max-age=\"05\""}, "max-age=5");
        row("section 4.2.1: two values", {"max-age=1800, max-age=1"}, "max-age=invalid");
        row("section 4.2.1: two values in two lines", {"max-age=1", "max-age=1800"}, "max-age=invalid");
        row("section 4.2.1: a third value does not help", {"max-age=1, max-age=2, max-age=2"}, "max-age=invalid");
        row("section 1.2.2: overflow", {"max-age=99999999999"}, "max-age=2147483648");

        row("section 5.2.2.4: field names", {"no-cache=\"Set-Cookie, X-A\""}, "no-cache=fields");
        row("section 5.2.2.4: token form", {"no-cache=X-A"}, "no-cache=fields");
        row("section 5.2.2.4: empty list", {"no-cache=\"\""}, "no-cache");
        row("section 5.2.2.4: empty argument", {"no-cache="}, "no-cache (malformed)");
        row("section 5.2.2.4: no field names", {"no-cache=\"a b\""}, "no-cache");
        row("section 5.2.2.4: escapes", {"no-cache=\"a\\,b\""}, "no-cache (malformed)");
        row("section 5.2.2.4: both forms", {"no-cache=\"a\", no-cache"}, "no-cache no-cache=fields");
        row("section 5.2.2.7: field names", {"private=\"a\""}, "private=fields");
        row("section 5.2.2.7: more arguments than are kept",
            {"private=a, private=b, private=c, private=d, private=e"}, "private private=fields");
        row("section 5.2.2.7: more names than are looked for",
            {"private=\"" + QByteArrayList(33, "a").join(',') + "\""}, "private");

        row("restrictive with an argument", {"no-store=1, must-revalidate=x, proxy-revalidate=\"\""},
            "no-store must-revalidate proxy-revalidate");
        row("permissive with an argument", {"public=1, immutable=x"}, "");
        row("restrictive with something behind", {"no-store; max-age=5"}, "no-store (malformed)");
        row("restrictive with a space", {"private =x, no-store foo"}, "no-store private (malformed)");
        row("permissive with something behind", {"public; x"}, "(malformed)");
        row("separated by semicolons", {"max-age=5; private"}, "max-age=invalid (malformed)");
        row("a quote that never ends may hide anything", {"max-age=5, ext=\"a, private"},
            "no-store max-age=5 (malformed)");
        row("names that only begin alike", {"no-storeX, max-agee=5, privates"}, "");
        row("no name", {"=5, max-age=1"}, "max-age=1 (malformed)");
    }

    void section_5_2_2_responseDirectives() {
        QFETCH(QByteArrayList, lines);
        QTEST(describe(readResponseDirectives(cacheControl(lines))), "expected");
    }

    void section_5_2_2_4_withheldFields() {
        const QByteArrayList lines{"no-cache=\"Set-Cookie,\tX-A\", private=X-B", "private=\"x-c\""};
        const http::FieldList fields = cacheControl(lines);
        const ResponseDirectives directives = readResponseDirectives(fields);
        QVERIFY(directives.withhold("set-cookie"));
        QVERIFY(directives.withhold("x-a"));
        QVERIFY(directives.withhold("X-B"));
        QVERIFY(directives.withhold("X-C"));
        QVERIFY(!directives.withhold("X"));
        QVERIFY(!directives.withhold("Set-Cookie2"));
        QVERIFY(!directives.withhold("ETag"));
    }

    void section_5_2_1_requestDirectives_data() {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const QByteArrayList& lines, const char* expected) {
            QTest::newRow(name) << lines << QByteArray(expected);
        };
        row("no field", {}, "");
        row("each", {"no-cache, no-store, only-if-cached, max-age=1, max-stale=2, min-fresh=3, stale-if-error=4"},
            "no-cache no-store only-if-cached max-age=1 max-stale=2 min-fresh=3 stale-if-error=4");
        row("without regard to case", {"No-Cache, MAX-AGE=0"}, "no-cache max-age=0");
        row("section 5.2.1.2: any age", {"max-stale"}, "max-stale");
        row("section 5.2.1.2: both forms", {"max-stale, max-stale=5"}, "max-stale max-stale=5");
        row("section 5.2.1.2: no number", {"max-stale=x"}, "max-stale=0");
        row("section 5.2.1.2: empty argument", {"max-stale="}, "max-stale=0");
        row("section 5.2.1.1: no number", {"max-age=x"}, "max-age=0");
        row("section 5.2.1.1: negative", {"max-age=-1"}, "max-age=0");
        row("section 5.2.1.1: no argument", {"max-age"}, "max-age=0");
        row("section 5.2.1.1: the least", {"max-age=5", "max-age=3, max-age=4"}, "max-age=3");
        row("section 5.2.1.1: overflow", {"max-age=4294967297"}, "max-age=2147483648");
        row("section 5.2.1.3: no number", {"min-fresh=x"}, "min-fresh=2147483648");
        row("section 5.2.1.3: the greatest", {"min-fresh=5, min-fresh=9, min-fresh=7"}, "min-fresh=9");
        row("quoted", {"max-age=\"5\""}, "max-age=5");
        row("unknown", {"no-transform, foo=bar"}, "");
        row("open quote", {"x=\"a, max-age=5"}, "no-cache no-store");
    }

    void section_5_2_1_requestDirectives() {
        QFETCH(QByteArrayList, lines);
        QTEST(describe(readRequestDirectives(cacheControl(lines))), "expected");
    }

    void section_5_4_pragma_data() {
        QTest::addColumn<QByteArray>("pragma");
        QTest::addColumn<bool>("withCacheControl");
        QTest::addColumn<bool>("noCache");
        QTest::newRow("no-cache") << QByteArray("no-cache") << false << true;
        QTest::newRow("without regard to case") << QByteArray("foo, No-Cache") << false << true;
        QTest::newRow("anything else") << QByteArray("foo, x=\"no-cache\"") << false << false;
        QTest::newRow("beside Cache-Control") << QByteArray("no-cache") << true << false;
    }

    void section_5_4_pragma() {
        QFETCH(QByteArray, pragma);
        QFETCH(bool, withCacheControl);
        http::FieldList fields;
        fields.add("Pragma", viewOf(pragma));
        if (withCacheControl)
            fields.add("Cache-Control", "max-stale");
        QTEST(readRequestDirectives(fields).noCache, "noCache");
    }

    /// The meaning of Pragma in responses was never specified.
    void section_5_4_pragmaInResponses() {
        http::FieldList fields;
        fields.add("Pragma", "no-cache");
        QCOMPARE(describe(readResponseDirectives(fields)), QByteArray());
    }
};

QTEST_APPLESS_MAIN(TestCacheControl)
#include "test_cache_control.moc"

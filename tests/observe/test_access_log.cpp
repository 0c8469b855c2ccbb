// SPDX-License-Identifier: MIT
#include "observe/access_log.h"

#include "base/cache_verdict.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <random>

using namespace reverxy;
using namespace reverxy::observe;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_days day{std::chrono::year{2026} / 11 / 23};

Decision plainDecision(NameTable& names) {
    Decision decision{};
    decision.started = day + 10h + 123ms;
    decision.peer = {IpAddress::v4({127, 0, 0, 1}), 50123};
    decision.client = decision.peer.address;
    decision.method.assign("GET");
    decision.target.assign("/orders?id=1");
    decision.host.assign("orders.localhost:8080");
    decision.route = names.intern("orders");
    decision.pool = names.intern("default");
    decision.status = 200;
    decision.requestBodyBytes = 17;
    decision.responseBodyBytes = 1024;
    Attempt& attempt = decision.beginAttempt();
    attempt.backend = names.intern("backend-1");
    attempt.status = 200;
    attempt.connectMicros = 250;
    attempt.firstByteMicros = 900;
    decision.firstByteMicros = 1200;
    decision.totalMicros = 1002034;
    return decision;
}

Decision retriedDecision(NameTable& names) {
    Decision decision = plainDecision(names);
    decision.attempts[0].failure = Failure::ConnectRefused;
    decision.attempts[0].status = 0;
    Attempt& attempt = decision.beginAttempt();
    attempt.backend = names.intern("backend-2");
    attempt.reusedConnection = true;
    attempt.failure = Failure::ResponseMalformed;
    decision.status = 502;
    decision.failure = Failure::ResponseMalformed;
    decision.details.assign("bad \"chunk\"");
    return decision;
}

QByteArray textLine(const Decision& decision, const NameTable& names) {
    std::string out;
    appendAccessLine(out, decision, names, Format::Text);
    return QByteArray::fromStdString(out);
}

QJsonObject jsonLine(const Decision& decision, const NameTable& names) {
    std::string out;
    appendAccessLine(out, decision, names, Format::Json);
    if (std::count(out.begin(), out.end(), '\n') != 1 || out.back() != '\n')
        return {};
    return QJsonDocument::fromJson(QByteArray::fromStdString(out)).object();
}

/// One line, and nothing in it that a terminal obeys.
bool isHarmlessLine(const std::string& line) {
    return !line.empty() && line.back() == '\n' &&
           std::none_of(line.begin(), line.end() - 1, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

} // namespace

class TestAccessLog : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void textOfAPlainExchange() {
        NameTable names;
        QCOMPARE(textLine(plainDecision(names), names),
                 QByteArray("2026-11-23T10:00:00.123Z info  access 127.0.0.1 \"GET /orders?id=1 HTTP/1.1\" 200"
                            " host=\"orders.localhost:8080\" in=17 out=1024 route=orders pool=default"
                            " backend=backend-1 attempts=1 queued=0.000ms connect=0.250ms first_byte=1.200ms"
                            " total=1002.034ms\n"));
    }

    void textOfARetriedExchange() {
        NameTable names;
        const QByteArray line = textLine(retriedDecision(names), names);
        QVERIFY(line.contains(" 502 "));
        QVERIFY(line.contains(" backend=backend-2 attempts=2 "));
        QVERIFY(line.contains(" failure=response-malformed details=\"bad \\\"chunk\\\"\" "));
        QVERIFY(line.endsWith(" tried=backend-1:connect-refused,backend-2:response-malformed\n"));
    }

    void theQuotaIsTold() {
        NameTable names;
        Decision decision = plainDecision(names);
        QVERIFY(!textLine(decision, names).contains("quota"));
        QVERIFY(!jsonLine(decision, names).contains(QStringLiteral("quota")));
        decision.limit = {names.intern("orders"), LimitVerdict::Allowed, 1, 100, 3, 12'500};
        QVERIFY(textLine(decision, names).contains(" quota=3/100\n"));
        const QJsonObject quota = jsonLine(decision, names)[QStringLiteral("quota")].toObject();
        QCOMPARE(quota[QStringLiteral("limiter")].toString(), QStringLiteral("orders"));
        QCOMPARE(quota[QStringLiteral("verdict")].toString(), QStringLiteral("allowed"));
        QCOMPARE(quota[QStringLiteral("used")].toInt(), 3);
        QCOMPARE(quota[QStringLiteral("limit")].toInt(), 100);
        QCOMPARE(quota[QStringLiteral("reset_ms")].toInt(), 12'500);
        decision.limit = {names.intern("orders"), LimitVerdict::Exempt};
        QVERIFY(textLine(decision, names).contains(" quota=exempt\n"));
        QCOMPARE(
            jsonLine(decision, names)[QStringLiteral("quota")].toObject()[QStringLiteral("verdict")].toString(),
            QStringLiteral("exempt"));
    }

    void theCacheIsTold() {
        NameTable names;
        Decision decision = plainDecision(names);
        QVERIFY(!textLine(decision, names).contains("cache"));
        QVERIFY(!jsonLine(decision, names).contains(QStringLiteral("cache")));
        CacheRecord& record = decision.cache;
        record.verdict = static_cast<uint8_t>(CacheVerdict::UriMiss);
        record.store = static_cast<uint8_t>(StoreVerdict::NoStore);
        QVERIFY(textLine(decision, names).contains(" cache=uri-miss store=no-store\n"));
        QJsonObject told = jsonLine(decision, names)[QStringLiteral("cache")].toObject();
        QCOMPARE(told, (QJsonObject{{QStringLiteral("verdict"), QStringLiteral("uri-miss")},
                                    {QStringLiteral("store"), QStringLiteral("no-store")}}));
        record.verdict = static_cast<uint8_t>(CacheVerdict::Stale);
        record.store = static_cast<uint8_t>(StoreVerdict::Freshened);
        record.reuse = static_cast<uint8_t>(ReuseVerdict::MustRevalidate);
        record.found = true;
        record.collapsed = true;
        record.age = 70;
        record.lifetime = 60;
        QVERIFY(textLine(decision, names)
                    .contains(" cache=stale reuse=must-revalidate store=freshened age=70 lifetime=60"
                              " collapsed=true\n"));
        told = jsonLine(decision, names)[QStringLiteral("cache")].toObject();
        QCOMPARE(told[QStringLiteral("reuse")].toString(), QStringLiteral("must-revalidate"));
        QCOMPARE(told[QStringLiteral("age")].toInt(), 70);
        QCOMPARE(told[QStringLiteral("lifetime")].toInt(), 60);
        QCOMPARE(told[QStringLiteral("collapsed")].toBool(), true);
        QVERIFY(!told.contains(QStringLiteral("background")));
    }

    void textOfMoreAttemptsThanAreHeld() {
        NameTable names;
        Decision decision = plainDecision(names);
        for (int i = 0; i < 10; ++i)
            decision.beginAttempt().backend = names.intern("backend-" + std::to_string(i));
        const QByteArray line = textLine(decision, names);
        QVERIFY(line.contains(" attempts=11 "));
        QVERIFY(line.endsWith("backend-3:0,...,backend-9:0\n"));
    }

    void textWhereNothingCouldBeRead() {
        Decision decision{};
        decision.started = day;
        decision.peer = {IpAddress::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), 1};
        decision.failure = Failure::BadRequest;
        decision.status = 400;
        const NameTable names;
        const QByteArray line = textLine(decision, names);
        QVERIFY(line.startsWith("2026-11-23T00:00:00.000Z info  access ::1 \"-\" 400 host=\"\" "));
        QVERIFY(line.contains(" route=- pool=- backend=- attempts=0 "));
        decision.status = 0;
        QVERIFY(textLine(decision, names).contains(" \"-\" - "));
    }

    void thePeerIsNamedWhereItIsNotTheClient() {
        NameTable names;
        Decision decision = plainDecision(names);
        QVERIFY(!textLine(decision, names).contains("peer="));
        QVERIFY(!jsonLine(decision, names).contains(QStringLiteral("peer")));
        decision.client = IpAddress::v4({198, 51, 100, 7});
        QVERIFY(textLine(decision, names).contains(" access 198.51.100.7 "));
        QVERIFY(textLine(decision, names).contains(" peer=127.0.0.1 "));
        QCOMPARE(jsonLine(decision, names)[QStringLiteral("peer")].toString(), QStringLiteral("127.0.0.1"));
    }

    void tunnelsAndHttp10AreTold() {
        NameTable names;
        Decision decision = plainDecision(names);
        decision.tunnel = true;
        decision.httpMinor = 0;
        QVERIFY(textLine(decision, names).contains(" tunnel=true"));
        QVERIFY(textLine(decision, names).contains(" HTTP/1.0\""));
        QCOMPARE(jsonLine(decision, names)[QStringLiteral("tunnel")].toBool(), true);
        QCOMPARE(jsonLine(decision, names)[QStringLiteral("version")].toString(), QStringLiteral("1.0"));
    }

    void cutTextIsMarked() {
        NameTable names;
        Decision decision = plainDecision(names);
        decision.target.assign("/" + std::string(1000, 'x'));
        QVERIFY(textLine(decision, names).contains("xxx... HTTP/1.1\""));
        QVERIFY(jsonLine(decision, names)[QStringLiteral("target")].toString().endsWith(QStringLiteral("xxx...")));
    }

    void jsonHoldsTheSame() {
        NameTable names;
        const QJsonObject line = jsonLine(retriedDecision(names), names);
        QCOMPARE(line[QStringLiteral("time")].toString(), QStringLiteral("2026-11-23T10:00:00.123Z"));
        QCOMPARE(line[QStringLiteral("level")].toString(), QStringLiteral("info"));
        QCOMPARE(line[QStringLiteral("topic")].toString(), QStringLiteral("access"));
        QCOMPARE(line[QStringLiteral("client")].toString(), QStringLiteral("127.0.0.1"));
        QCOMPARE(line[QStringLiteral("method")].toString(), QStringLiteral("GET"));
        QCOMPARE(line[QStringLiteral("target")].toString(), QStringLiteral("/orders?id=1"));
        QCOMPARE(line[QStringLiteral("host")].toString(), QStringLiteral("orders.localhost:8080"));
        QCOMPARE(line[QStringLiteral("status")].toInt(), 502);
        QCOMPARE(line[QStringLiteral("in")].toInt(), 17);
        QCOMPARE(line[QStringLiteral("out")].toInt(), 1024);
        QCOMPARE(line[QStringLiteral("route")].toString(), QStringLiteral("orders"));
        QCOMPARE(line[QStringLiteral("backend")].toString(), QStringLiteral("backend-2"));
        QCOMPARE(line[QStringLiteral("attempts")].toInt(), 2);
        QCOMPARE(line[QStringLiteral("first_byte_ms")].toDouble(), 1.2);
        QCOMPARE(line[QStringLiteral("total_ms")].toDouble(), 1002.034);
        QCOMPARE(line[QStringLiteral("failure")].toString(), QStringLiteral("response-malformed"));
        QCOMPARE(line[QStringLiteral("details")].toString(), QStringLiteral("bad \"chunk\""));
        const QJsonArray tried = line[QStringLiteral("tried")].toArray();
        QCOMPARE(tried.size(), 2);
        QCOMPARE(tried[0][QStringLiteral("failure")].toString(), QStringLiteral("connect-refused"));
        QCOMPARE(tried[0][QStringLiteral("connect_ms")].toDouble(), 0.25);
        QCOMPARE(tried[1][QStringLiteral("backend")].toString(), QStringLiteral("backend-2"));
        QCOMPARE(tried[1][QStringLiteral("reused")].toBool(), true);
    }

    void noInjection_data() {
        QTest::addColumn<QByteArray>("evil");
        QTest::newRow("a line of its own") << QByteArray("/\n2026-01-01T00:00:00.000Z info  access 6.6.6.6 \"GET");
        QTest::newRow("carriage return") << QByteArray("/\rGET");
        QTest::newRow("end of the quotes") << QByteArray("/\" 200 host=\"trusted");
        QTest::newRow("backslash at the end") << QByteArray("/\\");
        QTest::newRow("terminal") << QByteArray("/\x1b]0;title\x07\x1b[31m");
        QTest::newRow("C1") << QByteArray("/\xc2\x9b"
                                          "31m");
        QTest::newRow("NUL") << QByteArray("/\0x", 3);
        QTest::newRow("not UTF-8") << QByteArray("/\xff\xfe\xc3");
        QTest::newRow("JSON") << QByteArray("\",\"status\":200,\"x\":\"");
        QTest::newRow("line separator") << QByteArray("\xe2\x80\xa8");
    }

    void noInjection() {
        QFETCH(QByteArray, evil);
        NameTable names;
        const std::string text = evil.toStdString();
        Decision decision = plainDecision(names);
        decision.method.assign(text);
        decision.target.assign(text);
        decision.host.assign(text);
        decision.details.assign(text);
        decision.route = names.intern(text);
        decision.status = 418;
        std::string line;
        appendAccessLine(line, decision, names, Format::Text);
        QVERIFY(isHarmlessLine(line));
        QCOMPARE(std::string(QString::fromStdString(line).toUtf8()), line);
        // Outside of its quotes the line says what it always says.
        QByteArray outside;
        bool inside = false;
        for (size_t i = 0; i < line.size(); ++i) {
            if (inside && line[i] == '\\')
                ++i;
            else if (line[i] == '"')
                inside = !inside;
            else if (!inside)
                outside += line[i];
        }
        QVERIFY(!inside);
        QCOMPARE(outside.count(" 418 "), 1);
        QCOMPARE(outside.count("host="), 1);
        QCOMPARE(outside.count("route="), 1);

        const QJsonObject object = jsonLine(decision, names);
        QCOMPARE(object[QStringLiteral("status")].toInt(), 418);
        QVERIFY(!object.contains(QStringLiteral("x")));
        QCOMPARE(object[QStringLiteral("target")].toString(), QString::fromUtf8(evil));
    }

    /// Text is cut at a byte, perhaps within a character; what is left must be valid all the same.
    void textCutWithinACharacterIsValid() {
        NameTable names;
        Decision decision = plainDecision(names);
        std::string target = "/";
        while (target.size() < 400)
            target += "\xe2\x82\xac";
        for (int shift = 0; shift < 3; ++shift) {
            decision.target.assign(target);
            std::string line;
            appendAccessLine(line, decision, names, Format::Text);
            QCOMPARE(std::string(QString::fromStdString(line).toUtf8()), line);
            QVERIFY(!jsonLine(decision, names).isEmpty());
            target.insert(1, "x");
        }
    }

    void events_data() {
        QTest::addColumn<int>("level");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("debug") << int(Level::Debug) << QByteArray("x") << QByteArray("debug engine: x");
        QTest::newRow("info") << int(Level::Info) << QByteArray("listening")
                              << QByteArray("info  engine: listening");
        QTest::newRow("warn") << int(Level::Warn) << QByteArray("x") << QByteArray("warn  engine: x");
        QTest::newRow("error") << int(Level::Error) << QByteArray("x") << QByteArray("error engine: x");
        QTest::newRow("quotes stand") << int(Level::Info) << QByteArray("key \"a\\b\"")
                                      << QByteArray("info  engine: key \"a\\b\"");
        QTest::newRow("one line") << int(Level::Info) << QByteArray("a\nb\x1b[0m")
                                  << QByteArray("info  engine: a\\nb\\x1b[0m");
    }

    void events() {
        QFETCH(int, level);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, text);
        const Event event{day + 1ms, static_cast<Level>(level), "engine", message.toStdString()};
        std::string out;
        appendEventLine(out, event, Format::Text);
        QCOMPARE(QByteArray::fromStdString(out), "2026-11-23T00:00:00.001Z " + text + "\n");
        out.clear();
        appendEventLine(out, event, Format::Json);
        const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(out)).object();
        QCOMPARE(object[QStringLiteral("message")].toString(), QString::fromUtf8(message));
        QCOMPARE(object[QStringLiteral("topic")].toString(), QStringLiteral("engine"));
        QVERIFY(isHarmlessLine(out));
    }

    void linesAreAppended() {
        NameTable names;
        std::string out = "before\n";
        appendAccessLine(out, plainDecision(names), names, Format::Text);
        appendEventLine(out, {day, Level::Info, "engine", "x"}, Format::Text);
        QVERIFY(out.starts_with("before\n2026"));
        QCOMPARE(std::count(out.begin(), out.end(), '\n'), 3);
    }

    void timesBeforeTheEpochAndFarAheadAreTimes() {
        std::string out;
        appendEventLine(out, {WallTime{} - 1ms, Level::Info, "engine", ""}, Format::Text);
        QVERIFY(out.starts_with("1969-12-31T23:59:59.999Z "));
        out.clear();
        appendEventLine(out,
                        {std::chrono::sys_days{std::chrono::year{2028} / 2 / 29} + 23h + 59min + 59s, Level::Info,
                         "engine", ""},
                        Format::Text);
        QVERIFY(out.starts_with("2028-02-29T23:59:59.000Z "));
    }
};

QTEST_APPLESS_MAIN(TestAccessLog)
#include "test_access_log.moc"

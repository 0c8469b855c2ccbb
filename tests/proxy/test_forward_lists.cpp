// SPDX-License-Identifier: MIT
#include "http/head_parser.h"
#include "proxy/forward.h"
#include "support/counted_new.h"

#include <QTest>

#include <string>

using namespace reverxy;
using namespace reverxy::proxy;
using namespace reverxy::test;

namespace {

/// A request's head, and the bytes it views.
struct Request {
    explicit Request(const std::string& lines, const char* line = "GET / HTTP/1.1")
        : text(line + std::string("\r\nHost: x\r\n") + lines + "\r\n") {
        http::RequestParser parser;
        if (parser.parse(text, {}, head) != http::ParseStatus::Done)
            qFatal("the test's request is malformed: %s", text.c_str());
    }

    std::string text;
    http::RequestHead head;
};

struct Response {
    explicit Response(const std::string& lines) : text("HTTP/1.1 101 Switching Protocols\r\n" + lines + "\r\n") {
        http::ResponseParser parser;
        if (parser.parse(text, {}, http::Method::Get, head) != http::ParseStatus::Done)
            qFatal("the test's response is malformed: %s", text.c_str());
    }

    std::string text;
    http::ResponseHead head;
};

std::string repeated(const char* element, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += element;
    return all;
}

} // namespace

/// What is read out of list fields: Upgrade, Via, Connection, Max-Forwards, trailers.
class TestForwardLists : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    // RFC 9110 section 7.8.

    void offers_data() {
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("offered");
        QTest::newRow("none") << ""
                              << "";
        QTest::newRow("one") << "Connection: upgrade\r\nUpgrade: websocket\r\n"
                             << "websocket";
        QTest::newRow("in several lines") << "Connection: upgrade\r\nUpgrade: a\r\nUpgrade: b, c\r\n"
                                          << "a, b, c";
        QTest::newRow("without h2c") << "Connection: upgrade\r\nUpgrade: a\r\nUpgrade: h2c, b\r\n"
                                     << "a, b";
        QTest::newRow("not named by Connection") << "Upgrade: websocket\r\n"
                                                 << "";
        QTest::newRow("of a long list the first")
            << "Connection: upgrade\r\nUpgrade: 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,"
               "16,17,18\r\n"
            << "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16";
    }

    void offers() {
        QFETCH(QString, lines);
        QFETCH(QString, offered);
        const Request request(lines.toStdString());
        TextArena arena;
        const std::string_view found = offeredUpgrade(request.head, arena);
        QCOMPARE(QString::fromUtf8(found.data(), static_cast<qsizetype>(found.size())), offered);
    }

    /// RFC 9110 section 10.1.4.
    void whoTakesTrailers_data() {
        QTest::addColumn<QString>("lines");
        QTest::addColumn<bool>("takes");
        QTest::newRow("nothing said") << "" << false;
        QTest::newRow("said") << "Connection: TE\r\nTE: trailers\r\n" << true;
        QTest::newRow("among others") << "TE: gzip;q=0.5, Trailers\r\nConnection: close, te\r\n" << true;
        QTest::newRow("in lines of their own")
            << "Connection: close\r\nConnection: TE\r\nTE: gzip\r\nTE: trailers\r\n"
            << true;
        QTest::newRow("something else") << "Connection: TE\r\nTE: deflate\r\n" << false;
        QTest::newRow("by somebody further away") << "TE: trailers\r\n" << false;
        QTest::newRow("Connection names others") << "Connection: X-TE\r\nTE: trailers\r\n" << false;
    }

    void whoTakesTrailers() {
        QFETCH(QString, lines);
        QFETCH(bool, takes);
        QCOMPARE(takesTrailers(Request(lines.toStdString()).head), takes);
    }

    void acceptance_data() {
        QTest::addColumn<QString>("offered");
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("accepted");
        QTest::newRow("the one") << "websocket"
                                 << "Upgrade: websocket\r\n"
                                 << "websocket";
        QTest::newRow("in other letters, kept as they are") << "websocket"
                                                            << "Upgrade: WebSocket\r\n"
                                                            << "WebSocket";
        QTest::newRow("layers in several lines") << "a, b"
                                                 << "Upgrade: b\r\nUpgrade: a\r\n"
                                                 << "b, a";
        QTest::newRow("another version") << "HTTP/3.0"
                                         << "Upgrade: HTTP/2.0\r\n"
                                         << "";
        QTest::newRow("no field") << "websocket"
                                  << ""
                                  << "";
        QTest::newRow("nothing offered") << ""
                                         << "Upgrade: websocket\r\n"
                                         << "";
    }

    void acceptance() {
        QFETCH(QString, offered);
        QFETCH(QString, lines);
        QFETCH(QString, accepted);
        const Response response(lines.toStdString());
        TextArena arena;
        const std::string list = offered.toStdString();
        const std::string_view found = acceptedUpgrade(list, response.head, arena);
        QCOMPARE(QString::fromUtf8(found.data(), static_cast<qsizetype>(found.size())), accepted);
    }

    /// What a head of 64 KiB may cost beyond its own size.
    void hostileListsCostLittle_data() {
        QTest::addColumn<QString>("lines");
        QTest::newRow("many protocols")
            << QString::fromStdString("Connection: upgrade\r\nUpgrade: a" + repeated(",a", 30000) + "\r\n");
        QTest::newRow("many lines of protocols") << QString::fromStdString(
            "Connection: upgrade\r\n" + repeated("Upgrade: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 120));
        QTest::newRow("many lines of hops") << QString::fromStdString(
            repeated(("X-Forwarded-For: " + repeated("1.2.3.4,", 60) + "1.2.3.4\r\n").c_str(), 120));
        QTest::newRow("as many long options as there may be")
            << QString::fromStdString("Connection: " + repeated(("x" + std::string(1800, 'y') + ", ").c_str(), 32) +
                                      "\r\n" + repeated("X-Y: 1\r\n", 100));
    }

    void hostileListsCostLittle() {
        QFETCH(QString, lines);
        const Request request(lines.toStdString());
        TextArena arena;
        http::FieldList fields;
        ForwardFacts facts;
        facts.peer = IpAddress::v4({192, 0, 2, 7});
        facts.peerTrusted = true;
        bytesAllocated = 0;
        const std::string_view offered = offeredUpgrade(request.head, arena);
        composeRequestFields(request.head, facts, arena, fields);
        QVERIFY(bytesAllocated < 8 * request.text.size());
        QVERIFY(offered.size() <= request.text.size());
        const Response response("Upgrade: a" + repeated(",a", 30000) + "\r\n");
        bytesAllocated = 0;
        QVERIFY(acceptedUpgrade("a", response.head, arena).empty()); // nobody switches to so many
        QVERIFY(bytesAllocated < 8 * response.text.size());
    }

    /// Each of them would have to be looked for among the fields.
    void namingMoreFieldsThanTheBoundIsRefused() {
        for (const size_t count : {http::maxConnectionOptions, http::maxConnectionOptions + 1}) {
            std::string lines;
            for (size_t i = 0; i < count; ++i)
                lines += "Connection: close, x" + std::to_string(i) + "\r\nX" + std::to_string(i) + ": 1\r\n";
            const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
            http::RequestParser parser;
            http::RequestHead head;
            const bool good = count == http::maxConnectionOptions;
            QVERIFY(parser.parse(text, {}, head) == (good ? http::ParseStatus::Done : http::ParseStatus::Failed));
            if (!good)
                continue;
            TextArena arena;
            http::FieldList fields;
            ForwardFacts facts;
            facts.peer = IpAddress::v4({192, 0, 2, 7});
            composeRequestFields(head, facts, arena, fields);
            for (const http::Field& field : fields)
                QVERIFY(!field.name.starts_with('X') || field.name.starts_with("X-Forwarded"));
        }
    }

    /// A plain request takes no memory once the arena and the list have theirs.
    void aPlainRequestTakesNone() {
        const Request request("Accept: */*\r\nConnection: keep-alive\r\nCookie: a=b\r\nUser-Agent: c\r\n");
        TextArena arena;
        http::FieldList fields;
        ForwardFacts facts;
        facts.peer = *IpAddress::parse("2001:db8::7");
        facts.backendAuthority = "backend";
        const auto compose = [&] {
            arena.clear();
            fields.clear();
            composeRequestFields(request.head, facts, arena, fields);
            QVERIFY(offeredUpgrade(request.head, arena).empty());
            QVERIFY(!looksLikeLoop(request.head));
            QVERIFY(!maxForwardsOf(request.head));
            QVERIFY(optionsNamingFields(request.head, arena).empty());
        };
        compose();
        bytesAllocated = 0;
        compose();
        QCOMPARE(bytesAllocated, size_t(0));
    }

    // RFC 9110 section 7.6.2.

    void maxForwards_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("value");
        QTest::addColumn<qlonglong>("number"); // -1: none
        QTest::newRow("OPTIONS") << "OPTIONS"
                                 << "5" << 5ll;
        QTest::newRow("TRACE") << "TRACE"
                               << "0" << 0ll;
        QTest::newRow("GET may be ignored") << "GET"
                                            << "5" << -1ll;
        QTest::newRow("empty") << "TRACE"
                               << "" << -1ll;
        QTest::newRow("with a sign") << "TRACE"
                                     << "+5" << -1ll;
        QTest::newRow("negative") << "TRACE"
                                  << "-5" << -1ll;
        QTest::newRow("with something behind it") << "TRACE"
                                                  << "5, 6" << -1ll;
        QTest::newRow("no decimal") << "TRACE"
                                    << "0x5" << -1ll;
        QTest::newRow("the largest") << "TRACE"
                                     << "4294967295" << 4294967295ll;
        QTest::newRow("past the largest: this proxy's maximum") << "TRACE"
                                                                << "4294967296" << 4294967295ll;
        QTest::newRow("far past it") << "TRACE"
                                     << "123456789012345678901234567890" << 4294967295ll;
        QTest::newRow("far past it, and no number") << "TRACE"
                                                    << "123456789012345678901234567890x" << -1ll;
    }

    void maxForwards() {
        QFETCH(QString, method);
        QFETCH(QString, value);
        QFETCH(qlonglong, number);
        const std::string line = method.toStdString() + " / HTTP/1.1";
        const Request request("Max-Forwards: " + value.toStdString() + "\r\n", line.c_str());
        const auto found = maxForwardsOf(request.head);
        QCOMPARE(found ? qlonglong(*found) : -1ll, number);
    }

    // RFC 9110 section 7.6.3.

    void loops_data() {
        QTest::addColumn<QString>("lines");
        QTest::addColumn<bool>("loop");
        const auto via = [](const char* hop, int times) {
            return QString::fromStdString("Via: 1.1 first" + repeated(hop, times) + "\r\n");
        };
        QTest::newRow("no Via") << "" << false;
        QTest::newRow("nine times") << via(", 1.1 reverxy", 9) << false;
        QTest::newRow("ten times") << via(", 1.1 reverxy", 10) << true;
        QTest::newRow("ten times, over other hops") << via(", 1.0 a, 1.1  reverxy, 1.1 b", 10) << true;
        QTest::newRow("any version") << via(", 1.0 reverxy", 10) << true;
        QTest::newRow("others of similar names") << via(", 1.1 reverxy2, 1.1 a-reverxy, reverxy", 20) << false;
        QTest::newRow("in a quoted comment") << via(", 1.1 x \"1.1 reverxy, 1.1 reverxy\"", 20) << false;
    }

    void loops() {
        QFETCH(QString, lines);
        QFETCH(bool, loop);
        QCOMPARE(looksLikeLoop(Request(lines.toStdString()).head), loop);
    }

    // RFC 9110 section 6.5.1.

    void trailers_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("passes");
        for (const char* name :
             {"X-Checksum", "Server-Timing", "ETag", "Content-Digest", "Grpc-Status", "Link", "Accept-Ranges"})
            QTest::newRow(name) << name << true;
        for (const char* name : {"Content-Length", "Transfer-Encoding", "Trailer", "Connection", "Keep-Alive", "TE",
                                 "Upgrade", "Proxy-Connection"})
            QTest::addRow("%s frames, or is this hop's", name) << name << false;
        for (const char* name :
             {"Host", "Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"})
            QTest::addRow("%s routes", name) << name << false;
        for (const char* name :
             {"Authorization", "Proxy-Authorization", "Proxy-Authenticate", "Cookie", "Set-Cookie"})
            QTest::addRow("%s authenticates", name) << name << false;
        for (const char* name : {"Cache-Control", "Expect", "Max-Forwards", "Pragma", "Range", "If-Match",
                                 "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"})
            QTest::addRow("%s modifies the request", name) << name << false;
        for (const char* name : {"Age", "Date", "Expires", "Location", "Retry-After", "Vary"})
            QTest::addRow("%s controls the response", name) << name << false;
        for (const char* name : {"Content-Encoding", "Content-Type", "Content-Range"})
            QTest::addRow("%s tells the content's format", name) << name << false;
    }

    void trailers() {
        QFETCH(QString, name);
        QFETCH(bool, passes);
        const std::string text = name.toStdString();
        http::FieldList in;
        http::FieldList out;
        in.add(text, "1");
        composeTrailers(in, {}, out);
        QCOMPARE(out.size(), size_t(passes ? 1 : 0));
        // Section 7.6.1: neither does one that Connection names.
        out.clear();
        composeTrailers(in, "close, " + text, out);
        QCOMPARE(out.size(), size_t(0));
    }

    void optionsAreGatheredWhenTheyNameFields() {
        TextArena arena;
        QVERIFY(optionsNamingFields(Request("Connection: close, Upgrade\r\n").head, arena).empty());
        QVERIFY(optionsNamingFields(Request("Connection: close\r\nConnection: X-Hop\r\n").head, arena) ==
                "close, X-Hop");
    }
};

QTEST_APPLESS_MAIN(TestForwardLists)
#include "test_forward_lists.moc"

// SPDX-License-Identifier: MIT
#include "http/head_parser.h"
#include "support/parsed.h"

#include <QElapsedTimer>
#include <QTest>

#include <string>

using namespace reverxy::http;
using namespace reverxy::test;

namespace {

// The head of a whole request, which must be one. The views are of the argument's bytes.
RequestHead parsed(const std::string& message) {
    RequestParser parser;
    RequestHead head;
    if (parser.parse(message, {}, head) != ParseStatus::Done)
        head.methodToken = "(not parsed)";
    return head;
}

QByteArray text(std::string_view view) {
    return QByteArray(view.data(), static_cast<qsizetype>(view.size()));
}

} // namespace

class TestRequestParser : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void accepts_data() {
        QTest::addColumn<std::string>("message");
        const auto row = [](const char* name, const std::string& message) { QTest::newRow(name) << message; };
        const auto with = [](const std::string& lines) {
            return "POST /a HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
        };

        row("9112 2.1: smallest request", "GET / HTTP/1.0\r\n\r\n");
        row("9112 2.2: empty line before the request line", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
        row("9112 2.2: four empty lines before it", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
        row("9110 2.5: higher minor version", "GET / HTTP/1.9\r\nHost: h\r\n\r\n");
        row("9110 9.1: unknown method", "BREW-COFFEE / HTTP/1.1\r\nHost: h\r\n\r\n");
        row("9110 5.6.2: every token character",
            "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\nHost: h\r\n!#$%&'*+-.^_`|~09azAZ: v\r\n\r\n");
        row("3986 3.3: every path character", "GET /-._~!$&'()*+,;=:@%41/az09AZ HTTP/1.1\r\nHost: h\r\n\r\n");
        row("3986 3.4: every query character", "GET /?-._~!$&'()*+,;=:@%41/?az09AZ HTTP/1.1\r\nHost: h\r\n\r\n");
        row("unencoded by browsers, path", "GET /a|b^c[d] HTTP/1.1\r\nHost: h\r\n\r\n");
        row("unencoded by browsers, query", "GET /?a|b^c[d]{e}`\\f%zz HTTP/1.1\r\nHost: h\r\n\r\n");
        row("3986 3.2.2: IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n");
        row("3986 3.2.3: empty port in Host", "GET / HTTP/1.1\r\nHost: h:\r\n\r\n");
        row("9112 5: no space after the colon", with("X:y\r\n"));
        row("9112 5: tabs and spaces around a value", with("X: \t y \t \r\n"));
        row("9112 5: empty value", with("X:\r\nY: \t\r\n"));
        row("9110 5.5: obs-text", with("X: caf\xe9 \xff\x80\r\n"));
        row("9110 5.5: tabs within a value", with("X: aaaaaaaaa\tb\t\tc\r\n"));
        row("9112 7: codings are case-insensitive", with("Transfer-Encoding: CHUNKED\r\n"));
        row("9110 5.6.1: empty elements of a list",
            with("Transfer-Encoding: , chunked ,\r\nConnection: ,close,,\r\n"));
        row("9110 8.6: length 0", with("Content-Length: 0\r\n"));
        row("9110 8.6: leading zeros", with("Content-Length: 0007\r\n"));
        row("9110 8.6: greatest length", with("Content-Length: 9223372036854775807\r\n"));
        row("many fields", with("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\nCookie: a\r\nCookie: b\r\n"));
    }

    /// What follows the head is left alone, and the head is the same however the bytes arrive.
    void accepts() {
        QFETCH(std::string, message);
        const std::string pipelined = message + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";
        const Outcome whole = parseRequest(pipelined);
        QVERIFY2(whole.status == ParseStatus::Done, nameOf(whole.error).data());
        QCOMPARE(whole.consumed, message.size());
        QVERIFY2(whole.text.find("outside") == std::string::npos, whole.text.c_str());
        QVERIFY(parseRequest(message, everyByte(message)) == whole);
        for (size_t cut = 0; cut < message.size(); ++cut) {
            QVERIFY2(parseRequest(message, {cut}) == whole, std::to_string(cut).c_str());
            QVERIFY(parseRequest(message.substr(0, cut)).status == ParseStatus::NeedMore);
        }
    }

    void takesTheHeadApart() {
        const std::string message = "PATCH /a/b?c=d HTTP/1.1\r\n"
                                    "Host: example.com:81\r\n"
                                    "X-Thing:  one, two \r\n"
                                    "Via: 1.1 other\r\n"
                                    "content-length: 12\r\n"
                                    "\r\n";
        const RequestHead head = parsed(message);
        QVERIFY(head.method == Method::Patch);
        QCOMPARE(text(head.methodToken), QByteArray("PATCH"));
        QCOMPARE(text(head.target), QByteArray("/a/b?c=d"));
        QVERIFY(head.form == TargetForm::Origin);
        QVERIFY(head.version == Version::Http11);
        QCOMPARE(text(head.authority), QByteArray("example.com:81"));
        QCOMPARE(head.fields.size(), size_t(4));
        QCOMPARE(text(head.fields[1].name), QByteArray("X-Thing"));
        QCOMPARE(text(head.fields[1].value), QByteArray("one, two"));
        QVERIFY(head.fields[1].id == FieldId::Other);
        QVERIFY(head.fields[3].id == FieldId::ContentLength);
        QVERIFY(head.framing == (Framing{BodyKind::Length, 12}));
        QVERIFY(head.hasVia && head.keepAlive && !head.upgrade && !head.expectContinue);
    }

    void targets_data() {
        QTest::addColumn<std::string>("line");
        QTest::addColumn<int>("form");
        QTest::addColumn<QByteArray>("authority");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("scheme");
        const auto row = [](const char* line, TargetForm form, const char* authority, const char* path,
                            const char* scheme) {
            QTest::newRow(line) << std::string(line) << static_cast<int>(form) << QByteArray(authority)
                                << QByteArray(path) << QByteArray(scheme);
        };
        // RFC 9112 section 3.2.1
        row("GET / HTTP/1.1", TargetForm::Origin, "host", "/", "");
        row("GET //a/../b HTTP/1.1", TargetForm::Origin, "host", "//a/../b", "");
        row("GET /http://x/ HTTP/1.1", TargetForm::Origin, "host", "/http://x/", "");
        // Section 3.2.2: the target's authority counts, not Host.
        row("GET http://example.com/a?b HTTP/1.1", TargetForm::Absolute, "example.com", "/a?b", "http");
        row("GET HTTPS://Example.com:8443 HTTP/1.1", TargetForm::Absolute, "Example.com:8443", "/", "HTTPS");
        row("GET http://example.com?b/c HTTP/1.1", TargetForm::Absolute, "example.com", "?b/c", "http");
        row("GET http://[::1]:80/?@ HTTP/1.1", TargetForm::Absolute, "[::1]:80", "/?@", "http");
        // Section 3.2.3
        row("CONNECT example.com:443 HTTP/1.1", TargetForm::Authority, "example.com:443", "", "");
        // Section 3.2.4
        row("OPTIONS * HTTP/1.1", TargetForm::Asterisk, "host", "*", "");
        row("OPTIONS http://example.com:8001 HTTP/1.1", TargetForm::Absolute, "example.com:8001", "*", "http");
        row("OPTIONS http://example.com:8001/ HTTP/1.1", TargetForm::Absolute, "example.com:8001", "/", "http");
    }

    void targets() {
        QFETCH(std::string, line);
        const std::string message = line + "\r\nHost: host\r\n\r\n";
        const RequestHead head = parsed(message);
        QTEST(static_cast<int>(head.form), "form");
        QTEST(text(head.authority), "authority");
        QTEST(text(head.pathAndQuery), "path");
        QTEST(text(head.scheme), "scheme");
    }

    /// RFC 9112 section 3.2 and RFC 9110 section 7.2.
    void authorityMayBeAbsentOnlyWhereHostMay() {
        QCOMPARE(text(parsed("GET / HTTP/1.0\r\n\r\n").authority), QByteArray(""));
        QCOMPARE(text(parsed("GET / HTTP/1.0\r\nHost:\r\n\r\n").authority), QByteArray(""));
        QVERIFY(parsed("GET / HTTP/1.0\r\nHost:\r\n\r\n").method == Method::Get);
        const std::string absolute = "GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n";
        QCOMPARE(text(parsed(absolute).authority), QByteArray("a"));
    }

    void framing_data() {
        QTest::addColumn<std::string>("fields");
        QTest::addColumn<int>("kind");
        QTest::addColumn<quint64>("length");
        const auto row = [](const char* name, const char* fields, BodyKind kind, quint64 length) {
            QTest::newRow(name) << std::string(fields) << static_cast<int>(kind) << length;
        };
        row("9112 6.3, 7: neither", "", BodyKind::None, 0);
        row("9112 6.3, 6: length", "Content-Length: 18\r\n", BodyKind::Length, 18);
        row("9112 6.3, 6: length 0", "Content-Length: 0\r\n", BodyKind::Length, 0);
        row("9112 6.3, 4: chunked", "Transfer-Encoding: chunked\r\n", BodyKind::Chunked, 0);
        row("9110 8.6: greatest", "Content-Length: 9223372036854775807\r\n", BodyKind::Length,
            9223372036854775807u);
    }

    void framing() {
        QFETCH(std::string, fields);
        for (const char* method : {"GET", "POST", "DELETE"}) { // independent of the method (section 6)
            const std::string message = std::string(method) + " / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
            const RequestHead head = parsed(message);
            QTEST(static_cast<int>(head.framing.kind), "kind");
            QTEST(static_cast<quint64>(head.framing.length), "length");
        }
    }

    void connection_data() {
        QTest::addColumn<std::string>("rest"); // from the version on
        QTest::addColumn<QByteArray>("flags");
        const auto row = [](const char* name, const char* rest, const char* flags) {
            QTest::newRow(name) << std::string(rest) << QByteArray(flags);
        };
        row("9112 9.3: 1.1 persists", "1.1\r\nHost: h\r\n", "persists");
        row("9112 9.3: close", "1.1\r\nHost: h\r\nConnection: close\r\n", "close");
        row("9112 9.3: close beside keep-alive", "1.1\r\nHost: h\r\nConnection: keep-alive, Close\r\n",
            "close keep-alive");
        row("9112 9.3: keep-alive in 1.1", "1.1\r\nHost: h\r\nConnection: Keep-Alive\r\n", "keep-alive persists");
        row("9112 9.3: 1.0 ends", "1.0\r\n", "");
        row("9112 9.3: keep-alive in 1.0", "1.0\r\nConnection: keep-alive\r\n", "keep-alive persists");
        row("9112 9.3: both in 1.0", "1.0\r\nConnection: keep-alive\r\nConnection: close\r\n", "close keep-alive");
        row("9110 7.6.1: names fields", "1.1\r\nHost: h\r\nConnection: X-Hop, TE\r\n", "names-fields persists");
        row("9110 7.8: upgrade", "1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
            "upgrade-option persists upgrade");
        row("9110 7.8: upgrade not named", "1.1\r\nHost: h\r\nUpgrade: websocket\r\n", "persists");
        row("9110 7.8: upgrade without the field", "1.1\r\nHost: h\r\nConnection: upgrade\r\n",
            "upgrade-option persists");
        row("9110 7.8: empty upgrade", "1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: ,\r\n",
            "upgrade-option persists");
        row("9110 7.8: upgrade in 1.0", "1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n", "upgrade-option");
        row("9110 10.1.1: expectation", "1.1\r\nHost: h\r\nExpect: 100-Continue\r\n", "persists expect");
        row("9110 10.1.1: expectation among others", "1.1\r\nHost: h\r\nExpect: a=b, 100-continue\r\n",
            "persists expect");
        row("9110 10.1.1: another expectation", "1.1\r\nHost: h\r\nExpect: 100-continue-not\r\n", "persists");
        row("9110 10.1.1: expectation in 1.0", "1.0\r\nExpect: 100-continue\r\n", "");
    }

    void connection() {
        QFETCH(std::string, rest);
        const std::string message = "POST / HTTP/" + rest + "\r\n";
        const RequestHead head = parsed(message);
        QVERIFY(head.method == Method::Post);
        QByteArrayList flags;
        if (head.connection.close)
            flags += "close";
        if (head.connection.keepAlive)
            flags += "keep-alive";
        if (head.connection.upgrade)
            flags += "upgrade-option";
        if (head.connection.namesFields)
            flags += "names-fields";
        if (head.keepAlive)
            flags += "persists";
        if (head.expectContinue)
            flags += "expect";
        if (head.upgrade)
            flags += "upgrade";
        QTEST(flags.join(' '), "flags");
    }

    /// Nothing of one request shows in the next that is parsed into the same head.
    void aHeadCanBeUsedAgain() {
        RequestParser parser;
        RequestHead head;
        const std::string first =
            "POST http://other/ HTTP/1.1\r\nHost: h\r\nVia: 1.1 x\r\nExpect: 100-continue\r\n"
            "Connection: close, upgrade, x\r\nUpgrade: y\r\nTransfer-Encoding: chunked\r\n\r\n";
        const std::string second = "GET / HTTP/1.0\r\n\r\n";
        QVERIFY(parser.parse(first, {}, head) == ParseStatus::Done);
        for (const bool split : {false, true}) {
            parser.reset();
            if (split)
                QVERIFY(parser.parse(second.substr(0, 16), {}, head) == ParseStatus::NeedMore);
            QVERIFY(parser.parse(second, {}, head) == ParseStatus::Done);
            QCOMPARE(describe(head, second), parseRequest(second).text);
        }
    }

    /// The limit is on the whole head, to the byte, and does not depend on how much arrived at once.
    void sizeLimit() {
        const std::string message = "GET /abc HTTP/1.1\r\nHost: h\r\nX: " + std::string(50, 'x') + "\r\n\r\n";
        const size_t lineSize = message.find('\n') + 1;
        for (uint32_t maxSize = 1; maxSize <= message.size(); ++maxSize) {
            const HeadLimits limits{maxSize, 10};
            const Outcome whole = parseRequest(message, {}, limits);
            QVERIFY(parseRequest(message, everyByte(message), limits) == whole);
            if (maxSize == message.size()) {
                QVERIFY(whole.status == ParseStatus::Done);
                continue;
            }
            QVERIFY(whole.status == ParseStatus::Failed);
            QCOMPARE(whole.error == ParseError::RequestLineTooLong, maxSize < lineSize);
            QCOMPARE(whole.error == ParseError::HeadTooLarge, maxSize >= lineSize);
            // It is found out as soon as that many bytes are there, not at a timeout.
            QVERIFY(parseRequest(message.substr(0, maxSize), {}, limits) == whole);
        }
    }

    void fieldLimit() {
        std::string message = "GET / HTTP/1.1\r\nHost: h\r\n";
        for (int i = 1; i < 128; ++i)
            message += "X: y\r\n";
        QVERIFY(parseRequest(message + "\r\n").status == ParseStatus::Done);
        const std::string more = message + "X: y\r\n\r\n";
        QVERIFY(parseRequest(more).error == ParseError::TooManyFields);
        QVERIFY(parseRequest(more, everyByte(more)).error == ParseError::TooManyFields);
    }

    /// One byte at a time costs in proportion to the bytes: a head of the greatest size would otherwise take
    /// minutes.
    void trickledHeadCostsLinearTime_data() {
        QTest::addColumn<std::string>("begin");
        QTest::addColumn<std::string>("repeated");
        QTest::newRow("method") << std::string() << std::string("A");
        QTest::newRow("path") << std::string("GET /") << std::string("a");
        QTest::newRow("absolute form") << std::string("GET http://h/") << std::string("a");
        QTest::newRow("field name") << std::string("GET / HTTP/1.1\r\n") << std::string("a");
        QTest::newRow("field value") << std::string("GET / HTTP/1.1\r\nX: ") << std::string("a");
        QTest::newRow("blanks") << std::string("GET / HTTP/1.1\r\nX: ") << std::string(" ");
        QTest::newRow("tabs") << std::string("GET / HTTP/1.1\r\nX: ") << std::string("\t");
        QTest::newRow("fields") << std::string("GET / HTTP/1.1\r\n") << std::string("X: y\r\n");
    }

    void trickledHeadCostsLinearTime() {
        QFETCH(std::string, begin);
        QFETCH(std::string, repeated);
        constexpr uint32_t size = 2 * 1024 * 1024;
        std::string message = begin;
        while (message.size() < size)
            message += repeated;
        RequestParser parser;
        RequestHead head;
        const HeadLimits limits{2 * size, size};
        QElapsedTimer timer;
        timer.start();
        for (size_t arrived = 1; arrived < size; ++arrived)
            QVERIFY(parser.parse({message.data(), arrived}, limits, head) == ParseStatus::NeedMore);
        // Quadratic would be 2 * 10^12 bytes looked at, many minutes.
        QVERIFY2(timer.elapsed() < 20000, std::to_string(timer.elapsed()).c_str());
    }
};

QTEST_APPLESS_MAIN(TestRequestParser)
#include "test_request_parser.moc"

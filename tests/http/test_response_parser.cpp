// SPDX-License-Identifier: MIT
#include "http/head_parser.h"
#include "support/parsed.h"

#include <QTest>

#include <string>

using namespace reverxy::http;
using namespace reverxy::test;

namespace {

ResponseHead parsed(const std::string& message, Method method = Method::Get) {
    ResponseParser parser;
    ResponseHead head;
    if (parser.parse(message, {}, method, head) != ParseStatus::Done)
        head.status = 0;
    return head;
}

template <size_t N>
std::string bytes(const char (&literal)[N]) {
    return std::string(literal, N - 1);
}

} // namespace

class TestResponseParser : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void accepts_data() {
        QTest::addColumn<std::string>("message");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("reason");
        const auto row = [](const char* name, const std::string& message, int status, const char* reason) {
            QTest::newRow(name) << message << status << QByteArray(reason);
        };
        row("9112 4: with a reason", "HTTP/1.1 200 OK\r\n\r\n", 200, "OK");
        row("9112 4: several words", "HTTP/1.1 404 Not  Found \r\n\r\n", 404, "Not  Found ");
        row("9112 4: empty reason", "HTTP/1.1 200 \r\n\r\n", 200, "");
        row("9112 4: empty reason and no space", "HTTP/1.1 204\r\n\r\n", 204, "");
        row("9112 4: obs-text and tab", "HTTP/1.1 500 \xfc\tx\r\n\r\n", 500, "\xfc\tx");
        row("9112 4: least", "HTTP/1.1 100 a\r\n\r\n", 100, "a");
        row("9112 4: greatest", "HTTP/1.1 599 a\r\n\r\n", 599, "a");
        row("9110 2.5: higher minor version", "HTTP/1.2 200 OK\r\n\r\n", 200, "OK");
        row("HTTP/1.0", "HTTP/1.0 200 OK\r\nServer: old\r\n\r\n", 200, "OK");
        row("fields", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX:\r\nSet-Cookie: a=\xe9\r\nSet-Cookie: b\r\n\r\n",
            200, "OK");
    }

    void accepts() {
        QFETCH(std::string, message);
        QFETCH(QByteArray, reason);
        const ResponseHead head = parsed(message);
        QTEST(static_cast<int>(head.status), "status");
        QCOMPARE(QByteArray(head.reason.data(), static_cast<qsizetype>(head.reason.size())), reason);

        const Outcome whole = parseResponse(message + "abc");
        QVERIFY(whole.status == ParseStatus::Done);
        QCOMPARE(whole.consumed, message.size());
        QVERIFY2(whole.text.find("outside") == std::string::npos, whole.text.c_str());
        QVERIFY(parseResponse(message, everyByte(message)) == whole);
        for (size_t cut = 0; cut < message.size(); ++cut) {
            QVERIFY2(parseResponse(message, {cut}) == whole, std::to_string(cut).c_str());
            QVERIFY(parseResponse(message.substr(0, cut)).status == ParseStatus::NeedMore);
        }
    }

    void rejects_data() {
        QTest::addColumn<std::string>("message");
        QTest::addColumn<int>("error");
        const auto row = [](const char* name, ParseError error, const std::string& message) {
            QTest::newRow(name) << message << static_cast<int>(error);
        };
        const auto line = [&row](const char* name, const std::string& statusLine) {
            row(name, ParseError::BadStatusLine, statusLine + "\r\n\r\n");
        };
        const auto fields = [&row](const char* name, ParseError error, const std::string& lines) {
            row(name, error, "HTTP/1.1 200 OK\r\n" + lines + "\r\n\r\n");
        };
        line("9112 4: lower-case protocol name", "http/1.1 200 OK");
        line("9112 4: another protocol", "ICY 200 OK");
        line("9112 4: HTTP/2", "HTTP/2 200");
        line("9112 4: HTTP/2.0", "HTTP/2.0 200 OK");
        line("9112 4: HTTP/0.9", "HTTP/0.9 200 OK");
        line("9112 4: two spaces", "HTTP/1.1  200 OK");
        line("9112 4: tab", "HTTP/1.1\t200 OK");
        line("9112 4: no status", "HTTP/1.1 OK");
        line("9112 4: nothing after the version", "HTTP/1.1");
        line("9112 4: two digits", "HTTP/1.1 20 OK");
        line("9112 4: four digits", "HTTP/1.1 2000 OK");
        line("9112 4: sign", "HTTP/1.1 +20 OK");
        line("9112 4: no space before the reason", "HTTP/1.1 200OK");
        line("9110 15: below 100", "HTTP/1.1 099 OK");
        line("9110 15: past 599", "HTTP/1.1 600 OK");
        line("9112 4: control character in the reason", "HTTP/1.1 200 \x01");
        line("9112 4: DEL in the reason", "HTTP/1.1 200 aaaaaaaaaa\x7f");
        line("9112 2.2: empty line first", "\r\nHTTP/1.1 200 OK");
        line("HTML", "<html>");
        row("9112 2.2: bare LF after the status line", ParseError::BareLineFeed, "HTTP/1.1 200 OK\n\r\n");
        row("9112 2.2: bare LF after the status", ParseError::BareLineFeed, "HTTP/1.1 200\n\r\n");
        row("9112 2.2: bare LF first", ParseError::BareLineFeed, "\nHTTP/1.1 200 OK\r\n\r\n");
        row("9112 2.2: bare CR in the reason", ParseError::BareCarriageReturn, "HTTP/1.1 200 O\rK\r\n\r\n");
        row("9112 2.2: bare CR in the version", ParseError::BareCarriageReturn, "HTTP\r/1.1 200 OK\r\n\r\n");
        row("9112 2.2: bare CR after the status", ParseError::BareCarriageReturn, "HTTP/1.1 200\rOK\r\n\r\n");
        row("NUL in the reason", ParseError::NulByte, bytes("HTTP/1.1 200 O\0\r\n\r\n"));

        fields("9112 2.2: white space before the fields", ParseError::WhitespaceBeforeFields, " X: y");
        fields("9112 5.1: space before the colon", ParseError::WhitespaceBeforeColon, "X : y");
        fields("9112 5.2: folding", ParseError::ObsoleteFolding, "X: y\r\n z");
        fields("9112 2.2: bare LF in a field", ParseError::BareLineFeed, "X: y\nZ: a");
        fields("9112 2.2: bare CR in a field", ParseError::BareCarriageReturn, "X: y\rZ: a");
        fields("9110 5.5: control character", ParseError::BadFieldValue, "X: \x1f");
        fields("9110 5.5: NUL", ParseError::NulByte, bytes("X: a\0"));
        fields("9112 5: no colon", ParseError::BadFieldName, "X");
        fields("9112 6.3: two lengths", ParseError::ConflictingContentLength,
               "Content-Length: 1\r\nContent-Length: 2");
        fields("9112 6.3: two equal lengths", ParseError::ConflictingContentLength,
               "Content-Length: 1\r\nContent-Length: 1");
        fields("9112 6.3: list of lengths", ParseError::BadContentLength, "Content-Length: 1, 1");
        fields("9110 8.6: sign", ParseError::BadContentLength, "Content-Length: -1");
        fields("9112 6.3: length and coding", ParseError::ContentLengthAndTransferEncoding,
               "Content-Length: 1\r\nTransfer-Encoding: chunked");
        fields("9112 6.1: unknown coding", ParseError::UnknownTransferCoding, "Transfer-Encoding: br, chunked");
        fields("9112 6.3: chunked is not last", ParseError::ChunkedNotLast, "Transfer-Encoding: chunked, gzip");
        fields("9112 6.3: delimited by close", ParseError::ChunkedNotLast, "Transfer-Encoding: gzip");
        fields("9112 6.1: chunked twice", ParseError::ChunkedNotLast,
               "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked");
        fields("9110 7.6.1: malformed Connection", ParseError::BadConnectionField, "Connection: a;b");
        row("9112 6.1: coding in HTTP/1.0", ParseError::TransferEncodingInHttp10,
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    void rejects() {
        QFETCH(std::string, message);
        const Outcome whole = parseResponse(message);
        QVERIFY(whole.status == ParseStatus::Failed);
        QTEST(static_cast<int>(whole.error), "error");
        QVERIFY(parseResponse(message, everyByte(message)) == whole);
        for (size_t cut = 0; cut < message.size(); ++cut)
            QVERIFY2(parseResponse(message, {cut}) == whole, std::to_string(cut).c_str());
    }

    void framing_data() {
        QTest::addColumn<std::string>("message");
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("keepAlive");
        QTest::addColumn<bool>("head"); // the request's method was HEAD
        const auto row = [](const char* name, const std::string& message, BodyKind kind, bool keepAlive,
                            bool head = false) {
            QTest::newRow(name) << message << static_cast<int>(kind) << keepAlive << head;
        };
        row("9112 6.3, 6: length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", BodyKind::Length, true);
        row("9112 6.3, 4: chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", BodyKind::Chunked, true);
        row("9112 6.3, 8: until close", "HTTP/1.1 200 OK\r\n", BodyKind::UntilClose, false);
        row("9112 6.3, 8: until close, whatever is said", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n",
            BodyKind::UntilClose, false);
        row("9112 6.3, 1: HEAD with a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", BodyKind::None, true,
            true);
        row("9112 6.3, 1: HEAD with chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", BodyKind::None,
            true, true);
        row("9112 6.3, 1: HEAD without either", "HTTP/1.1 200 OK\r\n", BodyKind::None, true, true);
        row("9112 6.3, 1: 100", "HTTP/1.1 100 Continue\r\n", BodyKind::None, true);
        row("9112 6.3, 1: 103", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n", BodyKind::None, true);
        row("9112 6.3, 1: 204", "HTTP/1.1 204 No Content\r\n", BodyKind::None, true);
        row("9112 6.3, 1: 304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n", BodyKind::None,
            true);
        row("9110 8.6: 204 with length 0", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n", BodyKind::None,
            true);
        row("9110 8.6: 204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n", BodyKind::None,
            false);
        row("9112 6.1: 204 with chunked", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n",
            BodyKind::None, false);
        row("9110 7.8: 101 ends HTTP", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n",
            BodyKind::None, false);
        row("9112 9.3: close", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n", BodyKind::Length,
            false);
        row("9112 9.3: 1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n", BodyKind::Length, false);
        row("9112 9.3: 1.0 with keep-alive", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n",
            BodyKind::Length, true);
        row("9112 9.3: 1.0 until close", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", BodyKind::UntilClose,
            false);
    }

    void framing() {
        QFETCH(std::string, message);
        QFETCH(bool, head);
        const ResponseHead found = parsed(message + "\r\n", head ? Method::Head : Method::Get);
        QVERIFY(found.status != 0);
        QTEST(static_cast<int>(found.framing.kind), "kind");
        QTEST(found.keepAlive, "keepAlive");
        QCOMPARE(found.framing.length, uint64_t(found.framing.kind == BodyKind::Length ? 5 : 0));
        QCOMPARE(found.isInterim(), found.status == 100 || found.status == 103);
        QCOMPARE(found.hasUpgrade, found.status == 101);
    }

    /// Fields that are wrong are refused also where there is no body, since they would be forwarded.
    void badFramingFieldsWithoutBody() {
        for (const char* start :
             {"HTTP/1.1 304 Not Modified\r\n", "HTTP/1.1 204 No Content\r\n", "HTTP/1.1 100 Continue\r\n"}) {
            const std::string message = std::string(start) + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n";
            QVERIFY(parseResponse(message).error == ParseError::ConflictingContentLength);
        }
        const std::string message = "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n";
        QVERIFY(parseResponse(message, {}, Method::Head).error == ParseError::BadContentLength);
    }

    /// Interim responses and the final one are parsed one after the other from the same bytes (RFC 9110
    /// section 15.2).
    void interimBeforeFinal() {
        const std::string message =
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        ResponseParser parser;
        ResponseHead head;
        QVERIFY(parser.parse(message, {}, Method::Get, head) == ParseStatus::Done);
        QVERIFY(head.isInterim());
        const std::string_view rest = std::string_view(message).substr(parser.headSize());
        parser.reset();
        QVERIFY(parser.parse(rest, {}, Method::Get, head) == ParseStatus::Done);
        QCOMPARE(int(head.status), 200);
        QCOMPARE(parser.headSize(), rest.size());
        QCOMPARE(describe(head, rest), parseResponse(rest).text);
    }

    void limits() {
        const std::string message = "HTTP/1.1 200 A reason\r\nX: " + std::string(50, 'x') + "\r\nY: z\r\n\r\n";
        for (uint32_t maxSize = 1; maxSize <= message.size(); ++maxSize) {
            const HeadLimits limits{maxSize, 2};
            const Outcome whole = parseResponse(message, {}, Method::Get, limits);
            QCOMPARE(whole.status == ParseStatus::Done, maxSize == message.size());
            QCOMPARE(whole.error == ParseError::HeadTooLarge, maxSize < message.size());
            QVERIFY(parseResponse(message, everyByte(message), Method::Get, limits) == whole);
        }
        QVERIFY(parseResponse(message, {}, Method::Get, {1000, 1}).error == ParseError::TooManyFields);
    }
};

QTEST_APPLESS_MAIN(TestResponseParser)
#include "test_response_parser.moc"

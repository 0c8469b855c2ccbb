// SPDX-License-Identifier: MIT
#include "http/head_parser.h"
#include "support/parsed.h"

#include <QSet>
#include <QTest>

#include <string>

using namespace reverxy::http;
using namespace reverxy::test;

namespace {

// A literal with its NUL bytes.
template <size_t N>
std::string bytes(const char (&literal)[N]) {
    return std::string(literal, N - 1);
}

// A request with one more field line, or a whole wrong line.
std::string with(const std::string& line) {
    return "POST /a HTTP/1.1\r\nHost: h\r\n" + line + "\r\n\r\n";
}

std::string requestLine(const std::string& line) {
    return line + "\r\nHost: h\r\n\r\n";
}

} // namespace

/// What a request must not look like: RFC 9112's must-reject list, and all that it merely allows to reject.
class TestRequestRejection : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void rejects_data() {
        QTest::addColumn<std::string>("message");
        QTest::addColumn<int>("error");
        const auto row = [](const char* name, ParseError error, const std::string& message) {
            QTest::newRow(name) << message << static_cast<int>(error);
        };

        row("9112 2.2: bare LF after the request line", ParseError::BareLineFeed,
            "GET / HTTP/1.1\nHost: h\r\n\r\n");
        row("9112 2.2: bare LF after a field", ParseError::BareLineFeed, "GET / HTTP/1.1\r\nHost: h\n\r\n");
        row("9112 2.2: bare LF as the empty line", ParseError::BareLineFeed, "GET / HTTP/1.1\r\nHost: h\r\n\n");
        row("9112 2.2: bare LF before the request line", ParseError::BareLineFeed,
            "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
        row("9112 2.2: bare LF in a field name", ParseError::BareLineFeed, with("X\nY: z"));
        row("9112 2.2: bare CR in the target", ParseError::BareCarriageReturn, requestLine("GET /\ra HTTP/1.1"));
        row("9112 2.2: bare CR in the method", ParseError::BareCarriageReturn, requestLine("GE\rT / HTTP/1.1"));
        row("9112 2.2: bare CR in the version", ParseError::BareCarriageReturn, requestLine("GET / HTTP\r/1.1"));
        row("9112 2.2: bare CR after the version", ParseError::BareCarriageReturn, requestLine("GET / HTTP/1.1\r"));
        row("9112 2.2: bare CR in a value", ParseError::BareCarriageReturn, with("X: a\rb"));
        row("9112 2.2: bare CR before CRLF", ParseError::BareCarriageReturn, with("X: a\r"));
        row("9112 2.2: bare CR in a name", ParseError::BareCarriageReturn, with("X\rY: a"));
        row("9112 2.2: bare CR at a line's start", ParseError::BareCarriageReturn, with("\rX: a"));
        row("9112 2.2: bare CR before the request line", ParseError::BareCarriageReturn,
            "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n");
        row("9112 2.2: five empty lines before the request line", ParseError::EmptyMethod,
            "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
        row("9112 2.2: space before the first field", ParseError::WhitespaceBeforeFields,
            "GET / HTTP/1.1\r\n Host: h\r\n\r\n");
        row("9112 2.2: tab before the first field", ParseError::WhitespaceBeforeFields,
            "GET / HTTP/1.1\r\n\tHost: h\r\n\r\n");
        row("9112 2.2: line of a space before the fields", ParseError::WhitespaceBeforeFields,
            "GET / HTTP/1.1\r\n \r\nHost: h\r\n\r\n");

        row("9112 2.3: lower-case protocol name", ParseError::BadVersion, requestLine("GET / http/1.1"));
        row("9112 2.3: two digits", ParseError::BadVersion, requestLine("GET / HTTP/1.10"));
        row("9112 2.3: two digits before the dot", ParseError::BadVersion, requestLine("GET / HTTP/01.1"));
        row("9112 2.3: no minor version", ParseError::BadVersion, requestLine("GET / HTTP/1"));
        row("9112 2.3: comma for a dot", ParseError::BadVersion, requestLine("GET / HTTP/1,1"));
        row("9112 2.3: no digit", ParseError::BadVersion, requestLine("GET / HTTP/x.1"));
        row("9112 2.3: another protocol", ParseError::BadVersion, requestLine("GET / ICY/1.1"));
        row("9112 2.3: HTTP/2.0", ParseError::UnsupportedVersion, requestLine("GET / HTTP/2.0"));
        row("9112 2.3: HTTP/0.9", ParseError::UnsupportedVersion, requestLine("GET / HTTP/0.9"));
        row("9113 3.4: the preface of HTTP/2", ParseError::UnsupportedVersion, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

        row("9112 3: no method", ParseError::EmptyMethod, requestLine(" / HTTP/1.1"));
        row("9112 3: nothing but the method", ParseError::BadTarget, requestLine("GET"));
        row("9112 3: no version", ParseError::BadVersion, requestLine("GET /"));
        row("9112 3: no version, with a query", ParseError::BadVersion, requestLine("GET /?a"));
        row("9112 3: empty version", ParseError::BadVersion, requestLine("GET / "));
        row("9112 3: two spaces before the target", ParseError::BadTarget, requestLine("GET  / HTTP/1.1"));
        row("9112 3: two spaces before the version", ParseError::BadVersion, requestLine("GET /  HTTP/1.1"));
        row("9112 3: space after the version", ParseError::BadVersion, requestLine("GET / HTTP/1.1 "));
        row("9112 3: tab after the method", ParseError::BadMethod, requestLine("GET\t/ HTTP/1.1"));
        row("9112 3: tab after the target", ParseError::BadTarget, requestLine("GET /\tHTTP/1.1"));
        row("9112 3: form feed after the target", ParseError::BadTarget, requestLine("GET /\fHTTP/1.1"));
        row("9112 3: more than three words", ParseError::BadVersion, requestLine("GET / a HTTP/1.1"));
        row("9112 3.1: separator in the method", ParseError::BadMethod, requestLine("GE(T / HTTP/1.1"));
        row("9112 3.1: colon in the method", ParseError::BadMethod, requestLine("Host: / HTTP/1.1"));
        row("9112 3.1: non-ASCII method", ParseError::BadMethod, requestLine("G\xc3\x89T / HTTP/1.1"));
        row("9112 3.1: control character in the method", ParseError::BadMethod, requestLine("GE\x01T / HTTP/1.1"));

        row("9112 3.2: control character in the path", ParseError::BadTarget, requestLine("GET /\x01 HTTP/1.1"));
        row("9112 3.2: DEL in the path", ParseError::BadTarget, requestLine("GET /\x7f HTTP/1.1"));
        row("9112 3.2: non-ASCII path", ParseError::BadTarget, requestLine("GET /\xc3\xa9 HTTP/1.1"));
        row("9112 3.2: non-ASCII query", ParseError::BadTarget, requestLine("GET /?\xff HTTP/1.1"));
        row("9112 3.2: quote in the path", ParseError::BadTarget, requestLine("GET /\"a\" HTTP/1.1"));
        row("9112 3.2: angle brackets in the query", ParseError::BadTarget, requestLine("GET /?<b> HTTP/1.1"));
        row("9112 3.2: backslash in the path", ParseError::BadTarget, requestLine("GET /a\\b HTTP/1.1"));
        row("9112 3.2: braces in the path", ParseError::BadTarget, requestLine("GET /{a} HTTP/1.1"));
        row("9112 3.2: fragment", ParseError::BadTarget, requestLine("GET /a#b HTTP/1.1"));
        row("9112 3.2: fragment after a query", ParseError::BadTarget, requestLine("GET /a?b#c HTTP/1.1"));
        row("9112 3.2.1: no slash", ParseError::BadTarget, requestLine("GET a/b HTTP/1.1"));
        row("9112 3.2.1: query alone", ParseError::BadTarget, requestLine("GET ?a HTTP/1.1"));
        row("9112 3.2.2: scheme that is not HTTP", ParseError::BadTarget, requestLine("GET ftp://h/ HTTP/1.1"));
        row("9112 3.2.2: scheme without slashes", ParseError::BadTarget, requestLine("GET http:h/ HTTP/1.1"));
        row("9112 3.2.2: one slash", ParseError::BadTarget, requestLine("GET http:/h/ HTTP/1.1"));
        row("9110 4.2.1: empty host", ParseError::BadTarget, requestLine("GET http:///a HTTP/1.1"));
        row("9110 4.2.1: empty host with a port", ParseError::BadTarget, requestLine("GET http://:80/a HTTP/1.1"));
        row("9110 4.2.4: userinfo", ParseError::BadTarget, requestLine("GET http://user:pw@h/ HTTP/1.1"));
        row("3986 3.2.3: port that is no number", ParseError::BadTarget, requestLine("GET http://h:8x/ HTTP/1.1"));
        row("3986 3.2.2: broken IPv6 literal", ParseError::BadTarget, requestLine("GET http://[::1/ HTTP/1.1"));
        row("9112 3.2.3: authority form without CONNECT", ParseError::BadTarget, requestLine("GET h:80 HTTP/1.1"));
        row("9112 3.2.3: CONNECT without a port", ParseError::BadTarget, requestLine("CONNECT h HTTP/1.1"));
        row("9112 3.2.3: CONNECT with an empty port", ParseError::BadTarget, requestLine("CONNECT h: HTTP/1.1"));
        row("9112 3.2.3: CONNECT with origin form", ParseError::BadTarget, requestLine("CONNECT / HTTP/1.1"));
        row("9112 3.2.3: CONNECT with absolute form", ParseError::BadTarget,
            requestLine("CONNECT http://h/ HTTP/1.1"));
        row("9112 3.2.3: CONNECT with userinfo", ParseError::BadTarget, requestLine("CONNECT u@h:80 HTTP/1.1"));
        row("9112 3.2.4: asterisk without OPTIONS", ParseError::BadTarget, requestLine("GET * HTTP/1.1"));
        row("9112 3.2.4: asterisk and more", ParseError::BadTarget, requestLine("OPTIONS *a HTTP/1.1"));

        row("9112 3.2: no Host", ParseError::MissingHost, "GET / HTTP/1.1\r\n\r\n");
        row("9112 3.2: no Host with absolute form", ParseError::MissingHost,
            "GET http://h/ HTTP/1.1\r\nX: y\r\n\r\n");
        row("9112 3.2: two Host fields", ParseError::RepeatedHost, with("Host: i"));
        row("9112 3.2: two equal Host fields", ParseError::RepeatedHost, with("Host: h"));
        row("9112 3.2: two Host fields in HTTP/1.0", ParseError::RepeatedHost,
            "GET / HTTP/1.0\r\nHost: h\r\nhost: h\r\n\r\n");
        row("9110 4.2.1: empty Host", ParseError::BadHost, "GET / HTTP/1.1\r\nHost:\r\n\r\n");
        row("9110 7.2: list in Host", ParseError::BadHost, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n");
        row("9110 7.2: userinfo in Host", ParseError::BadHost, "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n");
        row("9110 7.2: path in Host", ParseError::BadHost, "GET / HTTP/1.1\r\nHost: h/a\r\n\r\n");
        row("9110 7.2: two ports in Host", ParseError::BadHost, "GET / HTTP/1.1\r\nHost: h:1:2\r\n\r\n");
        row("9110 7.2: port out of range", ParseError::BadHost, "GET / HTTP/1.1\r\nHost: h:65536\r\n\r\n");
        row("9110 7.2: non-ASCII Host", ParseError::BadHost,
            "GET / HTTP/1.1\r\nHost: b\xc3\xbc"
            "cher\r\n\r\n");
        row("9112 3.2.2: bad Host beside an absolute form", ParseError::BadHost,
            "GET http://h/ HTTP/1.1\r\nHost: a/b\r\n\r\n");
        row("9112 3.2: bad Host in HTTP/1.0", ParseError::BadHost, "GET / HTTP/1.0\r\nHost: a/b\r\n\r\n");

        row("9112 5.1: space before the colon", ParseError::WhitespaceBeforeColon, with("X : y"));
        row("9112 5.1: tab before the colon", ParseError::WhitespaceBeforeColon, with("X\t: y"));
        row("9112 5.1: space before a framing field's colon", ParseError::WhitespaceBeforeColon,
            with("Content-Length : 1"));
        row("9112 5: no colon", ParseError::BadFieldName, with("X"));
        row("9112 5: empty name", ParseError::BadFieldName, with(": y"));
        row("9110 5.1: separator in a name", ParseError::BadFieldName, with("X(y): z"));
        row("9110 5.1: control character in a name", ParseError::BadFieldName, with("X\x01: z"));
        row("9110 5.1: non-ASCII name", ParseError::BadFieldName, with("\xc3\x9c: z"));
        row("9110 5.1: quoted name", ParseError::BadFieldName, with("\"X\": z"));
        row("9112 5.2: folded with a space", ParseError::ObsoleteFolding, with("X: a\r\n b"));
        row("9112 5.2: folded with a tab", ParseError::ObsoleteFolding, with("X: a\r\n\tb"));
        row("9112 5.2: folded before any value", ParseError::ObsoleteFolding,
            with("Transfer-Encoding:\r\n chunked"));
        row("9110 5.5: NUL in a value", ParseError::NulByte, bytes("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"));
        row("9110 5.5: NUL in a name", ParseError::NulByte, bytes("GET / HTTP/1.1\r\nHost: h\r\nX\0: a\r\n\r\n"));
        row("9110 5.5: NUL in the target", ParseError::NulByte, bytes("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"));
        row("9110 5.5: NUL at the start", ParseError::NulByte, bytes("\0GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        row("9110 5.5: SOH in a value", ParseError::BadFieldValue, with("X: \x01"));
        row("9110 5.5: vertical tab in a value", ParseError::BadFieldValue, with("Transfer-Encoding: \vchunked"));
        row("9110 5.5: ESC in a long value", ParseError::BadFieldValue, with("X: aaaaaaaaaaaaaaaaaaaaaaaaa\x1b"));
        row("9110 5.5: DEL in a value", ParseError::BadFieldValue, with("X: aaaaaaaaa\x7fz"));

        row("9110 8.6: empty length", ParseError::BadContentLength, with("Content-Length:"));
        row("9110 8.6: plus sign", ParseError::BadContentLength, with("Content-Length: +1"));
        row("9110 8.6: minus sign", ParseError::BadContentLength, with("Content-Length: -1"));
        row("9110 8.6: fraction", ParseError::BadContentLength, with("Content-Length: 1.0"));
        row("9110 8.6: hexadecimal", ParseError::BadContentLength, with("Content-Length: 0x1"));
        row("9110 8.6: letter", ParseError::BadContentLength, with("Content-Length: 1a"));
        row("9110 8.6: space within", ParseError::BadContentLength, with("Content-Length: 1 1"));
        row("9110 8.6: list of equal values", ParseError::BadContentLength, with("Content-Length: 1, 1"));
        row("9110 8.6: trailing comma", ParseError::BadContentLength, with("Content-Length: 1,"));
        row("9110 8.6: quoted", ParseError::BadContentLength, with("Content-Length: \"1\""));
        row("9110 8.6: 2^63", ParseError::BadContentLength, with("Content-Length: 9223372036854775808"));
        row("9110 8.6: 2^64 + 1", ParseError::BadContentLength, with("Content-Length: 18446744073709551617"));
        row("9110 8.6: zeros without end", ParseError::BadContentLength,
            with("Content-Length: 00000000000000000001"));
        row("9112 6.3: two lengths", ParseError::ConflictingContentLength,
            with("Content-Length: 1\r\nContent-Length: 2"));
        row("9112 6.3: two equal lengths", ParseError::ConflictingContentLength,
            with("Content-Length: 1\r\ncontent-length: 1"));
        row("9112 6.3: length, then coding", ParseError::ContentLengthAndTransferEncoding,
            with("Content-Length: 1\r\nTransfer-Encoding: chunked"));
        row("9112 6.3: coding, then length", ParseError::ContentLengthAndTransferEncoding,
            with("Transfer-Encoding: chunked\r\nContent-Length: 1"));
        row("9112 6.3: length 0 and coding", ParseError::ContentLengthAndTransferEncoding,
            with("Content-Length: 0\r\nTransfer-Encoding: chunked"));
        row("9112 6.3: length and unknown coding", ParseError::ContentLengthAndTransferEncoding,
            with("Content-Length: 1\r\nTransfer-Encoding: x"));
        row("9112 6.1: coding in HTTP/1.0", ParseError::TransferEncodingInHttp10,
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
        row("9112 6.1: another coding before chunked", ParseError::UnknownTransferCoding,
            with("Transfer-Encoding: gzip, chunked"));
        row("9112 6.1: codings over two lines", ParseError::UnknownTransferCoding,
            with("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"));
        row("9112 6.3: chunked is not last", ParseError::ChunkedNotLast, with("Transfer-Encoding: chunked, gzip"));
        row("9112 6.3: chunked is not last over two lines", ParseError::ChunkedNotLast,
            with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"));
        row("9112 6.3: not chunked at all", ParseError::ChunkedNotLast, with("Transfer-Encoding: gzip"));
        row("9112 6.3: identity", ParseError::ChunkedNotLast, with("Transfer-Encoding: identity"));
        row("9112 6.3: no coding", ParseError::ChunkedNotLast, with("Transfer-Encoding:"));
        row("9112 6.3: nearly chunked", ParseError::ChunkedNotLast, with("Transfer-Encoding: xchunked"));
        row("9112 6.3: quoted chunked", ParseError::ChunkedNotLast, with("Transfer-Encoding: \"chunked\""));
        row("9112 7.1: chunked with a parameter", ParseError::ChunkedNotLast,
            with("Transfer-Encoding: chunked;q=1"));
        row("9112 6.1: chunked twice", ParseError::ChunkedNotLast, with("Transfer-Encoding: chunked, chunked"));
        row("9112 6.1: chunked twice over two lines", ParseError::ChunkedNotLast,
            with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"));
        row("9110 7.6.1: Connection names no token", ParseError::BadConnectionField,
            with("Connection: close, a b"));
        row("9110 7.6.1: Connection with a quoted option", ParseError::BadConnectionField,
            with("Connection: \"close\""));
        row("TLS ClientHello", ParseError::BadMethod, bytes("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"));
        row("SSH", ParseError::BadTarget, "SSH-2.0-OpenSSH_9.2\r\n");
    }

    /// The same verdict however the bytes arrive.
    void rejects() {
        QFETCH(std::string, message);
        const Outcome whole = parseRequest(message);
        QCOMPARE(static_cast<int>(whole.status), static_cast<int>(ParseStatus::Failed));
        QTEST(static_cast<int>(whole.error), "error");
        QVERIFY(parseRequest(message, everyByte(message)) == whole);
        for (size_t cut = 0; cut < message.size(); ++cut)
            QVERIFY2(parseRequest(message, {cut}) == whole, std::to_string(cut).c_str());
    }

    /// Nothing that could still become a request is refused early, but what cannot is refused at its first wrong
    /// byte: whoever talks TLS to this port must not wait for a timeout.
    void failsAtTheFirstWrongByte_data() {
        QTest::addColumn<std::string>("prefix");
        QTest::addColumn<std::string>("wrong");
        QTest::newRow("TLS ClientHello") << std::string() << std::string("\x16");
        QTest::newRow("line feed first") << std::string() << std::string("\n");
        QTest::newRow("line feed in the request line") << std::string("GET / HTTP/1.1") << std::string("\n");
        QTest::newRow("NUL in a value") << std::string("GET / HTTP/1.1\r\nX: a") << std::string(1, '\0');
        QTest::newRow("line feed in a value") << std::string("GET / HTTP/1.1\r\nX: a") << std::string("\n");
        QTest::newRow("folding") << std::string("GET / HTTP/1.1\r\nX: a\r\n") << std::string(" ");
        QTest::newRow("space before the colon") << std::string("GET / HTTP/1.1\r\nX") << std::string(" ");
        QTest::newRow("control character in the target") << std::string("GET /") << std::string("\x02");
        QTest::newRow("fragment") << std::string("GET /a") << std::string("#");
        QTest::newRow("version") << std::string("GET / HTTP/1") << std::string("x");
        QTest::newRow("bare CR") << std::string("GET / HTTP/1.1\r\nX: a\r") << std::string("b");
        QTest::newRow("wrong form") << std::string("GET * HTTP/1.1\r") << std::string("\n");
    }

    void failsAtTheFirstWrongByte() {
        QFETCH(std::string, prefix);
        QFETCH(std::string, wrong);
        QVERIFY(parseRequest(prefix).status == ParseStatus::NeedMore);
        QVERIFY(parseRequest(prefix + wrong).status == ParseStatus::Failed);
    }

    void staysFailedUntilReset() {
        RequestParser parser;
        RequestHead head;
        QVERIFY(parser.parse("\x16", {}, head) == ParseStatus::Failed);
        QVERIFY(parser.parse("GET / HTTP/1.0\r\n\r\n", {}, head) == ParseStatus::Failed);
        parser.reset();
        QVERIFY(parser.error() == ParseError::None);
        QVERIFY(parser.parse("GET / HTTP/1.0\r\n\r\n", {}, head) == ParseStatus::Done);
    }

    /// Each error tells people what is wrong and where that is written, and machines a name.
    void everyErrorHasASentenceAndAName() {
        QSet<QByteArray> names;
        for (int i = 0; i <= static_cast<int>(ParseError::BadTrailer); ++i) {
            const auto error = static_cast<ParseError>(i);
            names += QByteArray(nameOf(error).data(), static_cast<qsizetype>(nameOf(error).size()));
            QCOMPARE(sentenceOf(error).empty(), error == ParseError::None);
            QVERIFY(error == ParseError::None || (sentenceOf(error).ends_with(").") &&
                                                  sentenceOf(error).find("(RFC ") != std::string_view::npos));
            QCOMPARE(failureOfRequest(error) == reverxy::Failure::None, error == ParseError::None);
            QCOMPARE(failureOfResponse(error) == reverxy::Failure::None, error == ParseError::None);
        }
        QCOMPARE(names.size(), static_cast<int>(ParseError::BadTrailer) + 1);
    }

    void errorsHaveTheirStatus() {
        using reverxy::Failure;
        QVERIFY(failureOfRequest(ParseError::RequestLineTooLong) == Failure::UriTooLong);
        QVERIFY(failureOfRequest(ParseError::HeadTooLarge) == Failure::HeadersTooLarge);
        QVERIFY(failureOfRequest(ParseError::TooManyFields) == Failure::HeadersTooLarge);
        QVERIFY(failureOfRequest(ParseError::UnknownTransferCoding) == Failure::NotImplemented);
        QVERIFY(failureOfRequest(ParseError::UnsupportedVersion) == Failure::VersionNotSupported);
        QVERIFY(failureOfRequest(ParseError::BadChunkSize) == Failure::BadRequest);
        QVERIFY(failureOfRequest(ParseError::BareLineFeed) == Failure::BadRequest);
        QVERIFY(failureOfResponse(ParseError::HeadTooLarge) == Failure::ResponseHeadTooLarge);
        QVERIFY(failureOfResponse(ParseError::BadChunkEnd) == Failure::ResponseBodyMalformed);
        QVERIFY(failureOfResponse(ParseError::BadStatusLine) == Failure::ResponseMalformed);
    }
};

QTEST_APPLESS_MAIN(TestRequestRejection)
#include "test_request_rejection.moc"

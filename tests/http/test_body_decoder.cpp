// SPDX-License-Identifier: MIT
#include "http/body_decoder.h"
#include "http/chunk_line.h"
#include "support/parsed.h"

#include <QTest>

#include <string>

using namespace reverxy::http;
using namespace reverxy::test;
using Kind = BodyDecoder::Kind;

namespace {

constexpr Framing chunked{BodyKind::Chunked, 0};

Outcome decodeChunked(std::string_view bytes, const std::vector<size_t>& cuts = {}) {
    return decodeBody(chunked, bytes, cuts);
}

} // namespace

class TestBodyDecoder : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    /// RFC 9112 section 6.3, items 6 and 7.
    void lengthsEndWhereTheySay() {
        const std::string body = "hello, pipelined";
        const Outcome whole = decodeBody({BodyKind::Length, 5}, body);
        QVERIFY(whole.status == ParseStatus::Done);
        QCOMPARE(whole.consumed, size_t(5));
        QCOMPARE(whole.text, std::string("hello\n5\n"));
        for (size_t cut = 0; cut <= body.size(); ++cut)
            QVERIFY(decodeBody({BodyKind::Length, 5}, body, {cut}) == whole);

        for (const Framing none : {Framing{BodyKind::None, 0}, Framing{BodyKind::Length, 0}}) {
            BodyDecoder decoder;
            decoder.start(none, {});
            const auto step = decoder.next("next");
            QVERIFY(step.kind == Kind::End && step.consumed == 0 && decoder.finished());
        }
    }

    void remainingCountsDown() {
        BodyDecoder decoder;
        decoder.start({BodyKind::Length, 10}, {});
        QCOMPARE(decoder.remaining(), uint64_t(10));
        QVERIFY(decoder.next("").kind == Kind::NeedMore);
        QVERIFY(decoder.next("abcd").kind == Kind::Piece);
        QCOMPARE(decoder.remaining(), uint64_t(6));
        QCOMPARE(decoder.bytesDecoded(), uint64_t(4));
        QVERIFY(!decoder.closed());
        QVERIFY(!decoder.finished());
        QVERIFY(decoder.next("efghij").kind == Kind::Piece);
        QVERIFY(decoder.finished());
        QVERIFY(decoder.closed());
    }

    /// RFC 9112 section 6.3, item 8.
    void untilCloseTakesEverything() {
        BodyDecoder decoder;
        decoder.start({BodyKind::UntilClose, 0}, {});
        const auto step = decoder.next("0\r\n\r\n");
        QVERIFY(step.kind == Kind::Piece);
        QCOMPARE(step.piece, std::string_view("0\r\n\r\n"));
        QVERIFY(decoder.next("").kind == Kind::NeedMore);
        QVERIFY(!decoder.finished());
        QVERIFY(decoder.closed());
        QVERIFY(decoder.finished());
        QVERIFY(decoder.next("").kind == Kind::End);
    }

    void accepts_data() {
        QTest::addColumn<std::string>("bytes");
        QTest::addColumn<std::string>("text");
        const auto row = [](const char* name, const std::string& bytes, const std::string& text) {
            QTest::newRow(name) << bytes << text;
        };
        row("9112 7.1: empty", "0\r\n\r\n", "\n0\n");
        row("9112 7.1: one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello\n5\n");
        row("9112 7.1: several chunks", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello\n5\n");
        row("9112 7.1: data that looks like framing", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n\n5\n");
        row("9112 7.1: digits in both cases", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "01234567890123456789\n20\n");
        row("9112 7.1: leading zeros", "0000000000000002\r\nab\r\n0000000000000000\r\n\r\n", "ab\n2\n");
        row("9112 7.1.1: extension without a value", "2;a\r\nab\r\n0;b\r\n\r\n", "ab\n2\n");
        row("9112 7.1.1: token value", "2;a=b;c=d\r\nab\r\n0\r\n\r\n", "ab\n2\n");
        row("9112 7.1.1: quoted value", "2;a=\"b;c \\\" \\\\ \xe9\t\"\r\nab\r\n0\r\n\r\n", "ab\n2\n");
        row("9112 7.1.1: empty quoted value", "2;a=\"\"\r\nab\r\n0\r\n\r\n", "ab\n2\n");
        row("9112 7.1.1: bad white space", "2 \t; a \t= \tb ; c\r\nab\r\n0\r\n\r\n", "ab\n2\n");
        row("9112 7.1.2: trailers", "0\r\nX: y\r\nDigest:  z \r\n\r\n",
            "\n0\nname=X\nvalue=y\nid=0\nname=Digest\nvalue=z\nid=0\n");
    }

    void accepts() {
        QFETCH(std::string, bytes);
        const std::string pipelined = bytes + "GET / HTTP/1.1\r\n";
        const Outcome whole = decodeChunked(pipelined);
        QVERIFY2(whole.status == ParseStatus::Done, nameOf(whole.error).data());
        QCOMPARE(whole.consumed, bytes.size());
        QTEST(whole.text, "text");
        QVERIFY(decodeChunked(pipelined, everyByte(pipelined)) == whole);
        for (size_t cut = 0; cut < bytes.size(); ++cut) {
            QVERIFY2(decodeChunked(pipelined, {cut}) == whole, std::to_string(cut).c_str());
            QVERIFY(decodeChunked(bytes.substr(0, cut)).status == ParseStatus::NeedMore);
        }
    }

    void rejects_data() {
        QTest::addColumn<std::string>("bytes");
        QTest::addColumn<int>("error");
        const auto row = [](const char* name, ParseError error, const std::string& bytes) {
            QTest::newRow(name) << bytes << static_cast<int>(error);
        };
        row("9112 7.1: no size", ParseError::BadChunkSize, "\r\nab\r\n");
        row("9112 7.1: empty line before the size", ParseError::BadChunkSize, "\r\n2\r\nab\r\n");
        row("9112 7.1: no hexadecimal digit", ParseError::BadChunkSize, "g\r\n");
        row("9112 7.1: prefix 0x", ParseError::BadChunkSize, "0x2\r\nab\r\n");
        row("9112 7.1: plus sign", ParseError::BadChunkSize, "+2\r\nab\r\n");
        row("9112 7.1: minus sign", ParseError::BadChunkSize, "-2\r\nab\r\n");
        row("9112 7.1: space before the size", ParseError::BadChunkSize, " 2\r\nab\r\n");
        row("9112 7.1: space after the size", ParseError::BadChunkExtension, "2 \r\nab\r\n");
        row("9112 7.1: bare LF after the size", ParseError::BadChunkSize, "2\nab\r\n");
        row("9112 7.1: bare CR after the size", ParseError::BadChunkSize, "2\rab\r\n");
        row("9112 7.1: two CRs after the size", ParseError::BadChunkSize, "2\r\r\nab\r\n");
        row("9112 7.1: comma", ParseError::BadChunkSize, "2,2\r\nab\r\n");
        row("9112 7.1: 2^63", ParseError::ChunkSizeOverflow, "8000000000000000\r\n");
        row("9112 7.1: 2^64 - 1", ParseError::ChunkSizeOverflow, "ffffffffffffffff\r\n");
        row("9112 7.1: 2^64 + 2", ParseError::ChunkSizeOverflow, "10000000000000002\r\nab\r\n");
        row("9112 7.1: zeros without end", ParseError::ChunkSizeOverflow, std::string(20, '0') + "2\r\nab\r\n");
        row("9112 7.1: longer than its size", ParseError::BadChunkEnd, "2\r\nabc\r\n0\r\n\r\n");
        row("9112 7.1: bare LF after the data", ParseError::BadChunkEnd, "2\r\nab\n0\r\n\r\n");
        row("9112 7.1: bare CR after the data", ParseError::BadChunkEnd, "2\r\nab\r0\r\n\r\n");
        row("9112 7.1.1: extension without a name", ParseError::BadChunkExtension, "2;\r\nab\r\n");
        row("9112 7.1.1: nothing between semicolons", ParseError::BadChunkExtension, "2;;a\r\nab\r\n");
        row("9112 7.1.1: no value after =", ParseError::BadChunkExtension, "2;a=\r\nab\r\n");
        row("9112 7.1.1: two values", ParseError::BadChunkExtension, "2;a=b=c\r\nab\r\n");
        row("9112 7.1.1: name is no token", ParseError::BadChunkExtension, "2;a b\r\nab\r\n");
        row("9112 7.1.1: value is no token", ParseError::BadChunkExtension, "2;a=b@\r\nab\r\n");
        row("9112 7.1.1: quote that is not closed", ParseError::BadChunkExtension, "2;a=\"b\r\nab\r\n");
        row("9112 7.1.1: something after the quote", ParseError::BadChunkExtension, "2;a=\"b\"c\r\nab\r\n");
        row("9112 7.1.1: white space at the end", ParseError::BadChunkExtension, "2;a \r\nab\r\n");
        row("9112 7.1.1: bare LF in an extension", ParseError::BadChunkExtension, "2;a\nab\r\n");
        row("9112 7.1.1: bare LF in a quoted value", ParseError::BadChunkExtension, "2;a=\"\n\"\r\nab\r\n");
        row("9112 7.1.1: quoted CR", ParseError::BadChunkExtension, "2;a=\"\\\r\"\r\nab\r\n");
        row("9112 7.1.1: bare CR in an extension", ParseError::BadChunkExtension, "2;a\rb\r\nab\r\n");
        row("9112 7.1.1: NUL in an extension", ParseError::BadChunkExtension,
            "2;a" + std::string(1, '\0') + "\r\nab\r\n");
        row("9112 7.1.1: longer than a line may be", ParseError::ChunkLineTooLong,
            "2;" + std::string(maxChunkLine, 'a') + "\r\nab\r\n");
        row("9112 5.1: space before a trailer's colon", ParseError::BadTrailer, "0\r\nX : y\r\n\r\n");
        row("9112 5.2: folded trailer", ParseError::BadTrailer, "0\r\nX: y\r\n z\r\n\r\n");
        row("9112 2.2: bare LF in a trailer", ParseError::BadTrailer, "0\r\nX: y\n\r\n");
        row("9112 2.2: bare LF as the end", ParseError::BadTrailer, "0\r\n\n");
        row("9112 2.2: bare CR as the end", ParseError::BadTrailer, "0\r\n\rG");
        row("9110 6.5.1: length among the trailers", ParseError::BadTrailer, "0\r\nContent-Length: 9\r\n\r\n");
        row("9110 6.5.1: coding among the trailers", ParseError::BadTrailer,
            "0\r\nX: y\r\ntransfer-encoding: chunked\r\n\r\n");
        row("9112 7.1: another message after the last chunk", ParseError::BadTrailer,
            "0\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    void rejects() {
        QFETCH(std::string, bytes);
        const Outcome whole = decodeChunked(bytes);
        QVERIFY(whole.status == ParseStatus::Failed);
        QTEST(static_cast<int>(whole.error), "error");
        const auto same = [&whole](const Outcome& other) {
            // How much was consumed before the failure depends on the pieces; nobody asks then.
            return other.status == whole.status && other.error == whole.error && other.text == whole.text;
        };
        QVERIFY(same(decodeChunked(bytes, everyByte(bytes))));
        for (size_t cut = 0; cut < bytes.size(); ++cut)
            QVERIFY2(same(decodeChunked(bytes, {cut})), std::to_string(cut).c_str());
    }

    /// A chunk may be as large as can be counted; it passes piece by piece.
    void hugeChunk() {
        BodyDecoder decoder;
        decoder.start(chunked, {});
        auto step = decoder.next("7fffffffffffffff;a=b\r\nabc");
        QVERIFY(step.kind == Kind::Piece);
        QCOMPARE(step.piece, std::string_view("abc"));
        step = decoder.next("de");
        QVERIFY(step.kind == Kind::Piece);
        QCOMPARE(decoder.bytesDecoded(), uint64_t(5));
        QVERIFY(!decoder.closed());
    }

    /// A chunked body that the connection's end cuts short is incomplete, also after its last data (RFC 9112
    /// section 8).
    void cutShort() {
        const std::string bytes = "2\r\nab\r\n0\r\nX: y\r\n\r\n";
        for (size_t size = 0; size <= bytes.size(); ++size) {
            BodyDecoder decoder;
            decoder.start(chunked, {});
            std::string_view rest(bytes.data(), size);
            for (;;) {
                const auto step = decoder.next(rest);
                rest.remove_prefix(step.consumed);
                if (step.kind != Kind::Piece)
                    break;
            }
            QCOMPARE(decoder.closed(), size == bytes.size());
        }
    }

    /// RFC 9112 section 7.1.1: the total length of extensions is limited, over all chunks.
    void manyExtensionsAreRefused() {
        std::string bytes;
        const std::string extension = ";" + std::string(1000, 'a');
        for (int i = 0; i < 16; ++i)
            bytes += "1" + extension + "\r\nx\r\n";
        QVERIFY(decodeChunked(bytes + "0\r\n\r\n").status == ParseStatus::Done);
        bytes += "1" + extension + "\r\nx\r\n";
        QVERIFY(decodeChunked(bytes + "0\r\n\r\n").error == ParseError::ChunkLineTooLong);
        // A body without extensions has no such limit.
        bytes.clear();
        for (int i = 0; i < 20000; ++i)
            bytes += "1\r\nx\r\n";
        QVERIFY(decodeChunked(bytes + "0\r\n\r\n").status == ParseStatus::Done);
    }

    void trailerLimits() {
        const HeadLimits limits{20, 2};
        QVERIFY(decodeBody(chunked, "0\r\nA: b\r\nC: d\r\n\r\n", {}, limits).status == ParseStatus::Done);
        QVERIFY(decodeBody(chunked, "0\r\nA:b\r\nC:d\r\nE:f\r\n\r\n", {}, limits).error == ParseError::BadTrailer);
        const std::string large = "0\r\nA: " + std::string(13, 'b') + "\r\n\r\n";
        QVERIFY(decodeBody(chunked, large, {}, {20, 2}).status == ParseStatus::Done);
        QVERIFY(decodeBody(chunked, large, {}, {19, 2}).error == ParseError::BadTrailer);
        QVERIFY(decodeBody(chunked, large, everyByte(large), {19, 2}).error == ParseError::BadTrailer);
        QVERIFY(decodeBody(chunked, "0\r\nA: " + std::string(17, 'b'), {}, limits).error == ParseError::BadTrailer);
    }

    void canBeUsedAgain() {
        BodyDecoder decoder;
        decoder.start(chunked, {});
        QVERIFY(decoder.next("0\r\nX: y\r\n\r\n").kind == Kind::End);
        QCOMPARE(decoder.trailers().size(), size_t(1));
        decoder.start(chunked, {});
        QVERIFY(decoder.trailers().empty());
        QVERIFY(decoder.next("x").kind == Kind::Failed);
        QVERIFY(decoder.next("0\r\n\r\n").kind == Kind::Failed);
        decoder.start({BodyKind::Length, 1}, {});
        QVERIFY(decoder.error() == ParseError::None);
        QVERIFY(decoder.next("x").kind == Kind::Piece);
    }
};

QTEST_APPLESS_MAIN(TestBodyDecoder)
#include "test_body_decoder.moc"

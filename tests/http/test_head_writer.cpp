// SPDX-License-Identifier: MIT
#include "http/head_writer.h"

#include <QTest>

#include <string>

using namespace reverxy::http;

namespace {

/// Fills the memory behind what is written, so that a writer that says one size and writes another is found out.
template <typename Write>
std::string written(size_t size, Write write) {
    std::string out(size + 16, '#');
    const char* const end = write(out.data());
    if (static_cast<size_t>(end - out.data()) != size || out.substr(size) != std::string(16, '#'))
        return "wrong size";
    return out.substr(0, size);
}

FieldList fieldsOf(std::initializer_list<std::pair<std::string_view, std::string_view>> lines) {
    FieldList fields;
    for (const auto& [name, value] : lines)
        fields.add(name, value, FieldId::Other);
    return fields;
}

std::string request(std::string_view method, std::string_view target, const FieldList& fields) {
    return written(requestHeadSize(method, target, fields),
                   [&](char* out) { return writeRequestHead(out, method, target, fields); });
}

std::string response(uint16_t status, std::string_view reason, const FieldList& fields) {
    return written(responseHeadSize(reason, fields),
                   [&](char* out) { return writeResponseHead(out, status, reason, fields); });
}

std::string lastChunk(const FieldList* trailers) {
    return written(lastChunkSize(trailers), [&](char* out) { return writeLastChunk(out, trailers); });
}

} // namespace

class TestHeadWriter : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    /// RFC 9112 section 3.
    void requestHeads() {
        QCOMPARE(request("GET", "/", {}), std::string("GET / HTTP/1.1\r\n\r\n"));
        QCOMPARE(
            request("M-SEARCH", "/a?b=c", fieldsOf({{"Host", "a:1"}, {"X-Empty", ""}, {"x", " inner\tkept "}})),
            std::string("M-SEARCH /a?b=c HTTP/1.1\r\nHost: a:1\r\nX-Empty: \r\nx:  inner\tkept \r\n\r\n"));
    }

    /// RFC 9112 section 4: the space before the reason stays when there is none.
    void responseHeads() {
        QCOMPARE(response(200, "OK", {}), std::string("HTTP/1.1 200 OK\r\n\r\n"));
        QCOMPARE(response(299, "", {}), std::string("HTTP/1.1 299 \r\n\r\n"));
        QCOMPARE(response(503, {}, fieldsOf({{"Content-Length", "0"}})),
                 std::string("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n"));
    }

    void everyStatusHasThreeDigits() {
        for (uint16_t status = 100; status < 1000; ++status)
            QCOMPARE(response(status, "", {}), "HTTP/1.1 " + std::to_string(status) + " \r\n\r\n");
    }

    void repeatedFieldsKeepTheirOrder() {
        QCOMPARE(response(200, "OK", fieldsOf({{"Set-Cookie", "a"}, {"Vary", "b"}, {"Set-Cookie", "c"}})),
                 std::string("HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nVary: b\r\nSet-Cookie: c\r\n\r\n"));
    }

    /// RFC 9112 section 7.1.
    void chunkSizes_data() {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<QByteArray>("expected");

        QTest::newRow("0") << quint64(0) << QByteArray("0\r\n");
        QTest::newRow("1") << quint64(1) << QByteArray("1\r\n");
        QTest::newRow("15") << quint64(15) << QByteArray("f\r\n");
        QTest::newRow("16") << quint64(16) << QByteArray("10\r\n");
        QTest::newRow("mixed digits") << quint64(0xdecade9) << QByteArray("decade9\r\n");
        QTest::newRow("largest") << quint64(UINT64_MAX) << QByteArray("ffffffffffffffff\r\n");
    }

    void chunkSizes() {
        QFETCH(quint64, size);
        char out[chunkOverhead];
        const char* const end = writeChunkStart(out, size);
        QVERIFY(static_cast<size_t>(end - out) <= chunkOverhead);
        QTEST(QByteArray(out, static_cast<qsizetype>(end - out)), "expected");
    }

    void lastChunks() {
        QCOMPARE(lastChunk(nullptr), std::string("0\r\n\r\n"));
        QVERIFY(lastChunkSize(nullptr) <= chunkOverhead);
        const FieldList none;
        QCOMPARE(lastChunk(&none), std::string("0\r\n\r\n"));
        const FieldList trailers = fieldsOf({{"Server-Timing", "a"}, {"x", ""}});
        QCOMPARE(lastChunk(&trailers), std::string("0\r\nServer-Timing: a\r\nx: \r\n\r\n"));
    }

    /// RFC 9110 section 15.
    void reasonPhrases() {
        QCOMPARE(reasonPhrase(200), std::string_view("OK"));
        QCOMPARE(reasonPhrase(203), std::string_view("Non-Authoritative Information"));
        QCOMPARE(reasonPhrase(413), std::string_view("Content Too Large"));
        QCOMPARE(reasonPhrase(431), std::string_view("Request Header Fields Too Large"));
        QCOMPARE(reasonPhrase(504), std::string_view("Gateway Timeout"));
        QCOMPARE(reasonPhrase(306), std::string_view());
        QCOMPARE(reasonPhrase(0), std::string_view());
        QCOMPARE(reasonPhrase(999), std::string_view());
    }
};

QTEST_APPLESS_MAIN(TestHeadWriter)
#include "test_head_writer.moc"

// SPDX-License-Identifier: MIT
#include "http/body_decoder.h"
#include "http/head_parser.h"
#include "support/counted_new.h"

#include <QTest>

#include <string>

using namespace reverxy::http;
using namespace reverxy::test;

/// Once the first messages have made room, parsing takes no memory: not for heads in one piece or in many, and not
/// for chunks.
class TestParserAllocation : public QObject {
    Q_OBJECT

    /// Calls `parse` until everything has grown to its size, then again, counting.
    template <typename Parse>
    static size_t allocationsOf(Parse parse) {
        for (int i = 0; i < 3; ++i)
            parse();
        allocations = 0;
        for (int i = 0; i < 100; ++i)
            parse();
        return allocations;
    }

  private Q_SLOTS:

    void counterCounts() {
        allocations = 0;
        delete new std::string(100, 'x');
        QCOMPARE(allocations, size_t(2));
    }

    void requests() {
        const std::string message = "POST http://a/b?c HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X\r\nX: y\r\n"
                                    "Via: 1.1 z\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n";
        RequestParser parser;
        RequestHead head;
        bool done = true;
        QCOMPARE(allocationsOf([&] {
                     parser.reset();
                     done = done && parser.parse(message, {}, head) == ParseStatus::Done;
                     parser.reset();
                     for (size_t size = 1; size < message.size(); ++size)
                         parser.parse(std::string_view(message).substr(0, size), {}, head);
                     done = done && parser.parse(message, {}, head) == ParseStatus::Done;
                     head.clear();
                 }),
                 size_t(0));
        QVERIFY(done);
    }

    void responses() {
        const std::string message = "HTTP/1.1 200 OK\r\nServer: a\r\nDate: b\r\nContent-Length: 5\r\n\r\n";
        ResponseParser parser;
        ResponseHead head;
        bool done = true;
        QCOMPARE(allocationsOf([&] {
                     parser.reset();
                     done = done && parser.parse(message, {}, Method::Get, head) == ParseStatus::Done;
                     head.clear();
                 }),
                 size_t(0));
        QVERIFY(done);
    }

    void chunkedBodies() {
        std::string body;
        for (int i = 0; i < 50; ++i)
            body += "5;a=\"b\"\r\nhello\r\n";
        body += "0\r\nX: y\r\nZ: a\r\n\r\n";
        BodyDecoder decoder;
        QCOMPARE(allocationsOf([&] {
                     decoder.start({BodyKind::Chunked, 0}, {});
                     std::string_view rest = body;
                     while (!decoder.finished())
                         rest.remove_prefix(decoder.next(rest).consumed);
                 }),
                 size_t(0));
        QCOMPARE(decoder.trailers().size(), size_t(2));
    }
};

QTEST_APPLESS_MAIN(TestParserAllocation)
#include "test_parser_allocation.moc"

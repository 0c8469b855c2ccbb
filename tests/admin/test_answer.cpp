// SPDX-License-Identifier: MIT
#include "admin/answer.h"

#include "http/head_parser.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::admin;

namespace {

const WallTime sunday{std::chrono::seconds(784'111'777)}; // the date in RFC 9110 section 5.6.7

struct Chosen {
    int status = 0; // 0: a page
    Page page = Page::Live;
    std::string allow;
};

Chosen choose(const std::string& request) {
    http::RequestParser parser;
    http::RequestHead head;
    if (parser.parse(request, {}, head) != http::ParseStatus::Done)
        return {-1, Page::Live, {}};
    const auto chosen = choosePage(head, ownHosts(config::Proxy{}, {}), *IpAddress::parse("127.0.0.1"));
    if (const Answer* const answer = std::get_if<Answer>(&chosen))
        return {answer->status, Page::Live, std::string(answer->allow)};
    return {0, std::get<Page>(chosen), {}};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

class TestAnswer : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void pages_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("page");
        QTest::newRow("live") << QByteArray("GET /live") << 0 << int(Page::Live);
        QTest::newRow("ready") << QByteArray("GET /ready") << 0 << int(Page::Ready);
        QTest::newRow("metrics") << QByteArray("GET /metrics") << 0 << int(Page::Metrics);
        QTest::newRow("HEAD is like GET") << QByteArray("HEAD /ready") << 0 << int(Page::Ready);
        QTest::newRow("a query changes nothing") << QByteArray("GET /ready?verbose=1") << 0 << int(Page::Ready);
        QTest::newRow("absolute form") << QByteArray("GET http://localhost/live") << 0 << int(Page::Live);
        QTest::newRow("another's absolute form") << QByteArray("GET http://evil.example/live") << 421 << 0;
        QTest::newRow("no page") << QByteArray("GET /") << 404 << 0;
        QTest::newRow("below a page") << QByteArray("GET /live/x") << 404 << 0;
        QTest::newRow("the beginning of a page") << QByteArray("GET /liv") << 404 << 0;
        QTest::newRow("in capitals") << QByteArray("GET /LIVE") << 404 << 0;
        for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"})
            QTest::newRow(method) << QByteArray(method) + " /live" << 405 << 0;
    }

    void pages() {
        QFETCH(QByteArray, line);
        QFETCH(int, status);
        QFETCH(int, page);
        const Chosen chosen = choose(line.toStdString() + " HTTP/1.1\r\nHost: localhost:8085\r\n\r\n");
        QCOMPARE(chosen.status, status);
        QCOMPARE(int(chosen.page), page);
        // RFC 9110 section 15.5.6: a 405 says what is allowed.
        QCOMPARE(chosen.allow, std::string(status == 405 ? "GET, HEAD" : ""));
    }

    void anothersHostIsMisdirected() {
        QCOMPARE(choose("GET /live HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
        QCOMPARE(choose("POST /nothing HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
    }

    void withoutAHostInHttp10() { QCOMPARE(choose("GET /live HTTP/1.0\r\n\r\n").status, 0); }

    void aWholeResponse() {
        const Answer answer{200, jsonType, "{}\n", {}};
        QCOMPARE(compose(answer, false, true, sunday),
                 std::string("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: "
                             "application/json\r\nContent-Length: 3\r\nCache-Control: no-store\r\n"
                             "X-Content-Type-Options: nosniff\r\nConnection: keep-alive\r\n\r\n{}\n"));
    }

    void theLastOne() {
        const std::string text = compose(sentence(404, "No."), false, false, sunday);
        QVERIFY(has(text, "HTTP/1.1 404 Not Found\r\n"));
        QVERIFY(has(text, "Connection: close\r\n"));
        QVERIFY(text.ends_with("\r\n\r\nNo.\n"));
    }

    /// RFC 9110 section 9.3.2: the fields a GET would have got, and no body.
    void toAHead() {
        const Answer answer{200, jsonType, "{}\n", {}};
        std::string whole = compose(answer, false, true, sunday);
        whole.resize(whole.size() - 3);
        QCOMPARE(compose(answer, true, true, sunday), whole);
    }

    void nobodyElsesPagesMayReadIt() {
        for (const uint16_t status : std::initializer_list<uint16_t>{200, 404, 405, 421, 503})
            QVERIFY(!has(compose(sentence(status, "x"), false, true, sunday), "Access-Control"));
    }

    void allowIsSaid() {
        Answer refused = sentence(405, "No.");
        refused.allow = "GET, HEAD";
        QVERIFY(has(compose(refused, false, true, sunday), "\r\nAllow: GET, HEAD\r\n"));
    }
};

QTEST_APPLESS_MAIN(TestAnswer)
#include "test_answer.moc"

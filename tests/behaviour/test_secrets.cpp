// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// What is secret passes through, and leaves no trace.
class TestSecrets : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void secretsLeaveNoTraceInLogsAndRecords_data() {
        QTest::addColumn<bool>("json");
        QTest::newRow("text") << false;
        QTest::newRow("JSON") << true;
    }

    void secretsLeaveNoTraceInLogsAndRecords() {
        QFETCH(bool, json);
        Origin origin([](OriginExchange& exchange) {
            if (exchange.target().starts_with("/broken"))
                return void(exchange.send("HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\nbad s3cret\r\n\r\n"));
            exchange.send("HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\nContent-Length: 0\r\n\r\n");
        });
        config::Config config = configFor({origin.port()});
        config.log.level = config::LogLevel::Debug;
        config.log.format = json ? config::LogFormat::Json : config::LogFormat::Text;
        config.log.redact = {"X-Own"};
        RunningEngine proxy(config);
        const std::string fields = "Authorization: Bearer s3cret\r\nCookie: id=s3cret\r\n"
                                   "Proxy-Authorization: Basic s3cret\r\nX-Own: s3cret\r\n";
        const Response response = proxy.get("/shown?access_token=s3cret&x-own=s3cret&page=2", fields);
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.field("Set-Cookie"), "s3cret"s);
        QCOMPARE(proxy.get("/broken?password=s3cret", fields).status, 502);
        COMPARE_STATUS(proxy.exchange("GET / HTTP/1.1\r\nHost: x\r\nAuthorization : s3cret\r\n\r\n"), 400);
        COMPARE_STATUS(proxy.exchange("GET /?token=s3cret s3cret HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
        // The backend got all of it.
        const auto received = origin.requests();
        QCOMPARE(received[0].target, "/shown?access_token=s3cret&x-own=s3cret&page=2"s);
        QCOMPARE(received[0].head.value("Authorization"), "Bearer s3cret"s);
        QVERIFY(proxy.waitForLog("/shown?access_token=***&x-own=***&page=2"));
        QVERIFY(proxy.waitForLog("/broken?password=***"));
        QVERIFY(proxy.waitForLog("refused with 400"));
        QVERIFY2(proxy.log().find("s3cret") == std::string::npos, proxy.log().c_str());
        for (const observe::Decision& decision : proxy.waitForDecisions(4)) {
            QVERIFY(decision.target.view().find("s3cret") == std::string_view::npos);
            QVERIFY(decision.details.view().find("s3cret") == std::string_view::npos);
        }
    }

    /// RFC 9110 section 9.3.8: what is secret is not reflected.
    void traceReflectsNoSecret() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.log.redact = {"X-Own"};
        RunningEngine proxy(config);
        const Response response = proxy.exchange(
            request("TRACE", "/", "Max-Forwards: 0\r\nCookie: s3cret\r\nX-Own: s3cret\r\nX-Plain: shown\r\n"),
            "TRACE");
        COMPARE_STATUS(response, 200);
        QVERIFY(response.body.find("s3cret") == std::string::npos);
        QVERIFY(response.body.find("X-Plain: shown") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSecrets)
#include "test_secrets.moc"

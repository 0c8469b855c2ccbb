// SPDX-License-Identifier: MIT
#include "net/page_listener.h"

#include "http/target.h"
#include "support/client.h"
#include "support/deadline.h"

#include <QTest>
#include <QThread>

#include <atomic>
#include <list>
#include <mutex>

using namespace reverxy;
using namespace reverxy::net;
using namespace reverxy::test;
using namespace std::chrono_literals;

namespace {

/// Answers with the path, except for /held: that waits until the test gives the answer.
class FakePages final : public PageHandler {
  public:
    void asked(const PageRequest& request) override {
        ++asks;
        const std::string_view path = http::pathOf(request.head.pathAndQuery);
        if (path == "/held")
            m_held = request.connection;
        else
            respond(request.connection, path == "/long" ? longText : std::string(path), request.keepAlive);
    }

    void malformed(uint64_t connection, http::ParseError) override { respond(connection, "malformed", false); }

    void respond(uint64_t connection, const std::string& body, bool keepAlive) {
        listener->respond(connection, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                                          "\r\nConnection: " + (keepAlive ? "keep-alive" : "close") + "\r\n\r\n" +
                                          body);
    }

    void giveHeld() { respond(m_held, "/held", true); }

    PageListener* listener = nullptr;
    std::string longText;
    std::atomic<int> asks{0};

  private:
    uint64_t m_held = 0;
};

/// The listener on a thread of its own.
class RunningListener {
  public:
    explicit RunningListener(const PageBounds& bounds = {}) {
        m_onThread.moveToThread(&m_thread);
        m_thread.start();
        on([&] {
            m_listener = std::make_unique<PageListener>(pages, bounds);
            pages.listener = m_listener.get();
            const auto problem = m_listener->open(QStringLiteral("127.0.0.1"), 0, {});
            m_port = problem ? 0 : m_listener->port();
        });
    }

    ~RunningListener() {
        on([&] { m_listener.reset(); });
        m_thread.quit();
        m_thread.wait();
    }

    template <typename Work>
    void on(Work work) {
        QMetaObject::invokeMethod(&m_onThread, work, Qt::BlockingQueuedConnection);
    }

    PageListener& listener() { return *m_listener; }

    uint16_t port() const { return m_port; }

    size_t connections() {
        size_t count = 0;
        on([&] { count = m_listener->connections(); });
        return count;
    }

    FakePages pages;

  private:
    QThread m_thread;
    QObject m_onThread;
    std::unique_ptr<PageListener> m_listener;
    uint16_t m_port = 0;
};

Response ask(const RunningListener& running, std::string_view target) {
    return getOnce(running.port(), target);
}

} // namespace

class TestPageListener : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void answersOnOneConnection() {
        RunningListener running;
        Client client(running.port());
        for (const char* page : {"/a", "/b?c", "/c"}) {
            const Response response = client.get(page);
            QCOMPARE(response.status, 200);
            QCOMPARE(response.body, std::string(page).substr(0, 2));
        }
        QCOMPARE(running.connections(), size_t(1));
    }

    void requestsSentAheadAreAnsweredInTurn() {
        RunningListener running;
        Client client(running.port());
        std::string all;
        for (int i = 0; i < 300; ++i)
            all += request("GET", "/" + std::to_string(i));
        QVERIFY(client.send(all));
        for (int i = 0; i < 300; ++i)
            QCOMPARE(client.read().body, "/" + std::to_string(i));
    }

    void aRequestMayComeInPieces() {
        RunningListener running;
        Client client(running.port());
        const std::string text = request("GET", "/a");
        for (const char& byte : text)
            QVERIFY(client.send(std::string_view(&byte, 1)));
        QCOMPARE(client.read().body, std::string("/a"));
    }

    void aResponseMayComeLater() {
        RunningListener running;
        Client client(running.port());
        QVERIFY(client.send(request("GET", "/held") + request("GET", "/next")));
        QVERIFY(waitUntil([&] { return running.pages.asks == 1; }));
        QCOMPARE(ask(running, "/other").body, std::string("/other")); // nobody else waits for it
        running.on([&] { running.pages.giveHeld(); });
        QCOMPARE(client.read().body, std::string("/held"));
        QCOMPARE(client.read().body, std::string("/next"));
    }

    void aResponseToWhoHasGone() {
        RunningListener running;
        Client client(running.port());
        QVERIFY(client.send(request("GET", "/held")));
        QVERIFY(waitUntil([&] { return running.pages.asks == 1; }));
        running.on([&] {
            running.listener().close();
            running.pages.giveHeld();
        });
        QVERIFY(client.expectEof());
        QCOMPARE(running.connections(), size_t(0));
    }

    /// As `printf ... | nc` does.
    void whoSendsNoMoreIsAnsweredAllTheSame() {
        RunningListener running;
        Client client(running.port());
        QVERIFY(client.send(request("GET", "/held")));
        client.shutdownWrite();
        QVERIFY(waitUntil([&] { return running.pages.asks == 1; }));
        running.on([&] { running.pages.giveHeld(); });
        QCOMPARE(client.read().body, std::string("/held"));
        QVERIFY(client.expectEof());
    }

    void closesAfter_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("valid");
        const auto row = [](const char* name, const std::string& bytes, bool valid) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << valid;
        };
        row("Connection: close", request("GET", "/a", "Host: a\r\nConnection: close\r\n"), true);
        row("HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", true);
        row("a request with a body", request("POST", "/a", "", "hello"), true);
        row("a body that does not end", "GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1", true);
        row("a malformed message", "GET  /a HTTP/1.1\r\n\r\n", false);
        row("no Host in HTTP/1.1", "GET /a HTTP/1.1\r\n\r\n", false);
        row("another protocol", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03 hello hello\r\n\r\n", false);
        row("too large a head", request("GET", "/a", "X: " + std::string(9000, 'x') + "\r\n"), false);
        row("too long a line", request("GET", "/" + std::string(9000, 'x')), false);
        std::string many;
        for (int i = 0; i < 100; ++i)
            many += "X: 1\r\n";
        row("too many fields", request("GET", "/a", many), false);
    }

    void closesAfter() {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, valid);
        RunningListener running;
        Client client(running.port());
        const Response response = client.exchange(bytes.toStdString());
        QCOMPARE(response.body, std::string(valid ? "/a" : "malformed"));
        QCOMPARE(response.field("Connection"), std::string("close"));
        QVERIFY(client.expectEof());
        client.close();
        QVERIFY(waitUntil([&] { return running.connections() == 0; }));
    }

    /// Whoever holds connections without using them keeps nobody else out.
    void thereIsAlwaysRoomForOneMore() {
        PageBounds bounds;
        bounds.connections = 4;
        RunningListener running(bounds);
        std::list<Client> idle;
        for (int i = 0; i < 4; ++i)
            idle.emplace_back(running.port());
        QVERIFY(waitUntil([&] { return running.connections() == 4; }));
        // One of them is in the middle of its second request.
        QVERIFY(idle.front().send(request("GET", "/a") + "GET /b HTTP/1.1\r\nHo"));
        QCOMPARE(idle.front().read().status, 200);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(ask(running, "/c").status, 200);
        QVERIFY(running.connections() <= 4);
        QVERIFY(idle.front().send("st: localhost\r\n\r\n"));
        QCOMPARE(idle.front().read().body, std::string("/b"));
        QVERIFY(std::next(idle.begin())->expectEof()); // the one that has been idle longest
    }

    void whoIsInTheMiddleMakesRoomWhenAllAre() {
        PageBounds bounds;
        bounds.connections = 3;
        RunningListener running(bounds);
        std::list<Client> slow;
        for (int i = 0; i < 3; ++i) {
            slow.emplace_back(running.port());
            QVERIFY(slow.back().send("GET /a"));
        }
        QVERIFY(waitUntil([&] { return running.connections() == 3; }));
        QCOMPARE(ask(running, "/b").status, 200);
        QVERIFY(running.connections() <= 3);
    }

    void slowClientsAreCut_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no request") << QByteArray();
        QTest::newRow("half a request") << QByteArray("GET /a HTTP/1.1\r\nHost: loc");
        QTest::newRow("no end to be seen")
            << QByteArray("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
        QTest::newRow("a page that never comes") << QByteArray("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    void slowClientsAreCut() {
        QFETCH(QByteArray, bytes);
        PageBounds bounds;
        bounds.idleTimeout = bounds.headTimeout = bounds.writeTimeout = bounds.lingerTimeout = 20ms;
        RunningListener running(bounds);
        Client client(running.port());
        client.send(bytes.toStdString());
        QVERIFY(client.stream().expectEnd());
        QVERIFY(waitUntil([&] { return running.connections() == 0; }));
    }

    void whoDoesNotReadIsCut() {
        PageBounds bounds;
        bounds.writeTimeout = 50ms;
        RunningListener running(bounds);
        running.pages.longText = std::string(64 << 20, 'x'); // more than the system's buffers take
        Client client(running.port());
        QVERIFY(client.send(request("GET", "/long")));
        QVERIFY(waitUntil([&] { return running.pages.asks == 1; }));
        QVERIFY(waitUntil([&] { return running.connections() == 0; }));
    }

    void aLongPageArrivesWhole() {
        RunningListener running;
        running.pages.longText = std::string(8 << 20, 'x');
        const Response response = ask(running, "/long");
        QVERIFY(response.complete);
        QVERIFY(response.body == running.pages.longText);
    }

    void endsWhatIsOpenWhenItCloses() {
        RunningListener running;
        Client idle(running.port());
        QCOMPARE(idle.get("/a").status, 200);
        running.on([&] { running.listener().close(); });
        QVERIFY(idle.expectEof());
        QVERIFY(!Client(running.port()).connected());
    }

    void endsWhatIsOpenWhenItGoes() {
        FakePages pages;
        auto listener = std::make_unique<PageListener>(pages);
        pages.listener = listener.get();
        QVERIFY(!listener->open(QStringLiteral("127.0.0.1"), 0, {}));
        Client client(listener->port());
        QVERIFY(client.send(request("GET", "/held")));
        QTRY_COMPARE(pages.asks.load(), 1);
        listener.reset();
        QVERIFY(client.expectEof());
    }

    void aPortInUseIsToldWithItsOwnerAndTheSettingsThatHelp() {
        RunningListener first;
        PageListener second(first.pages);
        const ListenWords words{QLatin1String("the.host"), QLatin1String("the.port"), QLatin1String("--the-port")};
        const auto problem = second.open(QStringLiteral("127.0.0.1"), first.port(), words);
        QVERIFY(problem);
        QVERIFY2(problem->contains(QString::number(QCoreApplication::applicationPid())), qPrintable(*problem));
        QVERIFY2(problem->contains(QLatin1String("--the-port or the.port")), qPrintable(*problem));
        const auto elsewhere = second.open(QStringLiteral("192.0.2.1"), 0, words);
        QVERIFY(elsewhere);
        QVERIFY2(elsewhere->contains(QLatin1String("the.host")), qPrintable(*elsewhere));
    }
};

QTEST_GUILESS_MAIN(TestPageListener)
#include "test_page_listener.moc"

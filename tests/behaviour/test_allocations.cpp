// SPDX-License-Identifier: MIT
#include "behaviour/allocation_count.h"
#include "behaviour/story.h"
#include "net/client_connection.h"

#include <QTest>

#include <sys/resource.h>

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// The engine on the test's own thread with a log that can be prepared. Requests need nothing of this thread.
class CountedEngine {
  public:
    CountedEngine(uint16_t origin, bool accessLog, bool limited = false, bool cached = false)
        : m_log([](std::string_view) {}, m_names) {
        config::Config config = configFor({origin});
        config.proxy.workers = 1;
        config.log.level = config::LogLevel::Info;
        config.log.access = accessLog;
        config.log.format = config::LogFormat::Text;
        config.rateLimiter.enabled = limited;
        config.rateLimiter.limit = 1'000'000;
        if (cached)
            config.cache = config::Cache{};
        // The log's batches go round between the worker and the writer. How many that takes depends on how soon the
        // writer has its turn, which is not what is counted: there are enough from the start.
        std::vector<std::unique_ptr<observe::LogBatch>> batches;
        for (int i = 0; i < 300; ++i)
            batches.push_back(m_log.emptyBatch());
        for (auto& batch : batches)
            m_log.submit(std::move(batch));
        m_engine = std::make_unique<Engine>(m_log, m_names, reactorUnderTest());
        if (const auto problem = m_engine->start(config))
            qWarning("the engine did not start: %s", qPrintable(*problem));
    }

    uint16_t port() const { return m_engine->port(); }

  private:
    NameTable m_names;
    observe::Log m_log;
    std::unique_ptr<Engine> m_engine;
};

/// What is left open counts as well, so that thousands of connections need thousands of descriptors.
void allowManyDescriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr const char* workerThreads = "worker-";

} // namespace

/// The design's section 5: no allocation per request on the hot path, and little for a connection that is idle.
class TestAllocations : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void initTestCase() {
        if (!canCountAllocations())
            QSKIP("the C library's allocator cannot be watched here");
        allowManyDescriptors();
    }

    void theCountCounts() {
        // What is held in volatile pointers cannot be optimised away.
        AllocationCount count("");
        int* volatile number = new int(1);
        void* volatile aligned = ::operator new(64, std::align_val_t(64));
        void* volatile raw = std::malloc(10);
        void* volatile zeroed = std::calloc(3, 10);
        count.stop();
        void* volatile uncounted = std::malloc(10);
        QCOMPARE(count.count(), uint64_t(4));
        QVERIFY(!count.places().empty());
        delete number;
        ::operator delete(aligned, std::align_val_t(64));
        for (void* const pointer : {raw, zeroed, uncounted})
            std::free(pointer);
        AllocationCount others("nobody");
        void* volatile unnoticed = std::malloc(10);
        std::free(unnoticed);
        QCOMPARE(others.count(), uint64_t(0));
    }

    void forwardingTakesNothingFromTheHeap_data() {
        QTest::addColumn<bool>("accessLog");
        QTest::addColumn<bool>("limited");
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("response");
        const QByteArray plain = "GET /a/b?c=d HTTP/1.1\r\nHost: test.example\r\n\r\n";
        const QByteArray browser =
            "GET /api/orders/17?expand=lines HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: Mozilla/5.0 (X11; "
            "Linux "
            "x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept: application/json, text/plain, */*\r\n"
            "Accept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nReferer: "
            "http://localhost:8080/orders\r\nConnection: keep-alive\r\nCookie: "
            "session=0123456789abcdef0123456789abcdef; "
            "theme=dark\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
            "Priority: u=0\r\n\r\n";
        const QByteArray post =
            "POST /form HTTP/1.1\r\nHost: test.example\r\nContent-Length: 11\r\n\r\nhello=world";
        const QByteArray small = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
        const QByteArray large = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + QByteArray(100'000, 'x');
        const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        QTest::newRow("a plain GET, access log off") << false << false << plain << small;
        QTest::newRow("a plain GET, access log on") << true << false << plain << small;
        QTest::newRow("a browser's GET, access log on") << true << false << browser << small;
        QTest::newRow("a POST, access log on") << true << false << post << small;
        QTest::newRow("100 KB, access log on") << true << false << plain << large;
        QTest::newRow("chunks, access log on") << true << false << plain << chunked;
        QTest::newRow("a plain GET, access log on, limited") << true << true << plain << small;
    }

    void forwardingTakesNothingFromTheHeap() {
        QFETCH(bool, accessLog);
        QFETCH(bool, limited);
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, response);
        Origin origin(rawAndStay(response.toStdString()), {.record = false});
        CountedEngine proxy(origin.port(), accessLog, limited);
        Client client(proxy.port());
        const auto requests = [&](int count) {
            for (int i = 0; i < count; ++i) {
                const Response received = client.exchange(request.toStdString());
                if (received.status != 200 || !received.complete)
                    return false;
            }
            return true;
        };
        // Long enough for every buffer, batch and table to have grown, and for a tick of the clock to have passed.
        AllocationCount warmingUp(workerThreads);
        QVERIFY(requests(500));
        warmingUp.stop();
        QVERIFY(warmingUp.count() > 0); // it is the worker that is watched
        AllocationCount count(workerThreads);
        QVERIFY(requests(1000));
        count.stop();
        QVERIFY2(count.count() == 0,
                 (std::to_string(count.count()) + " allocations in 1,000 requests:" + count.places()).c_str());
        QCOMPARE(origin.connectionsTotal(), size_t(1));
    }

    void answeringFromTheCacheTakesNothingFromTheHeap_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        const QByteArray start = " /a/b?c=d HTTP/1.1\r\nHost: test.example\r\n";
        QTest::newRow("a hit") << "GET" + start + "\r\n" << 200;
        QTest::newRow("a browser's") << "GET" + start +
                                            "Accept: application/json, text/plain, */*\r\nAccept-Language: "
                                            "en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
                                            "Cookie: session=0123456789abcdef\r\nCache-Control: max-age=0\r\n\r\n"
                                     << 200;
        QTest::newRow("HEAD") << "HEAD" + start + "\r\n" << 200;
        QTest::newRow("not modified, by tag") << "GET" + start + "If-None-Match: \"other\", \"tag\"\r\n\r\n" << 304;
        QTest::newRow("not modified, by date")
            << "GET" + start + "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
            << 304;
        QTest::newRow("a range") << "GET" + start + "Range: bytes=100-199\r\n\r\n" << 206;
    }

    void answeringFromTheCacheTakesNothingFromTheHeap() {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        const std::string body(1024, 'x');
        Origin origin(
            rawAndStay("HTTP/1.1 200 OK\r\nContent-Length: 1024\r\nContent-Type: text/plain\r\nETag: "
                       "\"tag\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nVary: Accept-Encoding, "
                       "Accept-Language\r\nCache-Control: max-age=3600, immutable\r\n\r\n" +
                       body),
            {.record = false});
        CountedEngine proxy(origin.port(), true, false, true);
        Client client(proxy.port());
        // What is asked for first is whole, so that it can be stored.
        std::string whole = request.toStdString();
        whole.replace(0, whole.find(' '), "GET");
        for (const std::string_view condition : {"If-", "Range"}) {
            if (const size_t at = whole.find(condition); at != std::string::npos)
                whole.erase(at, whole.find("\r\n", at) + 2 - at);
        }
        QCOMPARE(client.exchange(whole).status, 200);
        const std::string method = request.left(request.indexOf(' ')).toStdString();
        const auto requests = [&](int count) {
            for (int i = 0; i < count; ++i) {
                const Response received = client.exchange(request.toStdString(), method);
                if (received.status != status || !received.complete)
                    return false;
            }
            return true;
        };
        AllocationCount warmingUp(workerThreads);
        QVERIFY(requests(500));
        warmingUp.stop();
        AllocationCount count(workerThreads);
        QVERIFY(requests(1000));
        count.stop();
        QVERIFY2(count.count() == 0,
                 (std::to_string(count.count()) + " allocations in 1,000 hits:" + count.places()).c_str());
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    /// All that its connections take together, wherever it is taken.
    void anIdleConnectionHoldsLittle() {
        Origin origin(answer("hello"), {.record = false});
        CountedEngine proxy(origin.port(), true);
        constexpr int connections = 400;
        const std::string head = request("GET", "/");
        std::vector<int> sockets;
        const auto open = [&] {
            Stream stream = Stream::connectTo(proxy.port());
            stream.write(head);
            const auto answered = stream.readThrough("hello");
            sockets.push_back(::dup(stream.descriptor())); // the stream's own memory must not count
            return answered.has_value();
        };
        sockets.reserve(connections + 50);
        for (int i = 0; i < 50; ++i)
            QVERIFY(open());
        const int64_t before = bytesAllocated();
        for (int i = 0; i < connections; ++i)
            QVERIFY(open());
        const int64_t each = (bytesAllocated() - before) / connections;
        for (const int socket : sockets)
            ::close(socket);
        qInfo("%lld bytes for each idle connection", static_cast<long long>(each));
        QVERIFY2(each <= 2048, (std::to_string(each) + " bytes for each idle connection").c_str());
        QVERIFY2(each >= 100, "the count does not see the connections");
    }

    void aConnectionIsSmall() {
        QVERIFY2(sizeof(net::ClientConnection) < 1024, std::to_string(sizeof(net::ClientConnection)).c_str());
    }
};

QTEST_GUILESS_MAIN(TestAllocations)
#include "test_allocations.moc"

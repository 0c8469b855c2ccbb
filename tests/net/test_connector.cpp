// SPDX-License-Identifier: MIT
#include "net/connector.h"
#include "support/loopback_port.h"

#include <QTest>

#include <memory>
#include <sys/resource.h>
#include <unistd.h>

using namespace reverxy;
using namespace reverxy::net;
using namespace reverxy::test;
using namespace std::chrono_literals;

namespace {

/// A worker's parts as far as connecting needs them, on the test's thread.
class Place final : public Connector::Owner {
  public:
    Place(std::string host, uint16_t port) : waiting(0) {
        backend.state = std::make_shared<proxy::BackendState>(std::move(host), port);
    }

    void connectorEnded(bool connected) override {
        ++told;
        result = connected ? Connector::Result::Connected : Connector::Result::Failed;
    }

    Connector::Result start(Duration timeout = 20s) {
        begun = std::chrono::steady_clock::now();
        loop.asBatch([&] { result = connector.start(backend, timeout); });
        return result;
    }

    Duration elapsed() const { return std::chrono::steady_clock::now() - begun; }

    /// The address that was connected to; "" when there is no connection.
    std::string reached() {
        connection = connector.takeConnection();
        return connection ? connection->endpoint().address.toString() : "";
    }

    bool detailsName(std::string_view text) const { return connector.details().find(text) != std::string::npos; }

    Loop loop{makePortableReactor()};
    WaitingTable waiting;
    WorkerBackend backend;
    Connector connector{loop, waiting, *this};
    std::unique_ptr<UpstreamConnection> connection;
    Connector::Result result = Connector::Result::Pending;
    int told = 0;
    TimePoint begun{};
};

class Listening {
  public:
    Listening(const LoopbackPort& port, Family family) : m_socket(port.listen(family)) {}

    ~Listening() { ::close(m_socket); }

    bool open() const { return m_socket >= 0; }

  private:
    int m_socket;
};

/// A socket with a full queue on both families or one: it neither takes nor refuses.
class Silent {
  public:
    Silent(const LoopbackPort& port, Family family) : m_listener(port.listen(family, 0)) {
        const LoopbackAddress address(family, port.number());
        for (int& filling : m_filling) {
            filling = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
            [[maybe_unused]] const int result = ::connect(filling, address.raw(), address.size());
        }
    }

    ~Silent() {
        ::close(m_listener);
        for (const int filling : m_filling)
            ::close(filling);
    }

  private:
    int m_listener;
    int m_filling[3] = {-1, -1, -1};
};

} // namespace

class TestConnector : public QObject {
    Q_OBJECT

    static void families() {
        QTest::addColumn<bool>("v6");
        QTest::newRow("IPv4") << false;
        QTest::newRow("IPv6") << true;
    }

  private Q_SLOTS:

    void init() {
        if (!hasIpv6())
            QSKIP("this machine has no ::1");
    }

    void anAddressIsConnectedTo_data() { families(); }

    void anAddressIsConnectedTo() {
        QFETCH(bool, v6);
        LoopbackPort port;
        const Listening listening(port, v6 ? Family::V6 : Family::V4);
        QVERIFY(listening.open());
        const std::string address = v6 ? "::1" : "127.0.0.1";
        Place place(address, port.number());
        if (place.start() == Connector::Result::Pending)
            QTRY_COMPARE(place.told, 1);
        QCOMPARE(place.result, Connector::Result::Connected);
        QCOMPARE(place.reached(), address);
        QVERIFY(place.connection->connected());
        QVERIFY(place.connection->quietAndOpen());
    }

    /// A development server that listens on one family only is found under `localhost` all the same, and the next
    /// connection does not try the other family first.
    void localhostIsFoundOnEitherFamily_data() { families(); }

    void localhostIsFoundOnEitherFamily() {
        QFETCH(bool, v6);
        LoopbackPort port;
        const Listening listening(port, v6 ? Family::V6 : Family::V4);
        QVERIFY(listening.open());
        Place place("localhost", port.number());
        for (int i = 0; i < 3; ++i) {
            place.told = 0;
            if (place.start() == Connector::Result::Pending)
                QTRY_COMPARE(place.told, 1);
            QCOMPARE(place.result, Connector::Result::Connected);
            QCOMPARE(place.reached(), std::string(v6 ? "::1" : "127.0.0.1"));
            QCOMPARE(place.connection->addressIndex(), v6 ? 0u : 1u);
            QCOMPARE(place.backend.state->preferredAddress.load(), v6 ? 0u : 1u);
        }
    }

    void refusedByAllSaysSo_data() {
        QTest::addColumn<QString>("host");
        QTest::newRow("one address") << "127.0.0.1";
        QTest::newRow("both families") << "localhost";
    }

    void refusedByAllSaysSo() {
        QFETCH(QString, host);
        LoopbackPort port; // held, and nobody listens
        Place place(host.toStdString(), port.number());
        if (place.start() == Connector::Result::Pending)
            QTRY_COMPARE(place.told, 1);
        QCOMPARE(place.result, Connector::Result::Failed);
        QCOMPARE(place.connector.failure(), Failure::ConnectRefused);
        QVERIFY(place.detailsName("127.0.0.1:" + std::to_string(port.number())));
        QVERIFY(place.backend.state->refreshWanted);
        QVERIFY(place.reached().empty());
    }

    void aLackOfDescriptorsIsNotTheBackendsFault() {
        const LoopbackPort port;
        Place place("localhost", port.number());
        const int lowestFree = ::dup(0);
        ::close(lowestFree);
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        const rlim_t before = limit.rlim_cur;
        limit.rlim_cur = static_cast<rlim_t>(lowestFree);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        const auto result = place.start();
        limit.rlim_cur = before;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        QVERIFY(result == Connector::Result::Failed);
        QVERIFY(place.connector.localFault());
        place.start(); // nobody listens: that is the backend's own
        QVERIFY(QTest::qWaitFor([&] { return place.result == Connector::Result::Failed; }));
        QVERIFY(!place.connector.localFault());
    }

    void silenceEndsAtTheTimeout() {
        LoopbackPort port;
        const Silent silent(port, Family::V4);
        Place place("127.0.0.1", port.number());
        QCOMPARE(place.start(300ms), Connector::Result::Pending);
        QTRY_COMPARE(place.told, 1);
        QVERIFY(place.elapsed() >= 300ms);
        QCOMPARE(place.result, Connector::Result::Failed);
        QCOMPARE(place.connector.failure(), Failure::ConnectTimeout);
        QVERIFY(place.detailsName("127.0.0.1"));
    }

    /// RFC 8305 section 5: the next address has its turn after 250 ms, and the first one that stands wins.
    void theOtherFamilyHasItsTurnWhileTheFirstIsSilent() {
        LoopbackPort port;
        const Silent silent(port, Family::V6);
        const Listening listening(port, Family::V4);
        QVERIFY(listening.open());
        Place place("localhost", port.number());
        QCOMPARE(place.start(), Connector::Result::Pending);
        QTRY_COMPARE(place.told, 1);
        QVERIFY(place.elapsed() >= 250ms);
        QVERIFY(place.elapsed() < 10s); // long before the timeout
        QCOMPARE(place.result, Connector::Result::Connected);
        QCOMPARE(place.reached(), std::string("127.0.0.1"));
    }

    void theTimeoutIsForAllAddressesTogether() {
        LoopbackPort port;
        const Silent one(port, Family::V6);
        const Silent other(port, Family::V4);
        Place place("localhost", port.number());
        QCOMPARE(place.start(400ms), Connector::Result::Pending);
        QTRY_COMPARE(place.told, 1);
        QVERIFY(place.elapsed() >= 400ms);
        QCOMPARE(place.connector.failure(), Failure::ConnectTimeout);
        QTest::qWait(300);
        QCOMPARE(place.told, 1);
    }

    void whoIsAbandonedTellsNothing() {
        LoopbackPort port;
        const Silent silent(port, Family::V4);
        Place place("127.0.0.1", port.number());
        QCOMPARE(place.start(100ms), Connector::Result::Pending);
        place.connector.abandon();
        QTest::qWait(250);
        QCOMPARE(place.told, 0);
    }

    void aConnectorCanBeUsedAgain() {
        LoopbackPort port;
        Place place("127.0.0.1", port.number());
        if (place.start() == Connector::Result::Pending)
            QTRY_COMPARE(place.told, 1);
        QCOMPARE(place.result, Connector::Result::Failed);
        const Listening listening(port, Family::V4);
        QVERIFY(listening.open());
        place.told = 0;
        if (place.start() == Connector::Result::Pending)
            QTRY_COMPARE(place.told, 1);
        QCOMPARE(place.result, Connector::Result::Connected);
        QVERIFY(place.connector.details().empty());
    }

    // Names.

    void aNameIsWaitedFor() {
        LoopbackPort port;
        const Listening listening(port, Family::V4);
        QVERIFY(listening.open());
        Place place("backend.invalid", port.number());
        proxy::BackendState& state = *place.backend.state;
        QVERIFY(state.needsResolving());
        QCOMPARE(place.start(), Connector::Result::Pending);
        const auto waiters = state.resolveWaiters.takeAll();
        QCOMPARE(waiters.size(), size_t(1));
        state.setAddresses({IpAddress::v4({127, 0, 0, 1})});
        Waits* const who = place.waiting.take(waiters[0].token);
        QVERIFY(who);
        who->wokenByName();
        QTRY_COMPARE(place.told, 1);
        QCOMPARE(place.result, Connector::Result::Connected);
    }

    void aNameThatDoesNotResolveFailsAtOnce() {
        Place place("backend.invalid", 80);
        place.backend.state->resolvingFailed = true;
        QCOMPARE(place.start(), Connector::Result::Failed);
        QCOMPARE(place.connector.failure(), Failure::DnsError);
        QVERIFY(place.detailsName("backend.invalid"));
        QVERIFY(place.backend.state->refreshWanted);
        QVERIFY(place.backend.state->resolveWaiters.empty());
    }

    void aNameThatTurnsOutNotToResolveFails() {
        Place place("backend.invalid", 80);
        QCOMPARE(place.start(), Connector::Result::Pending);
        const auto waiters = place.backend.state->resolveWaiters.takeAll();
        QCOMPARE(waiters.size(), size_t(1));
        place.backend.state->resolvingFailed = true;
        place.waiting.take(waiters[0].token)->wokenByName();
        QCOMPARE(place.told, 1);
        QCOMPARE(place.result, Connector::Result::Failed);
        QCOMPARE(place.connector.failure(), Failure::DnsError);
    }

    void aNameIsWaitedForNoLongerThanTheTimeout() {
        Place place("backend.invalid", 80);
        QCOMPARE(place.start(100ms), Connector::Result::Pending);
        QTRY_COMPARE(place.told, 1);
        QVERIFY(place.elapsed() >= 100ms);
        QCOMPARE(place.connector.failure(), Failure::DnsError);
        QVERIFY(place.backend.state->resolveWaiters.empty());
    }

    void whoIsAbandonedDoesNotWaitForANameAnyMore() {
        Place place("backend.invalid", 80);
        QCOMPARE(place.start(), Connector::Result::Pending);
        QCOMPARE(place.backend.state->resolveWaiters.size(), size_t(1));
        place.connector.abandon();
        QVERIFY(place.backend.state->resolveWaiters.empty());
    }
};

QTEST_GUILESS_MAIN(TestConnector)
#include "test_connector.moc"

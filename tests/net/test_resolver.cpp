// SPDX-License-Identifier: MIT
#include "net/resolver.h"

#include <QHostInfo>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

using namespace reverxy;
using namespace reverxy::net;
using namespace std::chrono_literals;

namespace {

// How long a resolver may take to find out that nobody answers it.
constexpr int patience = 60'000;

/// A name that no resolver knows (RFC 6761 section 6.4).
constexpr const char* unknown = "backend.invalid";

/// Looks nothing up: keeps who asked, until the test answers.
struct ScriptedNames {
    LookUp lookUp() {
        return [this](const std::string& host, std::function<void(LookUpAnswer)> done) {
            hosts.push_back(host);
            asked.push_back(std::move(done));
        };
    }

    void answer(std::vector<IpAddress> addresses) {
        const auto done = std::move(asked.back());
        asked.pop_back();
        done({std::move(addresses), "nobody knows it"});
    }

    std::vector<std::string> hosts;
    std::vector<std::function<void(LookUpAnswer)>> asked;
};

/// The engine's side of name resolution, with a log that can be read.
struct Place {
    explicit Place(LookUp how = lookUpBySystem) : lookUp(std::move(how)) {}

    /// Lines of the log that hold `text`.
    int linesWith(const std::string& text) {
        log.flush();
        const std::lock_guard lock(mutex);
        int lines = 0;
        for (size_t at = written.find(text); at != std::string::npos; at = written.find(text, at + 1))
            ++lines;
        return lines;
    }

    NameTable names;
    std::mutex mutex;
    std::string written;
    observe::Log log{[this](std::string_view bytes) {
                         const std::lock_guard lock(mutex);
                         written += bytes;
                     },
                     names};
    proxy::SharedState shared;
    Switchboard switchboard{2, shared.seed()};
    LookUp lookUp;
    Resolver resolver{shared, switchboard, log, lookUp};
};

} // namespace

class TestResolver : public QObject {
    Q_OBJECT

    /// A time that the resolver's own timer never comes to: what happens is what the test says.
    static TimePoint later() { return std::chrono::steady_clock::now() + 24h; }

    static std::string addressOf(const proxy::BackendState& backend) {
        const auto known = backend.addresses();
        return known && known->addresses.size() == 1 ? known->addresses[0].toString() : "";
    }

  private Q_SLOTS:

    void whatNeedsNoLookUpIsKnownAtOnce_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QStringList>("addresses");
        // RFC 6761 section 6.3, and IPv6 first as RFC 8305 section 4 has it.
        QTest::newRow("localhost") << "localhost"
                                   << QStringList{QStringLiteral("::1"), QStringLiteral("127.0.0.1")};
        QTest::newRow("IPv4") << "192.0.2.7" << QStringList{QStringLiteral("192.0.2.7")};
        QTest::newRow("IPv6") << "2001:db8::7" << QStringList{QStringLiteral("2001:db8::7")};
    }

    void whatNeedsNoLookUpIsKnownAtOnce() {
        QFETCH(QString, host);
        QFETCH(QStringList, addresses);
        Place place;
        const auto backend = place.shared.backend(host.toStdString(), 80);
        QVERIFY(!backend->needsResolving());
        QVERIFY(backend->addresses());
        QStringList known;
        for (const IpAddress& address : backend->addresses()->addresses)
            known.append(QString::fromStdString(address.toString()));
        QCOMPARE(known, addresses);
    }

    void aNameIsLookedUp() {
        const QHostInfo expected = QHostInfo::fromName(QHostInfo::localHostName());
        if (expected.addresses().isEmpty())
            QSKIP("this machine does not know its own name");
        Place place;
        const auto backend = place.shared.backend(QHostInfo::localHostName().toStdString(), 80);
        if (!backend->needsResolving())
            QSKIP("this machine has no name of its own");
        place.resolver.refreshNew(std::chrono::steady_clock::now());
        QTRY_VERIFY_WITH_TIMEOUT(backend->addresses(), patience);
        const auto& addresses = backend->addresses()->addresses;
        QCOMPARE(addresses.size(), size_t(expected.addresses().size()));
        QVERIFY(std::is_partitioned(addresses.begin(), addresses.end(),
                                    [](const IpAddress& address) { return address.isV6(); }));
        QVERIFY(!backend->resolvingFailed);
        QCOMPARE(place.linesWith("does not resolve"), 0);
    }

    void aNameThatDoesNotResolveIsToldOnceAndToWhoWaits() {
        Place place;
        const auto backend = place.shared.backend(unknown, 80);
        QVERIFY(backend->needsResolving());
        QVERIFY(backend->resolveWaiters.add({1, 17}, 10));
        place.resolver.refreshNew(std::chrono::steady_clock::now());
        QTRY_VERIFY_WITH_TIMEOUT(backend->resolvingFailed, patience);
        QVERIFY(!backend->addresses());
        QCOMPARE(place.linesWith(unknown), 1);
        QCOMPARE(place.linesWith("requests for it fail until it does"), 1);

        std::vector<Message> messages;
        place.switchboard.worker(1).mailbox.takeAll(messages);
        QCOMPARE(messages.size(), size_t(1));
        QVERIFY(std::holds_alternative<NameResolved>(messages[0]));
        QCOMPARE(std::get<NameResolved>(messages[0]).token, uint64_t(17));
        QVERIFY(backend->resolveWaiters.empty());

        // A failed connection asks for another look, soon; the log does not hear of it again.
        QVERIFY(backend->resolveWaiters.add({0, 18}, 10));
        backend->refreshWanted = true;
        QTRY_VERIFY_WITH_TIMEOUT(!backend->refreshWanted, patience);
        QTRY_VERIFY_WITH_TIMEOUT(backend->resolveWaiters.empty(), patience);
        QCOMPARE(place.linesWith(unknown), 1);
    }

    void theLastGoodAnswerIsKept() {
        Place place;
        const auto backend = place.shared.backend(unknown, 80);
        backend->setAddresses({IpAddress::v4({192, 0, 2, 7})});
        QVERIFY(backend->resolveWaiters.add({0, 1}, 10));
        place.resolver.refreshNew(std::chrono::steady_clock::now());
        QTRY_VERIFY_WITH_TIMEOUT(backend->resolveWaiters.empty(), patience);
        QVERIFY(!backend->resolvingFailed);
        QCOMPARE(backend->addresses()->addresses.size(), size_t(1));
        QCOMPARE(backend->addresses()->addresses[0].toString(), std::string("192.0.2.7"));
        QCOMPARE(place.linesWith("last known addresses are used"), 1);
    }

    void aNameIsLookedUpAnewEvery30Seconds() {
        ScriptedNames names;
        Place place(names.lookUp());
        const auto backend = place.shared.backend("orders.test", 80);
        const TimePoint start = later();
        place.resolver.refreshNew(start);
        QCOMPARE(names.hosts, std::vector<std::string>{"orders.test"});
        names.answer({IpAddress::v4({192, 0, 2, 7})});
        QCOMPARE(addressOf(*backend), std::string("192.0.2.7"));

        place.resolver.check(start + 30s - 1ms);
        QCOMPARE(names.hosts.size(), size_t(1));
        place.resolver.check(start + 30s);
        QCOMPARE(names.hosts.size(), size_t(2));
        place.resolver.check(start + 70s); // the answer is owed: nobody asks twice
        QCOMPARE(names.hosts.size(), size_t(2));
        names.answer({IpAddress::v4({192, 0, 2, 8})}); // it has moved
        QCOMPARE(addressOf(*backend), std::string("192.0.2.8"));

        place.resolver.check(start + 70s); // counted from the question on
        QCOMPARE(names.hosts.size(), size_t(3));
        names.answer({}); // the last good answer is kept
        QCOMPARE(addressOf(*backend), std::string("192.0.2.8"));
        QVERIFY(!backend->resolvingFailed);
        QCOMPARE(place.linesWith("(nobody knows it); its last known addresses are used"), 1);
        place.resolver.check(start + 100s); // and asked for again in its time
        QCOMPARE(names.hosts.size(), size_t(4));
    }

    void aFailedConnectionHasItLookedUpSooner() {
        ScriptedNames names;
        Place place(names.lookUp());
        const auto backend = place.shared.backend("orders.test", 80);
        const TimePoint start = later();
        place.resolver.refreshNew(start);
        names.answer({IpAddress::v4({192, 0, 2, 7})});
        backend->refreshWanted = true;
        place.resolver.check(start + 1s - 1ms); // however many fail
        QCOMPARE(names.hosts.size(), size_t(1));
        place.resolver.check(start + 1s);
        QCOMPARE(names.hosts.size(), size_t(2));
        QVERIFY(!backend->refreshWanted);
        names.answer({IpAddress::v4({192, 0, 2, 7})});
        place.resolver.check(start + 10s);
        QCOMPARE(names.hosts.size(), size_t(2));
    }

    void aReloadLooksUpOnlyWhatIsNew() {
        ScriptedNames names;
        Place place(names.lookUp());
        const auto orders = place.shared.backend("orders.test", 80);
        const auto literal = place.shared.backend("192.0.2.9", 80);
        const TimePoint start = later();
        place.resolver.refreshNew(start);
        names.answer({IpAddress::v4({192, 0, 2, 7})});
        const auto carts = place.shared.backend("carts.test", 80);
        place.resolver.refreshNew(start + 20s);
        QCOMPARE(names.hosts, (std::vector<std::string>{"orders.test", "carts.test"}));
        names.answer({IpAddress::v4({192, 0, 2, 8})});
        place.resolver.check(start + 30s); // each at its own time
        QCOMPARE(names.hosts, (std::vector<std::string>{"orders.test", "carts.test", "orders.test"}));
    }

    void nothingIsLookedUpBeforeItIsMet() {
        Place place;
        const auto backend = place.shared.backend(unknown, 80);
        backend->refreshWanted = true;
        QTest::qWait(100);
        QVERIFY(backend->refreshWanted);
    }

    void endingInMidLookUpIsHarmless() {
        auto place = std::make_unique<Place>();
        const auto backend = place->shared.backend(unknown, 80);
        place->resolver.refreshNew(std::chrono::steady_clock::now());
        place.reset();
        // Whoever looked it up lets go of it when the answer comes.
        QTRY_COMPARE_WITH_TIMEOUT(backend.use_count(), 1L, patience);
        QVERIFY(!backend->addresses());
    }
};

QTEST_GUILESS_MAIN(TestResolver)
#include "test_resolver.moc"

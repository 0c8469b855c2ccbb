// SPDX-License-Identifier: MIT
#include "net/resolver.h"

#include <QHostInfo>
#include <QTest>

#include <algorithm>
#include <mutex>
#include <string>

using namespace reverxy;
using namespace reverxy::net;

namespace {

// How long a resolver may take to find out that nobody answers it.
constexpr int patience = 60'000;

/// A name that no resolver knows (RFC 6761 section 6.4).
constexpr const char* unknown = "backend.invalid";

/// The engine's side of name resolution, with a log that can be read.
struct Place {
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
    Resolver resolver{shared, switchboard, log};
};

} // namespace

class TestResolver : public QObject {
    Q_OBJECT
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
        place.resolver.refreshNew();
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
        place.resolver.refreshNew();
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
        place.resolver.refreshNew();
        QTRY_VERIFY_WITH_TIMEOUT(backend->resolveWaiters.empty(), patience);
        QVERIFY(!backend->resolvingFailed);
        QCOMPARE(backend->addresses()->addresses.size(), size_t(1));
        QCOMPARE(backend->addresses()->addresses[0].toString(), std::string("192.0.2.7"));
        QCOMPARE(place.linesWith("last known addresses are used"), 1);
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
        place->resolver.refreshNew();
        place.reset();
        // Whoever looked it up lets go of it when the answer comes.
        QTRY_COMPARE_WITH_TIMEOUT(backend.use_count(), 1L, patience);
        QVERIFY(!backend->addresses());
    }
};

QTEST_GUILESS_MAIN(TestResolver)
#include "test_resolver.moc"

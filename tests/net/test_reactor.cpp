// SPDX-License-Identifier: MIT
#include "net/epoll_thread.h"
#include "net/reactor.h"
#include "net/socket.h"
#include "net/socket_pair.h"

#include <QTest>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::net;
using reverxy::test::SocketPair;

using MakeReactor = std::unique_ptr<Reactor> (*)();
Q_DECLARE_METATYPE(MakeReactor)

namespace {

/// A descriptor that notes down what it is told.
class Watched final : public Pollable {
  public:
    explicit Watched(Reactor& reactor, int descriptor) : m_reactor(reactor) { m_descriptor = descriptor; }

    ~Watched() override { m_reactor.remove(*this); }

    int readable = 0;
    int writable = 0;
    std::function<void()> onReport = [] {};

    /// Reads as the contract asks: until it would block, or less came than there was room for and no end was told.
    /// Then waits for the next report.
    void readAll() {
        for (;;) {
            char bytes[8];
            const IoResult result = receive(m_descriptor, bytes, sizeof bytes);
            if (result.kind == IoResult::Kind::Bytes) {
                received.append(bytes, result.count);
                if (result.count == sizeof bytes || m_endTold)
                    continue;
            } else if (result.kind != IoResult::Kind::WouldBlock) {
                ended = true;
                return;
            }
            m_reactor.awaitRead(*this);
            return;
        }
    }

    std::string received;
    bool ended = false;

  private:
    void onReady(Readiness readiness) override {
        readable += readiness.readable;
        writable += readiness.writable;
        m_endTold = m_endTold || readiness.ended;
        onReport();
    }

    Reactor& m_reactor;
    bool m_endTold = false;
};

/// Long enough for a report that must not come; whoever waits for one that must come does so with QTRY.
void letTimePass() {
    QTest::qWait(50);
}

} // namespace

/// What every owner of a descriptor relies on, with both reactors.
class TestReactor : public QObject {
    Q_OBJECT

    void reactors() {
        QTest::addColumn<MakeReactor>("make");
        if (makeEpollReactor())
            QTest::newRow("epoll") << &makeEpollReactor;
        QTest::newRow("portable") << &makePortableReactor;
    }

    std::unique_ptr<Reactor> reactor() {
        QFETCH(MakeReactor, make);
        return make();
    }

  public:
    static void initMain() { reverxy::test::useDispatcherAsked(); }

  private Q_SLOTS:

    void aFreshSocketIsWritable_data() { reactors(); }

    void aFreshSocketIsWritable() {
        const auto reactor = this->reactor();
        SocketPair sockets;
        Watched watched(*reactor, sockets.near());
        QVERIFY(reactor->add(watched));
        QTRY_COMPARE(watched.writable, 1);
        letTimePass();
        QCOMPARE(watched.writable, 1); // once a change, not as long as it is so
        QCOMPARE(watched.readable, 0);
    }

    void whatCameBeforeAddingIsTold_data() { reactors(); }

    void whatCameBeforeAddingIsTold() {
        const auto reactor = this->reactor();
        SocketPair sockets;
        QVERIFY(sockets.write("early"));
        Watched watched(*reactor, sockets.near());
        QVERIFY(reactor->add(watched));
        QTRY_VERIFY(watched.readable > 0);
    }

    void readableIsToldOncePerChange_data() { reactors(); }

    void readableIsToldOncePerChange() {
        const auto reactor = this->reactor();
        SocketPair sockets;
        Watched watched(*reactor, sockets.near());
        QVERIFY(reactor->add(watched));
        QTRY_COMPARE(watched.writable, 1);
        QVERIFY(sockets.write("a"));
        QTRY_COMPARE(watched.readable, 1);
        letTimePass();
        QCOMPARE(watched.readable, 1); // although nothing was read
        watched.readAll();
        QCOMPARE(watched.received, std::string("a"));
        letTimePass();
        QCOMPARE(watched.readable, 1);
        QVERIFY(sockets.write("b"));
        QTRY_COMPARE(watched.readable, 2);
    }

    void nothingIsLostBetweenReadingAndAwaiting_data() { reactors(); }

    void nothingIsLostBetweenReadingAndAwaiting() {
        const auto reactor = this->reactor();
        SocketPair sockets;
        Watched watched(*reactor, sockets.near());
        QVERIFY(reactor->add(watched));
        for (int round = 1; round <= 20; ++round) {
            QVERIFY(sockets.write("ab"));
            QTRY_COMPARE(watched.readable, 2 * round - 1);
            char bytes[8];
            QCOMPARE(receive(sockets.near(), bytes, sizeof bytes).count, size_t(2)); // less than there was room for
            QVERIFY(sockets.write("c"));                                             // comes at the worst moment
            reactor->awaitRead(watched);
            QTRY_COMPARE(watched.readable, 2 * round);
            watched.readAll();
        }
        QCOMPARE(watched.received, std::string(20, 'c'));
    }

    void writableIsToldOnceThereIsRoomAgain_data() { reactors(); }

    void writableIsToldOnceThereIsRoomAgain() {
        const auto reactor = this->reactor();
        SocketPair sockets;
        Watched watched(*reactor, sockets.near());
        QVERIFY(reactor->add(watched));
        QTRY_COMPARE(watched.writable, 1);
        const std::string bytes(1000, 'x');
        const std::string_view part = bytes;
        for (int round = 2; round < 10; ++round) {
            while (sendParts(sockets.near(), {&part, 1}).kind == IoResult::Kind::Bytes) {
            }
            reactor->awaitWrite(watched);
            letTimePass();
            QCOMPARE(watched.writable, round - 1);
            QVERIFY(!sockets.read().empty());
            QTRY_COMPARE(watched.writable, round);
        }
    }

    void theEndIsSeenBehindTheData_data() {
        QTest::addColumn<MakeReactor>("make");
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 7, 8, 9, 16, 1000}) {
            if (makeEpollReactor())
                QTest::addRow("epoll, %d bytes", size) << &makeEpollReactor << size;
            QTest::addRow("portable, %d bytes", size) << &makePortableReactor << size;
        }
    }

    void theEndIsSeenBehindTheData() {
        QFETCH(int, size);
        const auto reactor = this->reactor();
        for (const bool alreadyThere : {false, true}) {
            SocketPair sockets;
            Watched watched(*reactor, sockets.near());
            watched.onReport = [&] {
                if (watched.readable)
                    watched.readAll();
            };
            const std::string bytes(size_t(size), 'x');
            if (!alreadyThere) {
                QVERIFY(reactor->add(watched));
                QTRY_COMPARE(watched.writable, 1);
            }
            QVERIFY(sockets.write(bytes));
            sockets.closeFar();
            if (alreadyThere)
                QVERIFY(reactor->add(watched));
            QTRY_VERIFY(watched.ended);
            QCOMPARE(watched.received, bytes);
        }
    }

    void nothingIsToldAfterRemoval_data() { reactors(); }

    void nothingIsToldAfterRemoval() {
        const auto reactor = this->reactor();
        SocketPair sockets;
        Watched watched(*reactor, sockets.near());
        QVERIFY(reactor->add(watched));
        QVERIFY(sockets.write("a"));
        reactor->remove(watched);
        letTimePass();
        QCOMPARE(watched.readable + watched.writable, 0);
        reactor->remove(watched); // a second time does no harm
        reactor->awaitRead(watched);
        reactor->awaitWrite(watched);
        letTimePass();
        QCOMPARE(watched.readable + watched.writable, 0);
    }

    /// Whoever is told first removes all the others, which are ready as well.
    void removalWithinABatchHoldsForTheBatch_data() { reactors(); }

    void removalWithinABatchHoldsForTheBatch() {
        const auto reactor = this->reactor();
        std::vector<std::unique_ptr<SocketPair>> sockets;
        std::vector<std::unique_ptr<Watched>> watched;
        int reports = 0;
        for (int i = 0; i < 10; ++i) {
            sockets.push_back(std::make_unique<SocketPair>());
            watched.push_back(std::make_unique<Watched>(*reactor, sockets.back()->near()));
            watched.back()->onReport = [&] {
                ++reports;
                for (const auto& one : watched) // itself too
                    reactor->remove(*one);
            };
            QVERIFY(sockets.back()->write("a"));
            QVERIFY(reactor->add(*watched.back()));
        }
        QTRY_COMPARE(reports, 1);
        letTimePass();
        QCOMPARE(reports, 1);
    }

    /// The next connection gets the number of the one that was closed in the same batch.
    void aDescriptorsNumberMayBeUsedAgainAtOnce_data() { reactors(); }

    void aDescriptorsNumberMayBeUsedAgainAtOnce() {
        const auto reactor = this->reactor();
        auto first = std::make_unique<SocketPair>();
        const int number = first->near();
        Watched old(*reactor, number);
        std::unique_ptr<SocketPair> second;
        std::unique_ptr<Watched> renewed;
        old.onReport = [&] {
            if (renewed)
                return;
            reactor->remove(old);
            first.reset();
            second = std::make_unique<SocketPair>();
            renewed = std::make_unique<Watched>(*reactor, second->near());
            QVERIFY(reactor->add(*renewed));
            QVERIFY(second->write("new"));
        };
        QVERIFY(first->write("old"));
        QVERIFY(reactor->add(old));
        QTRY_VERIFY(renewed);
        const int before = old.readable + old.writable;
        QCOMPARE(second->near(), number);
        QTRY_VERIFY(renewed->readable > 0);
        letTimePass();
        QCOMPARE(old.readable + old.writable, before);
    }

    void whatIsClosedIsNotToldOf_data() { reactors(); }

    /// Not even where another process, just started, has a copy of the descriptor: the system reports that one's.
    void whatIsClosedIsNotToldOf() {
        const auto reactor = this->reactor();
        SocketPair sockets;
        const int taken = ::dup(sockets.near());
        const int copy = ::dup(taken);
        auto closed = std::make_unique<Watched>(*reactor, taken);
        int reports = 0;
        closed->onReport = [&] { ++reports; };
        QVERIFY(reactor->add(*closed));
        QTRY_COMPARE(reports, 1); // writable
        reactor->close(*closed);
        QVERIFY(::fcntl(taken, F_GETFD) < 0);
        QCOMPARE(closed->descriptor(), -1);
        SocketPair others;
        Watched next(*reactor, others.near()); // which has its place
        QVERIFY(reactor->add(next));
        QTRY_COMPARE(next.writable, 1);
        closed.reset();
        QVERIFY(sockets.write("late"));
        letTimePass();
        QCOMPARE(reports, 1);
        QCOMPARE(next.readable, 0);
        ::close(copy);
    }

    void addingWithinABatchIsTold_data() { reactors(); }

    void addingWithinABatchIsTold() {
        const auto reactor = this->reactor();
        SocketPair one;
        SocketPair other;
        Watched first(*reactor, one.near());
        Watched second(*reactor, other.near());
        bool added = false;
        first.onReport = [&] { added = added || reactor->add(second); };
        QVERIFY(other.write("x"));
        QVERIFY(reactor->add(first));
        QTRY_VERIFY(second.readable > 0);
    }

    void manyDescriptorsAreAllTold_data() { reactors(); }

    void manyDescriptorsAreAllTold() {
        const auto reactor = this->reactor();
        int begun = 0;
        int over = 0;
        reactor->onBatch([&] { ++begun; }, [&] { ++over; });
        std::vector<std::unique_ptr<SocketPair>> sockets;
        std::vector<std::unique_ptr<Watched>> watched;
        constexpr size_t count = 400; // more than one call for events brings
        size_t reported = 0;
        bool outside = false;
        for (size_t i = 0; i < count; ++i) {
            sockets.push_back(std::make_unique<SocketPair>());
            watched.push_back(std::make_unique<Watched>(*reactor, sockets.back()->near()));
            Watched& one = *watched.back();
            one.onReport = [&] {
                outside = outside || begun != over + 1;
                reported += one.readable == 1 && one.received.empty();
                one.readAll();
            };
            QVERIFY(reactor->add(one));
        }
        QTRY_VERIFY(
            std::all_of(watched.begin(), watched.end(), [](const auto& one) { return one->writable == 1; }));
        for (const auto& pair : sockets)
            QVERIFY(pair->write("abc"));
        QTRY_COMPARE(reported, count);
        for (const auto& one : watched)
            QCOMPARE(one->received, std::string("abc"));
        QVERIFY(!outside);
        QCOMPARE(begun, over);
    }

    void endingWithReportsDueIsHarmless_data() { reactors(); }

    void endingWithReportsDueIsHarmless() {
        auto reactor = this->reactor();
        SocketPair sockets;
        {
            Watched watched(*reactor, sockets.near());
            QVERIFY(reactor->add(watched));
            QVERIFY(sockets.write("a"));
        }
        reactor.reset();
        letTimePass();
    }
};

QTEST_GUILESS_MAIN(TestReactor)
#include "test_reactor.moc"

// SPDX-License-Identifier: MIT
#include "net/socket.h"
#include "net/socket_pair.h"
#include "support/loopback_port.h"

#include <QTest>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#if __has_include(<linux/sockios.h>)
#include <linux/sockios.h>
#endif

using namespace reverxy;
using namespace reverxy::net;
using namespace reverxy::test;

namespace {

Endpoint loopback(Family family, uint16_t port) {
    const auto address = IpAddress::parse(family == Family::V4 ? "127.0.0.1" : "::1");
    return {*address, port};
}

bool wait(int socket, short events) {
    pollfd waiting{socket, events, 0};
    return ::poll(&waiting, 1, 10'000) == 1;
}

/// Both ends of a TCP connection on loopback; the near end does not wait.
struct Connection {
    explicit Connection(Family family = Family::V4) {
        LoopbackPort port;
        const int listener = port.listen(family);
        const ConnectAttempt attempt = beginConnect(loopback(family, port.number()));
        near = attempt.socket;
        far = ::accept(listener, nullptr, nullptr);
        ::close(listener);
        wait(near, POLLOUT);
    }

    ~Connection() {
        if (near >= 0)
            closeSocket(near);
        if (far >= 0)
            closeSocket(far);
    }

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    int near = -1;
    int far = -1;
};

int option(int socket, int level, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    ::getsockopt(socket, level, name, &value, &size);
    return value;
}

#if defined(MSG_MORE) && defined(SIOCOUTQNSD)
int unsentBytes(int socket) {
    int count = -1;
    ::ioctl(socket, SIOCOUTQNSD, &count);
    return count;
}
#endif

#ifdef TCP_CONGESTION
std::string congestionControlOf(int socket) {
    std::array<char, 16> name{};
    socklen_t size = name.size();
    ::getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(), &size);
    return name.data();
}

bool mayUseReno() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const bool isDefault = congestionControlOf(socket) == "reno";
    const bool may = ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) == 0;
    ::close(socket);
    return may && !isDefault;
}
#endif

/// A listening socket as workers have it, and both ends of a connection that was accepted from it.
struct AcceptedConnection {
    explicit AcceptedConnection(Family family) : listener(port.listen(family)) {
        prepareListening(listener);
        attempt = beginConnect(loopback(family, port.number()));
        if (wait(listener, POLLIN))
            result = acceptFrom(listener);
    }

    ~AcceptedConnection() {
        for (const int socket : {listener, attempt.socket, result.socket.descriptor})
            ::close(socket);
    }

    AcceptedConnection(const AcceptedConnection&) = delete;
    AcceptedConnection& operator=(const AcceptedConnection&) = delete;

    LoopbackPort port;
    int listener;
    ConnectAttempt attempt;
    AcceptResult result;
};

} // namespace

class TestSocket : public QObject {
    Q_OBJECT

    static void families() {
        QTest::addColumn<bool>("v6");
        QTest::newRow("IPv4") << false;
        if (hasIpv6())
            QTest::newRow("IPv6") << true;
    }

  private Q_SLOTS:

    void connects_data() { families(); }

    void connects() {
        QFETCH(bool, v6);
        const Family family = v6 ? Family::V6 : Family::V4;
        Connection connection(family);
        QVERIFY(connection.near >= 0);
        QVERIFY(connection.far >= 0);
        QCOMPARE(connectError(connection.near), 0);
        QVERIFY(::fcntl(connection.near, F_GETFL) & O_NONBLOCK);
        QVERIFY(::fcntl(connection.near, F_GETFD) & FD_CLOEXEC);
        QVERIFY(option(connection.near, IPPROTO_TCP, TCP_NODELAY));
        QVERIFY(option(connection.near, SOL_SOCKET, SO_KEEPALIVE));
    }

    void acceptedSocketsComeReady_data() { families(); }

    /// All that a client's connection needs comes with the one call that accepts it.
    void acceptedSocketsComeReady() {
        QFETCH(bool, v6);
        const Family family = v6 ? Family::V6 : Family::V4;
        const AcceptedConnection connection(family);
        QVERIFY(connection.result.accepted());
        const int accepted = connection.result.socket.descriptor;
        QVERIFY(::fcntl(accepted, F_GETFL) & O_NONBLOCK);
        QVERIFY(::fcntl(accepted, F_GETFD) & FD_CLOEXEC);
        QVERIFY(option(accepted, IPPROTO_TCP, TCP_NODELAY));
        QVERIFY(option(accepted, SOL_SOCKET, SO_KEEPALIVE));
        QCOMPARE(connection.result.socket.peer.address.toString(), std::string(v6 ? "::1" : "127.0.0.1"));
        QCOMPARE(connection.result.socket.peer.port, portOf(connection.attempt.socket));
    }

#ifdef TCP_CONGESTION
    void loopbackUsesReno_data() {
        families();
    }

    /// Whatever the system would rather have, in both directions and without a call for each client.
    void loopbackUsesReno() {
        QFETCH(bool, v6);
        const Family family = v6 ? Family::V6 : Family::V4;
        if (!mayUseReno())
            QSKIP("this system does not let one use Reno, or nothing else");
        const AcceptedConnection connection(family);
        QVERIFY(connection.result.accepted());
        for (const int socket : {connection.attempt.socket, connection.result.socket.descriptor})
            QCOMPARE(congestionControlOf(socket), std::string("reno"));
    }

    void elsewhereTheSystemChooses() {
        if (!mayUseReno())
            QSKIP("this system does not let one use Reno, or nothing else");
        const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
        const std::string systems = congestionControlOf(listener);
        sockaddr_in everywhere{};
        everywhere.sin_family = AF_INET;
        QCOMPARE(::bind(listener, reinterpret_cast<const sockaddr*>(&everywhere), sizeof everywhere), 0);
        prepareListening(listener);
        QCOMPARE(congestionControlOf(listener), systems);
        ::close(listener);
        const ConnectAttempt attempt = beginConnect({IpAddress::v4({192, 0, 2, 1}), 80}); // RFC 5737: nobody's
        if (attempt.socket >= 0) {
            QCOMPARE(congestionControlOf(attempt.socket), systems);
            ::close(attempt.socket);
        }
    }
#endif

    void refusalIsTold_data() {
        families();
    }

    void refusalIsTold() {
        QFETCH(bool, v6);
        LoopbackPort port; // nobody listens
        const ConnectAttempt attempt = beginConnect(loopback(v6 ? Family::V6 : Family::V4, port.number()));
        int error = attempt.error;
        if (attempt.socket >= 0) {
            QVERIFY(wait(attempt.socket, POLLOUT));
            error = connectError(attempt.socket);
            closeSocket(attempt.socket);
        }
        QCOMPARE(error, ECONNREFUSED);
        QVERIFY(!attempt.connected);
    }

    void connectErrorsAreFailures_data() {
        QTest::addColumn<int>("error");
        QTest::addColumn<int>("failure");
        const auto row = [](const char* name, int error, Failure failure) {
            QTest::newRow(name) << error << int(failure);
        };
        row("refused", ECONNREFUSED, Failure::ConnectRefused);
        row("timed out", ETIMEDOUT, Failure::ConnectTimeout);
        row("no route", EHOSTUNREACH, Failure::ConnectUnreachable);
        row("no network", ENETUNREACH, Failure::ConnectUnreachable);
        row("no descriptors", EMFILE, Failure::OutOfSockets);
        row("no descriptors in the system", ENFILE, Failure::OutOfSockets);
        row("no buffers", ENOBUFS, Failure::OutOfSockets);
        row("no memory", ENOMEM, Failure::OutOfSockets);
        row("no such address here", EADDRNOTAVAIL, Failure::ConnectUnreachable);
    }

    void connectErrorsAreFailures() {
        QFETCH(int, error);
        QFETCH(int, failure);
        QCOMPARE(int(failureOfConnectError(error)), failure);
    }

    void receivingTellsBytesSilenceEndAndError() {
        Connection connection;
        char bytes[8];
        QCOMPARE(receive(connection.near, bytes, sizeof bytes).kind, IoResult::Kind::WouldBlock);
        QCOMPARE(::write(connection.far, "abc", 3), ssize_t(3));
        QVERIFY(wait(connection.near, POLLIN));
        const IoResult result = receive(connection.near, bytes, sizeof bytes);
        QCOMPARE(result.kind, IoResult::Kind::Bytes);
        QCOMPARE(std::string(bytes, result.count), std::string("abc"));
        shutdownSending(connection.far);
        QVERIFY(wait(connection.near, POLLIN));
        QCOMPARE(receive(connection.near, bytes, sizeof bytes).kind, IoResult::Kind::End);
    }

    /// What a client needs to tell a message that was cut short from a complete one.
    void aResetIsNoOrderlyEnd() {
        Connection connection;
        char bytes[8];
        resetAtClose(connection.far);
        closeSocket(std::exchange(connection.far, -1));
        QVERIFY(wait(connection.near, POLLIN | POLLHUP));
        const IoResult broken = receive(connection.near, bytes, sizeof bytes);
        QCOMPARE(broken.kind, IoResult::Kind::Error);
        QCOMPARE(broken.error, ECONNRESET);
    }

    void partsAreGathered() {
        SocketPair sockets;
        const std::string_view one = "one";
        QCOMPARE(sendParts(sockets.near(), {&one, 1}).count, size_t(3));
        const std::string_view three[] = {"a", "bc", "def"};
        QCOMPARE(sendParts(sockets.near(), three).count, size_t(6));
        QCOMPARE(sockets.read(), std::string("oneabcdef"));
    }

    void theEndGoesTogetherWithWhatItFollows_data() {
        QTest::addColumn<EndFollows>("end");
        QTest::addColumn<int>("heldBack");
        QTest::newRow("told") << EndFollows::Yes << 8;
        QTest::newRow("not told") << EndFollows::No << 0;
    }

    void theEndGoesTogetherWithWhatItFollows() {
#if defined(MSG_MORE) && defined(SIOCOUTQNSD)
        QFETCH(EndFollows, end);
        QFETCH(int, heldBack);
        int unsent = -1;
        // What is held back goes by itself after 0.2 s: once more where this thread had to wait as long.
        for (int turn = 0; turn < 5 && unsent != heldBack; ++turn) {
            Connection connection;
            const std::string_view parts[] = {"head", "body"};
            QCOMPARE(sendParts(connection.near, parts, end).count, size_t(8));
            unsent = unsentBytes(connection.near);
            if (unsent < 0)
                QSKIP("the system does not tell what it has not sent");
            shutdownSending(connection.near);
            QCOMPARE(unsentBytes(connection.near), 0);
        }
        QCOMPARE(unsent, heldBack);
#else
        QSKIP("this system sends the end by itself");
#endif
    }

    /// A socket that is closed with something unread answers with a reset and forgets what it held back.
    void whatWaitsForTheEndIsNotLostWhereSomethingIsUnread() {
        Connection connection;
        QCOMPARE(::write(connection.far, "unasked", 7), ssize_t(7));
        QVERIFY(wait(connection.near, POLLIN));
        const std::string_view last = "answer";
        QCOMPARE(sendParts(connection.near, {&last, 1}, EndFollows::Yes).count, last.size());
        shutdownSending(connection.near);
        closeSocket(std::exchange(connection.near, -1));
        QVERIFY(wait(connection.far, POLLIN));
        char bytes[16];
        QCOMPARE(receive(connection.far, bytes, sizeof bytes).count, last.size());
    }

    void sendingToNobodyIsAnErrorAndNoSignal() {
        SocketPair sockets;
        sockets.closeFar();
        const std::string_view parts[] = {"a", "b"};
        QCOMPARE(sendParts(sockets.near(), parts).error, EPIPE);
        QCOMPARE(sendParts(sockets.near(), {parts, 1}).kind, IoResult::Kind::Error);
    }

    void onlyASilentOpenConnectionIsQuiet() {
        {
            Connection connection;
            QVERIFY(isQuietAndOpen(connection.near));
            QCOMPARE(::write(connection.far, "x", 1), ssize_t(1));
            QVERIFY(wait(connection.near, POLLIN));
            QVERIFY(!isQuietAndOpen(connection.near)); // it said something unasked
            char byte;
            QCOMPARE(receive(connection.near, &byte, 1).count, size_t(1)); // and that was only looked at
            QVERIFY(isQuietAndOpen(connection.near));
            shutdownSending(connection.far);
            QVERIFY(wait(connection.near, POLLIN));
            QVERIFY(!isQuietAndOpen(connection.near));
        }
        Connection connection;
        resetAtClose(connection.far);
        closeSocket(std::exchange(connection.far, -1));
        QVERIFY(wait(connection.near, POLLIN | POLLHUP));
        QVERIFY(!isQuietAndOpen(connection.near));
    }

    // Two ends that take turns: then the system delays acknowledgements, hoping for the answer to carry them.
    void acknowledgesAtOnceWhenAsked_data() {
        QTest::addColumn<bool>("asked");
        QTest::newRow("asked") << true;
        QTest::newRow("left to the system") << false;
    }

    void acknowledgesAtOnceWhenAsked() {
#if !defined(TCP_QUICKACK) || !defined(SIOCOUTQ)
        QSKIP("the system offers no such thing");
#else
        QFETCH(bool, asked);
        const Connection connection;
        constexpr int rounds = 40;
        int acknowledged = 0;
        for (int round = 0; round < rounds; ++round) {
            char byte = 'q';
            QCOMPARE(::send(connection.near, &byte, 1, 0), ssize_t(1));
            QCOMPARE(::recv(connection.far, &byte, 1, 0), ssize_t(1));
            QCOMPARE(::send(connection.far, &byte, 1, 0), ssize_t(1));
            QVERIFY(wait(connection.near, POLLIN));
            QCOMPARE(::recv(connection.near, &byte, 1, 0), ssize_t(1));
            if (asked)
                acknowledgeNow(connection.near);
            int unacknowledged = -1;
            QCOMPARE(::ioctl(connection.far, SIOCOUTQ, &unacknowledged), 0);
            acknowledged += unacknowledged == 0 ? 1 : 0;
        }
        // The first ones are acknowledged at once in any case, and a busy system may be late, or early, now and
        // then.
        QVERIFY2(asked ? acknowledged > rounds * 3 / 4 : acknowledged < rounds * 3 / 4,
                 qPrintable(QString::number(acknowledged)));
#endif
    }
};

QTEST_APPLESS_MAIN(TestSocket)
#include "test_socket.moc"

// SPDX-License-Identifier: MIT
#include "net/output_queue.h"
#include "net/socket_pair.h"

#include <QTest>

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::net;
using reverxy::test::SocketPair;

namespace {

/// A buffer full of letters that begin at `first`.
BufferRef filled(BufferPool& pool, char first) {
    BufferRef buffer = pool.takeSmall();
    for (uint32_t i = 0; i < buffer->capacity; ++i)
        buffer->data()[i] = static_cast<char>(first + i % 23);
    return buffer;
}

std::string_view part(const BufferRef& buffer, size_t begin, size_t size) {
    return {buffer->data() + begin, size};
}

/// Flushes and reads in turns until nothing is left.
std::string passThrough(OutputQueue& queue, const SocketPair& sockets) {
    std::string all;
    for (int turn = 0; turn < 100'000; ++turn) {
        const IoResult result = queue.flush(sockets.near());
        all += sockets.read();
        if (result.kind != IoResult::Kind::WouldBlock)
            return all;
    }
    return all + "(never came to an end)";
}

} // namespace

class TestOutputQueue : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void partsGoOutInOrder() {
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        QVERIFY(queue.empty());
        const BufferRef body = filled(pool, 'A');
        queue.appendCopy(pool, "HTTP/1.1 200 OK\r\n\r\n");
        std::memcpy(queue.reserve(pool, 10), "5dc\r\n", 5);
        queue.commit(5);
        queue.append(pool, {part(body, 0, 1500), body.raw()});
        queue.append(pool, {"\r\n", nullptr});
        queue.append(pool, {part(body, 1500, 10), body.raw()});
        queue.append(pool, {"", body.raw()});
        QCOMPARE(queue.pendingBytes(), size_t(19 + 5 + 1500 + 2 + 10));
        const IoResult result = queue.flush(sockets.near());
        QCOMPARE(result.kind, IoResult::Kind::Bytes);
        QCOMPARE(result.count, size_t(19 + 5 + 1500 + 2 + 10));
        QVERIFY(queue.empty());
        QCOMPARE(queue.pendingBytes(), size_t(0));
        QCOMPARE(sockets.read(), "HTTP/1.1 200 OK\r\n\r\n5dc\r\n" + std::string(part(body, 0, 1500)) + "\r\n" +
                                     std::string(part(body, 1500, 10)));
    }

    void oneSendGathersAllParts() {
        BufferPool pool;
        const SocketPair sockets(SOCK_SEQPACKET); // what is sent in one go arrives in one go
        OutputQueue queue;
        const BufferRef body = filled(pool, 'A');
        queue.appendCopy(pool, "head");
        queue.append(pool, {part(body, 0, 1100), body.raw()});
        queue.appendCopy(pool, "between");
        queue.append(pool, {part(body, 0, 1100), body.raw()});
        QCOMPARE(queue.flush(sockets.near()).kind, IoResult::Kind::Bytes);
        QCOMPARE(sockets.read(1).size(), size_t(4 + 1100 + 7 + 1100));
    }

    void nothingToSendIsNoError() {
        SocketPair sockets;
        OutputQueue queue;
        const IoResult result = queue.flush(sockets.near());
        QCOMPARE(result.kind, IoResult::Kind::Bytes);
        QCOMPARE(result.count, size_t(0));
    }

    void whatDoesNotFitIsSentLater() {
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        const BufferRef body = filled(pool, 'A');
        const std::string_view whole = part(body, 0, body->capacity);
        for (int i = 0; i < 10; ++i)
            queue.append(pool, {whole, body.raw()});
        const size_t all = 10 * whole.size();
        const IoResult result = queue.flush(sockets.near());
        QCOMPARE(result.kind, IoResult::Kind::WouldBlock);
        QVERIFY(result.count > 0 && result.count < all);
        QCOMPARE(queue.pendingBytes(), all - result.count);
        QCOMPARE(queue.flush(sockets.near()).kind, IoResult::Kind::WouldBlock); // no more room than before
        std::string received = sockets.read();
        received += passThrough(queue, sockets);
        QCOMPARE(received.size(), all);
        for (int i = 0; i < 10; ++i)
            QCOMPARE(std::string_view(received).substr(size_t(i) * whole.size(), whole.size()), whole);
    }

    void moreThanOneGatheredSendHolds() {
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        const BufferRef body = filled(pool, 'A');
        std::string expected;
        for (size_t i = 0; i < 300; ++i) { // every part by itself
            queue.append(pool, {part(body, i, 1100), body.raw()});
            expected += part(body, i, 1100);
        }
        QCOMPARE(passThrough(queue, sockets), expected);
    }

    void buffersAreReleasedAsTheyAreSent() {
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        const BufferRef first = filled(pool, 'A');
        const BufferRef second = filled(pool, 'a');
        for (int i = 0; i < 4; ++i)
            queue.append(pool, {part(first, 0, first->capacity), first.raw()});
        queue.append(pool, {part(second, 0, second->capacity), second.raw()});
        QVERIFY(first.shared());
        QVERIFY(second.shared());
        const size_t firsts = 4 * size_t(first->capacity);
        const size_t all = firsts + second->capacity;
        for (int turn = 0; all - queue.pendingBytes() < firsts && turn < 100'000; ++turn) {
            queue.flush(sockets.near());
            sockets.read(1000);
        }
        QVERIFY(!first.shared()); // although the queue is not empty yet
        QCOMPARE(second.shared(), !queue.empty());
        passThrough(queue, sockets);
        QVERIFY(!second.shared());
    }

    void littleIsCopiedSoThatItsBufferIsFree() {
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        const BufferRef body = filled(pool, 'A');
        queue.append(pool, {part(body, 0, 100), body.raw()});
        QVERIFY(!body.shared());
        body->data()[0] = '!';
        QCOMPARE(passThrough(queue, sockets).front(), 'A');
    }

    void holdsNoBufferOnceAllIsSent() {
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        queue.appendCopy(pool, "first"); // makes the pool's only buffer
        const size_t held = pool.bytesHeld();
        QCOMPARE(passThrough(queue, sockets), std::string("first"));
        const BufferRef theOnly = pool.takeSmall();
        QCOMPARE(pool.bytesHeld(), held);
        queue.shrink();
        queue.appendCopy(pool, "second");
        QCOMPARE(passThrough(queue, sockets), std::string("second"));
    }

    void aClosedReaderIsAnErrorAndNoSignal() {
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        const BufferRef body = filled(pool, 'A');
        queue.append(pool, {part(body, 0, body->capacity), body.raw()});
        queue.appendCopy(pool, "tail");
        sockets.closeFar();
        const IoResult result = queue.flush(sockets.near()); // SIGPIPE would end the test
        QCOMPARE(result.kind, IoResult::Kind::Error);
        QCOMPARE(result.error, EPIPE);
        queue.clear();
        QVERIFY(queue.empty());
        QCOMPARE(queue.pendingBytes(), size_t(0));
        QVERIFY(!body.shared());
    }

    void agreesWithAPlainString_data() {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 20; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void agreesWithAPlainString() {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        BufferPool pool;
        SocketPair sockets;
        OutputQueue queue;
        std::vector<BufferRef> bodies;
        for (const char first : {'A', 'a', '!'})
            bodies.push_back(filled(pool, first));
        std::string sent;
        std::string received;
        for (int i = 0; i < 3000; ++i) {
            const BufferRef& body = bodies[random() % bodies.size()];
            const std::string_view bytes = part(body, random() % 8000, random() % (random() % 4 == 0 ? 8000 : 60));
            switch (random() % 6) {
            case 0:
                queue.append(pool, {bytes, body.raw()});
                sent += bytes;
                break;
            case 1:
                queue.append(pool, {bytes, nullptr}); // outlives the queue by itself
                sent += bytes;
                break;
            case 2:
                queue.appendCopy(pool, bytes);
                sent += bytes;
                break;
            case 3: { // asks for more than it then needs
                char* const at = queue.reserve(pool, bytes.size() + random() % 100);
                std::copy(bytes.begin(), bytes.end(), at);
                queue.commit(bytes.size());
                sent += bytes;
                break;
            }
            case 4:
                received += sockets.read(random() % 20'000);
                break;
            default: {
                const size_t before = queue.pendingBytes();
                const IoResult result = queue.flush(sockets.near());
                QVERIFY(result.kind == IoResult::Kind::Bytes || result.kind == IoResult::Kind::WouldBlock);
                QCOMPARE(queue.pendingBytes(), before - result.count);
                QCOMPARE(queue.empty(), result.kind == IoResult::Kind::Bytes);
                if (queue.empty())
                    queue.shrink();
                break;
            }
            }
            QCOMPARE(queue.empty(), queue.pendingBytes() == 0);
        }
        received += passThrough(queue, sockets);
        QVERIFY(received == sent);
        for (const BufferRef& body : bodies)
            QVERIFY(!body.shared());
    }
};

QTEST_APPLESS_MAIN(TestOutputQueue)
#include "test_output_queue.moc"

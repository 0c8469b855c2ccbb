// SPDX-License-Identifier: MIT
#include "net/receive_buffer.h"

#include <QTest>

#include <algorithm>
#include <deque>
#include <random>
#include <string>

using namespace reverxy;
using namespace reverxy::net;

namespace {

/// As recv() would: writes at most `bytes` into the space; returns how many.
size_t receiveInto(ReceiveBuffer& buffer, BufferPool& pool, std::string_view bytes, bool large = false) {
    const auto space = buffer.prepare(pool, large);
    const size_t count = std::min(space.size, bytes.size());
    std::memcpy(space.at, bytes.data(), count);
    buffer.received(count);
    return count;
}

void receiveAll(ReceiveBuffer& buffer, BufferPool& pool, std::string_view bytes, bool large = false) {
    while (!bytes.empty())
        bytes.remove_prefix(receiveInto(buffer, pool, bytes, large));
}

std::string letters(size_t size, uint32_t seed) {
    std::mt19937 random(seed);
    std::string text(size, ' ');
    std::generate(text.begin(), text.end(), [&] { return char('a' + random() % 26); });
    return text;
}

} // namespace

class TestReceiveBuffer : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void holdsNothingWhileEmpty() {
        BufferPool pool;
        ReceiveBuffer buffer;
        QVERIFY(buffer.empty());
        QVERIFY(!buffer.buffer());
        QVERIFY(buffer.view().empty());
        receiveAll(buffer, pool, "GET / HTTP/1.1\r\n\r\nGET");
        QCOMPARE(buffer.view(), std::string_view("GET / HTTP/1.1\r\n\r\nGET"));
        Buffer* const raw = buffer.buffer();
        buffer.consume(18);
        QCOMPARE(buffer.view(), std::string_view("GET"));
        QCOMPARE(buffer.buffer(), raw);
        buffer.consume(3);
        QVERIFY(buffer.empty());
        QVERIFY(!buffer.buffer());
        QCOMPARE(pool.takeSmall().raw(), raw); // it is back in the pool
    }

    void givesBackWhatAReceiveLeftEmpty() {
        BufferPool pool;
        ReceiveBuffer buffer;
        Buffer* const raw = pool.takeSmall().raw();
        buffer.prepare(pool, false);
        QCOMPARE(buffer.buffer(), raw);
        buffer.settle();
        QVERIFY(!buffer.buffer());
        receiveAll(buffer, pool, "x");
        buffer.prepare(pool, false);
        buffer.settle();
        QCOMPARE(buffer.view(), std::string_view("x")); // something is in it
        buffer.clear();
        QVERIFY(!buffer.buffer());
    }

    void aLargeBufferIsTakenWhenAskedFor() {
        BufferPool pool;
        ReceiveBuffer buffer;
        QCOMPARE(buffer.prepare(pool, false).size, size_t(BufferPool::smallCapacity));
        buffer.settle();
        QCOMPARE(buffer.prepare(pool, true).size, size_t(BufferPool::largeCapacity));
        buffer.settle();
    }

    void whatNobodyElseLooksAtIsMovedToTheFront() {
        BufferPool pool;
        ReceiveBuffer buffer;
        const std::string text = letters(BufferPool::smallCapacity, 1);
        receiveAll(buffer, pool, text);
        Buffer* const raw = buffer.buffer();
        buffer.consume(1000);
        QCOMPARE(buffer.prepare(pool, false).size, size_t(1000));
        QCOMPARE(buffer.buffer(), raw);
        QCOMPARE(buffer.view(), std::string_view(text).substr(1000));
    }

    void bytesGivenOutStayWhereTheyAre() {
        BufferPool pool;
        ReceiveBuffer buffer;
        const std::string text = letters(BufferPool::smallCapacity, 2);
        receiveAll(buffer, pool, text);
        const std::string_view head = buffer.view().substr(0, 1000);
        const BufferRef keep = buffer.reference();
        buffer.consume(1000);
        receiveAll(buffer, pool, letters(500, 3)); // no room left behind what is there
        QVERIFY(buffer.buffer() != keep.raw());
        QCOMPARE(head, std::string_view(text).substr(0, 1000));
        QCOMPARE(buffer.view(), std::string_view(text.substr(1000) + letters(500, 3)));
        QVERIFY(!keep.shared());
    }

    void bytesGivenOutOutliveTheBuffersEnd() {
        BufferPool pool;
        ReceiveBuffer buffer;
        receiveAll(buffer, pool, "first");
        const std::string_view view = buffer.view();
        const BufferRef keep = buffer.reference();
        buffer.clear();
        receiveAll(buffer, pool, "other");
        QCOMPARE(view, std::string_view("first"));
        QCOMPARE(buffer.view(), std::string_view("other"));
    }

    void aUnitLargerThanABufferFits_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("large");
        for (const int size : {int(BufferPool::smallCapacity), int(BufferPool::smallCapacity) + 1,
                               int(BufferPool::largeCapacity), int(BufferPool::largeCapacity) + 1, 1 << 20}) {
            QTest::addRow("%d bytes from a small buffer on", size) << size << false;
            QTest::addRow("%d bytes from a large buffer on", size) << size << true;
        }
    }

    void aUnitLargerThanABufferFits() {
        QFETCH(int, size);
        QFETCH(bool, large);
        BufferPool pool;
        {
            ReceiveBuffer buffer;
            const std::string text = letters(size_t(size), 4);
            receiveAll(buffer, pool, text, large);
            QCOMPARE(buffer.view(), std::string_view(text));
        }
        // What is larger than the pool's sizes is not kept.
        QVERIFY(pool.bytesHeld() <=
                2 * (BufferPool::largeCapacity + BufferPool::smallCapacity + 2 * sizeof(Buffer)));
    }

    void agreesWithAPlainString_data() {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 20; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    /// Random receives, consumes and looks kept for later, beside a string that has the same done to it.
    void agreesWithAPlainString() {
        QFETCH(uint, seed);

        struct Look {
            std::string_view view;
            BufferRef keep;
            std::string expected;
        };

        std::mt19937 random(seed);
        const std::string source = letters(200'000, seed);
        BufferPool pool;
        ReceiveBuffer buffer;
        std::string model;
        std::deque<Look> looks;
        for (int i = 0; i < 1000; ++i) {
            const size_t size = random() % (random() % 8 == 0 ? 150'000 : 3000);
            switch (random() % 5) {
            case 0:
            case 1: {
                const std::string_view bytes = std::string_view(source).substr(random() % 10'000, size);
                model += bytes.substr(0, receiveInto(buffer, pool, bytes, random() % 4 == 0));
                buffer.settle();
                break;
            }
            case 2: {
                const size_t count = std::min(size, model.size());
                model.erase(0, count);
                buffer.consume(count);
                break;
            }
            case 3:
                if (!model.empty() && looks.size() < 6) {
                    const size_t begin = random() % model.size();
                    looks.push_back(
                        {buffer.view().substr(begin, 500), buffer.reference(), model.substr(begin, 500)});
                }
                break;
            default:
                if (!looks.empty())
                    looks.pop_front();
                break;
            }
            QCOMPARE(buffer.view(), std::string_view(model));
            QCOMPARE(buffer.buffer() == nullptr, model.empty());
            for (const Look& look : looks)
                QCOMPARE(look.view, std::string_view(look.expected));
        }
    }
};

QTEST_APPLESS_MAIN(TestReceiveBuffer)
#include "test_receive_buffer.moc"

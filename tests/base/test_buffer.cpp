// SPDX-License-Identifier: MIT
#include "base/buffer.h"

#include <QTest>

#include <cstring>
#include <vector>

using namespace reverxy;

class TestBuffer : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void capacitiesAreAsAsked() {
        BufferPool pool;
        QCOMPARE(pool.takeSmall()->capacity, BufferPool::smallCapacity);
        QCOMPARE(pool.takeLarge()->capacity, BufferPool::largeCapacity);
        QCOMPARE(pool.takeAtLeast(1)->capacity, BufferPool::smallCapacity);
        QCOMPARE(pool.takeAtLeast(BufferPool::smallCapacity)->capacity, BufferPool::smallCapacity);
        QCOMPARE(pool.takeAtLeast(BufferPool::smallCapacity + 1)->capacity, BufferPool::largeCapacity);
        QCOMPARE(pool.takeAtLeast(BufferPool::largeCapacity + 1)->capacity, BufferPool::largeCapacity + 1);
    }

    void everyByteIsWritable() {
        BufferPool pool;
        for (const size_t capacity : {size_t{1}, size_t{BufferPool::largeCapacity}, size_t{1} << 20}) {
            const BufferRef buffer = pool.takeAtLeast(capacity);
            std::memset(buffer->data(), 0x5a, buffer->capacity);
            QCOMPARE(buffer->data()[buffer->capacity - 1], '\x5a');
        }
    }

    void lastUsedIsFirstReused() {
        BufferPool pool;
        BufferRef first = pool.takeSmall();
        BufferRef second = pool.takeSmall();
        Buffer* const firstRaw = first.raw();
        Buffer* const secondRaw = second.raw();
        first.reset();
        second.reset();
        QCOMPARE(pool.takeSmall().raw(), secondRaw);
        const BufferRef again = pool.takeSmall();
        const BufferRef other = pool.takeSmall();
        QCOMPARE(again.raw(), secondRaw);
        QCOMPARE(other.raw(), firstRaw);
    }

    void returnsWhenTheLastReferenceLetsGo() {
        BufferPool pool;
        BufferRef first = pool.takeSmall();
        Buffer* const raw = first.raw();
        QVERIFY(!first.shared());
        BufferRef second = first;
        QVERIFY(first.shared());
        QVERIFY(second.shared());
        first.reset();
        QVERIFY(!first);
        QVERIFY(!second.shared());
        BufferRef third = pool.takeSmall();
        QVERIFY(third.raw() != raw); // still held
        second = BufferRef();
        QCOMPARE(pool.takeSmall().raw(), raw);
    }

    void movingKeepsTheCount() {
        BufferPool pool;
        BufferRef first = pool.takeSmall();
        Buffer* const raw = first.raw();
        BufferRef second = std::move(first);
        QVERIFY(!first);
        QCOMPARE(second.raw(), raw);
        QCOMPARE(raw->references, 1u);
        BufferRef& same = second;
        second = same; // to itself
        QCOMPARE(raw->references, 1u);
        // From a piece's bare pointer, as those who must outlast the piece do.
        const BufferRef owner(raw);
        QCOMPARE(raw->references, 2u);
    }

    void keepsABoundedNumberFree() {
        BufferPool pool;
        std::vector<BufferRef> taken;
        for (int i = 0; i < 1000; ++i)
            taken.push_back(i % 2 == 0 ? pool.takeSmall() : pool.takeLarge());
        const size_t most = pool.bytesHeld();
        QVERIFY(most >= 500 * (size_t{BufferPool::smallCapacity} + BufferPool::largeCapacity));
        taken.clear();
        QVERIFY(pool.bytesHeld() > 0);
        QVERIFY2(pool.bytesHeld() <= 3 << 20, "what an idle worker may keep");
    }

    void oversizedBuffersAreNotKept() {
        BufferPool pool;
        pool.takeAtLeast(size_t{1} << 20).reset();
        QCOMPARE(pool.bytesHeld(), size_t{0});
    }

    void aFrugalPoolKeepsNothing() {
        BufferPool pool;
        const BufferRef held = pool.takeSmall();
        pool.takeSmall().reset();
        pool.takeLarge().reset();
        pool.setFrugal(true);
        QVERIFY(pool.frugal());
        const size_t one = pool.bytesHeld();
        QVERIFY(one < 2 * size_t{BufferPool::smallCapacity});
        pool.takeLarge().reset();
        QCOMPARE(pool.bytesHeld(), one);
        pool.setFrugal(false);
        pool.takeLarge().reset();
        QVERIFY(pool.bytesHeld() > one);
    }

    void steadyUseHoldsTheSame() {
        BufferPool pool;
        pool.takeSmall().reset();
        const size_t held = pool.bytesHeld();
        for (int i = 0; i < 1000; ++i)
            pool.takeSmall().reset();
        QCOMPARE(pool.bytesHeld(), held);
    }
};

QTEST_APPLESS_MAIN(TestBuffer)
#include "test_buffer.moc"

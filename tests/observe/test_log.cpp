// SPDX-License-Identifier: MIT
#include "observe/log.h"
#include "support/counted_new.h"

#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

using namespace reverxy;
using namespace reverxy::observe;
using namespace reverxy::test;

namespace {

/// Where a log goes in a test. May be held shut, so that the writer is stuck in it.
class Output {
  public:
    Log::Sink sink() {
        return [this](std::string_view bytes) {
            const std::lock_guard gate(m_gate);
            const std::lock_guard lock(m_mutex);
            m_text += QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()));
        };
    }

    QByteArray text() const {
        const std::lock_guard lock(m_mutex);
        return m_text;
    }

    QList<QByteArray> lines() const {
        QList<QByteArray> result = text().split('\n');
        result.removeLast(); // what follows the last line feed
        return result;
    }

    std::unique_lock<std::mutex> shut() { return std::unique_lock(m_gate); }

  private:
    std::mutex m_gate;
    mutable std::mutex m_mutex;
    QByteArray m_text;
};

void fill(LogBatch& batch, size_t decisions, uint16_t status = 200) {
    for (size_t i = 0; i < decisions; ++i) {
        batch.decisions.emplace_back();
        batch.decisions.back().status = status;
        batch.decisions.back().started = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23};
    }
}

std::unique_ptr<LogBatch> filledBatch(Log& log, size_t decisions, uint16_t status = 200) {
    std::unique_ptr<LogBatch> batch = log.emptyBatch();
    fill(*batch, decisions, status);
    return batch;
}

} // namespace

class TestLog : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void writesEventsAndAccessLines() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        log.write(Level::Info, "engine", "first");
        log.flush();
        log.submit(filledBatch(log, 2, 204));
        log.flush();
        log.write(Level::Error, "engine", "last");
        log.flush();
        const QList<QByteArray> lines = output.lines();
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines[0].endsWith(" info  engine: first"));
        QVERIFY(lines[1].contains(" info  access ") && lines[1].contains(" 204 "));
        QVERIFY(lines[2].contains(" 204 "));
        QVERIFY(lines[3].endsWith(" error engine: last"));
        QCOMPARE(log.dropped(), uint64_t{0});
    }

    void eventsKeepTheirOrder() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        for (int i = 0; i < 3000; ++i)
            log.write(Level::Info, "engine", std::to_string(i));
        log.flush();
        const QList<QByteArray> lines = output.lines();
        QCOMPARE(lines.size(), 3000);
        for (int i = 0; i < 3000; ++i)
            QVERIFY(lines[i].endsWith(": " + QByteArray::number(i)));
    }

    void theLevelIsTheLeastThatIsWritten() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        QVERIFY(log.level() == Level::Info);
        log.write(Level::Debug, "engine", "not this");
        log.configure(Level::Warn, Format::Text);
        QVERIFY(log.level() == Level::Warn);
        log.write(Level::Info, "engine", "nor this");
        log.submit(filledBatch(log, 1)); // access lines are info
        log.write(Level::Warn, "engine", "but this");
        log.configure(Level::Debug, Format::Text);
        log.write(Level::Debug, "engine", "and this");
        log.submit(filledBatch(log, 1));
        log.flush();
        QCOMPARE(output.lines().size(), 3);
        QVERIFY(!output.text().contains("not this"));
        QVERIFY(!output.text().contains("nor this"));
        QCOMPARE(log.dropped(), uint64_t{0}); // unwanted is not dropped
    }

    void theFormatIsThatOfTheNextRecord() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        log.write(Level::Info, "engine", "text");
        log.flush();
        log.configure(Level::Info, Format::Json);
        log.write(Level::Info, "engine", "json");
        log.submit(filledBatch(log, 1));
        log.flush();
        const QList<QByteArray> lines = output.lines();
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[0].startsWith("20"));
        QVERIFY(lines[1].startsWith("{") && lines[1].endsWith("}"));
        QVERIFY(lines[2].startsWith("{") && lines[2].endsWith("}"));
    }

    void endingWritesWhatWasSubmitted() {
        const NameTable names;
        Output output;
        {
            Log log(output.sink(), names);
            for (int i = 0; i < 100; ++i)
                log.write(Level::Info, "engine", "x");
            log.submit(filledBatch(log, 64));
        }
        QCOMPARE(output.lines().size(), 164);
    }

    void flushOfNothingReturns() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        log.flush();
        log.flush();
        log.submit(nullptr);
        log.submit(log.emptyBatch());
        log.flush();
        QVERIFY(output.text().isEmpty());
    }

    void emptyBatchesAreEmptyAndRoomy() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        for (int i = 0; i < 10; ++i) {
            std::unique_ptr<LogBatch> batch = log.emptyBatch();
            QVERIFY(batch->decisions.empty());
            QVERIFY(batch->decisions.capacity() >= LogBatch::capacity);
            fill(*batch, 5);
            log.submit(std::move(batch));
            log.flush();
        }
    }

    /// Whoever logs goes on at once, whatever the writer is stuck in, and the loss is told.
    void aStuckWriterDropsAndCounts() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        constexpr uint64_t events = 20000;
        constexpr uint64_t batches = 2000;
        {
            const auto gate = output.shut();
            for (uint64_t i = 0; i < events; ++i)
                log.write(Level::Info, "engine", "x");
            for (uint64_t i = 0; i < batches; ++i)
                log.submit(filledBatch(log, 10));
            QVERIFY(log.dropped() > events / 2 + batches / 2 * 10);
        }
        log.flush();
        log.write(Level::Info, "engine", "room again");
        log.flush();
        const QList<QByteArray> lines = output.lines();
        uint64_t told = 0;
        uint64_t tellings = 0;
        for (const QByteArray& line : lines) {
            const qsizetype at = line.indexOf(" warn  log: ");
            if (at < 0)
                continue;
            ++tellings;
            told += line.mid(at + 12).split(' ').first().toULongLong();
        }
        QCOMPARE(told, log.dropped());
        QCOMPARE(uint64_t(lines.size()) - tellings - 1, events + 10 * batches - log.dropped());
        QVERIFY(lines.last().endsWith("room again"));
    }

    void steadyUseAllocatesNothing() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        std::unique_ptr<LogBatch> batch = log.emptyBatch();
        for (int i = 0; i < 20; ++i) { // until there are enough to go round
            fill(*batch, LogBatch::capacity);
            log.submit(std::move(batch));
            batch = log.emptyBatch();
            log.flush();
        }
        const size_t before = allocations;
        for (int i = 0; i < 50; ++i) {
            fill(*batch, LogBatch::capacity);
            log.submit(std::move(batch));
            batch = log.emptyBatch();
            log.flush();
        }
        QCOMPARE(allocations - before, size_t{0});
        std::string probe(1000, 'x'); // the counter counts
        QCOMPARE(allocations - before, size_t{1});
    }

    void manyThreadsLoseNothing() {
        const NameTable names;
        Output output;
        constexpr int threadCount = 4;
        constexpr int rounds = 100;
        {
            Log log(output.sink(), names);
            std::vector<std::thread> threads;
            for (int thread = 0; thread < threadCount; ++thread) {
                threads.emplace_back([&log, thread] {
                    for (int i = 0; i < rounds; ++i) {
                        log.submit(filledBatch(log, 8));
                        log.write(Level::Info, "engine", "from " + std::to_string(thread));
                        if (i % 10 == thread)
                            log.flush();
                        if (i % 25 == thread)
                            log.configure(Level::Info, Format::Text);
                    }
                });
            }
            for (std::thread& thread : threads)
                thread.join();
            QCOMPARE(log.dropped(), uint64_t{0});
        }
        const QList<QByteArray> lines = output.lines();
        QCOMPARE(lines.size(), threadCount * rounds * 9);
        for (const QByteArray& line : lines)
            QVERIFY(line.startsWith("20")); // no line within another
    }

    void flushWaitsForTheWriter() {
        const NameTable names;
        Output output;
        Log log(output.sink(), names);
        auto gate = output.shut();
        log.write(Level::Info, "engine", "x");
        std::atomic<bool> flushed{false};
        std::thread waiter([&] {
            log.flush();
            flushed.store(true);
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        QVERIFY(!flushed.load());
        gate.unlock();
        waiter.join();
        QCOMPARE(output.lines().size(), 1);
    }
};

QTEST_APPLESS_MAIN(TestLog)
#include "test_log.moc"

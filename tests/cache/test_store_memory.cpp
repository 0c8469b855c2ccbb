// SPDX-License-Identifier: MIT
#include "cache/store.h"
#include "cache/stored_text.h"

#include <QTest>

#include <fstream>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;
using namespace std::chrono_literals;

namespace {

/// Bytes of this process in memory; 0 where the system does not say.
uint64_t residentBytes() {
    std::ifstream statm("/proc/self/statm");
    uint64_t total = 0;
    uint64_t resident = 0;
    statm >> total >> resident;
    return resident * 4096;
}

} // namespace

class TestStoreMemory : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void aMillionSmallEntriesFit() {
        const uint64_t before = residentBytes();
        if (before == 0)
            QSKIP("the system does not tell how much memory is used");
        Store store(HashSeed{1, 2});
        TimePoint now{1h};
        store.setLimit(uint64_t{1} << 30);
        const std::string padding(30, 'k');
        for (int i = 0; i < 1'000'000; ++i) {
            const std::string number = std::to_string(1'000'000 + i);
            const std::string key = "http://localhost/" + padding + number;
            const StoredRef entry = stored(key, number + std::string(44, 'b'), "",
                                           {{"Content-Type", "text/plain; charset=utf-8"},
                                            {"Cache-Control", "public, max-age=3600, must-revalidate"}});
            QCOMPARE(key.size() + entry->bodySize() + entry->fields().lines().size(), size_t(200));
            QVERIFY(store.insert(entry, store.hashOf(key), now));
        }
        QCOMPARE(store.entries(), uint64_t(1'000'000));
        const uint64_t taken = residentBytes() - before;
        qInfo("%.1f MB resident, %.1f MB counted", double(taken) / 1e6, double(store.bytes()) / 1e6);
        QVERIFY(taken <= 400'000'000);
        // What is counted is what is taken, within a tenth.
        QVERIFY(double(store.bytes()) > 0.9 * double(taken) && double(store.bytes()) < 1.1 * double(taken));
    }
};

QTEST_APPLESS_MAIN(TestStoreMemory)
#include "test_store_memory.moc"

// SPDX-License-Identifier: MIT
#include "base/sip_hash.h"

#include <QTest>

#include <set>
#include <string>

using namespace reverxy;

/// The vectors that the algorithm's authors publish: the key is the bytes 00 to 0f, the message the bytes 00, 01,
/// ...
class TestSipHash : public QObject {
    Q_OBJECT

    static constexpr HashSeed published{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

    static std::string message(int size) {
        std::string bytes;
        for (int i = 0; i < size; ++i)
            bytes += static_cast<char>(i);
        return bytes;
    }

  private Q_SLOTS:

    void publishedVectors_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<quint64>("hash");
        QTest::newRow("nothing") << 0 << quint64(0x726fdb47dd0e0e31u);
        QTest::newRow("one byte") << 1 << quint64(0x74f839c593dc67fdu);
        QTest::newRow("seven bytes") << 7 << quint64(0xab0200f58b01d137u);
        QTest::newRow("eight bytes") << 8 << quint64(0x93f5f5799a932462u);
        QTest::newRow("fifteen bytes") << 15 << quint64(0xa129ca6149be45e5u);
    }

    void publishedVectors() {
        QFETCH(int, size);
        QFETCH(quint64, hash);
        QCOMPARE(quint64(sipHash(published, message(size))), hash);
    }

    void anotherSeedGivesAnotherHash() {
        std::set<uint64_t> hashes;
        for (uint64_t i = 0; i < 64; ++i) {
            QVERIFY(
                hashes.insert(sipHash({published.first ^ (uint64_t{1} << i), published.second}, "value")).second);
            QVERIFY(
                hashes.insert(sipHash({published.first, published.second ^ (uint64_t{1} << i)}, "value")).second);
        }
    }

    void zerosAreCounted() {
        QVERIFY(sipHash(published, std::string(3, '\0')) != sipHash(published, std::string(4, '\0')));
    }
};

QTEST_APPLESS_MAIN(TestSipHash)
#include "test_sip_hash.moc"

// SPDX-License-Identifier: MIT
#include "cache/generations.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <thread>
#include <vector>

using namespace reverxy::cache;

namespace {

/// Keys that share a place differ in the upper half of their hash.
uint64_t keyAt(uint64_t place, uint64_t key) {
    return (key << 32) | place;
}

} // namespace

class TestGenerations : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aGenerationEndsWithAnInvalidation() {
        const auto generations = std::make_unique<Generations>();
        const uint64_t key = keyAt(5, 1);
        const uint32_t first = generations->of(key);
        generations->invalidate(key);
        const uint32_t second = generations->of(key);
        QVERIFY(second != first);
        QCOMPARE(generations->of(key), second);
        generations->invalidate(key);
        QVERIFY(generations->of(key) != second);
    }

    void allGenerationsEndAtOnce() {
        const auto generations = std::make_unique<Generations>();
        generations->invalidate(keyAt(5, 1));
        const uint32_t invalidated = generations->of(keyAt(5, 1));
        const uint32_t untouched = generations->of(keyAt(6, 1));
        generations->invalidateAll();
        QVERIFY(generations->of(keyAt(5, 1)) != invalidated);
        QVERIFY(generations->of(keyAt(6, 1)) != untouched);
    }

    /// What is being received is stored although others are written to meanwhile.
    void anotherKeysInvalidationChangesNothing() {
        const auto generations = std::make_unique<Generations>();
        const uint64_t key = keyAt(5, 1000);
        const uint32_t before = generations->of(key);
        for (uint64_t other = 0; other < Generations::known; ++other) {
            generations->invalidate(keyAt(5, other));
            generations->invalidate(keyAt(6, 1000));
        }
        QCOMPARE(generations->of(key), before);
    }

    void anInvalidatedKeyKeepsItsNumber() {
        const auto generations = std::make_unique<Generations>();
        const uint64_t key = keyAt(5, 1000);
        generations->invalidate(key);
        const uint32_t before = generations->of(key);
        for (uint64_t other = 1; other < Generations::known; ++other)
            generations->invalidate(keyAt(5, other));
        QCOMPARE(generations->of(key), before);
    }

    void aForgottenKeyNeverGoesBack() {
        const auto generations = std::make_unique<Generations>();
        const uint64_t key = keyAt(5, 1000);
        const uint32_t before = generations->of(key);
        generations->invalidate(key);
        for (uint64_t other = 0; other < 3 * Generations::known; ++other) {
            generations->invalidate(keyAt(5, other));
            QVERIFY(generations->of(key) != before);
        }
    }

    /// Whatever happens: who was invalidated has a greater number than before, and nobody's ever becomes less.
    void numbersOnlyGrow() {
        std::mt19937 random(1);
        const auto generations = std::make_unique<Generations>();
        std::array<uint32_t, 40> numbers{};
        for (int round = 0; round < 20'000; ++round) {
            const uint64_t chosen = random() % numbers.size();
            generations->invalidate(keyAt(chosen % 2, chosen));
            for (uint64_t key = 0; key < numbers.size(); ++key) {
                const uint32_t now = generations->of(keyAt(key % 2, key));
                QVERIFY(key == chosen ? now > numbers[key] : now >= numbers[key]);
                numbers[key] = now;
            }
        }
    }

    void threadsInvalidateAtOnce() {
        constexpr uint32_t each = 5'000;
        const auto generations = std::make_unique<Generations>();
        std::vector<std::thread> threads;
        for (uint64_t thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&generations, thread] {
                for (uint32_t i = 0; i < each; ++i)
                    generations->invalidate(keyAt(5, thread));
            });
        }
        uint32_t last = 0;
        bool grows = true;
        for (int i = 0; i < 5'000; ++i) {
            const uint32_t now = generations->of(keyAt(5, 0));
            grows = grows && now >= last;
            last = now;
        }
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY(grows);
        uint32_t newest = 0;
        for (uint64_t thread = 0; thread < 4; ++thread)
            newest = std::max(newest, generations->of(keyAt(5, thread)));
        QCOMPARE(newest, 4 * each);
    }
};

QTEST_APPLESS_MAIN(TestGenerations)
#include "test_generations.moc"

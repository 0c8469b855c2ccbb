// SPDX-License-Identifier: MIT
#include "cache/store.h"
#include "cache/stored_text.h"

#include <QTest>

#include <algorithm>
#include <list>
#include <map>
#include <random>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;
using namespace std::chrono_literals;

namespace {

/// What a store ought to do, in the plainest way: a list in the order of use.
class Model {
  public:
    struct Entry {
        StoredRef response;
        size_t number; // in the order of storing
    };

    std::list<Entry> order; // the one used last comes last
    uint64_t reserved = 0;
    size_t numbers = 0;

    std::vector<std::list<Entry>::iterator> under(std::string_view key) {
        std::vector<std::list<Entry>::iterator> found;
        for (auto it : m_byKey[std::string(key)])
            found.push_back(it);
        return found;
    }

    void add(const StoredRef& response) {
        order.push_back({response, numbers++});
        m_byKey[std::string(response->key())].push_back(std::prev(order.end()));
        m_bytes += response->footprint();
    }

    void erase(std::list<Entry>::iterator entry) {
        m_bytes -= entry->response->footprint();
        auto& variants = m_byKey[std::string(entry->response->key())];
        std::erase(variants, entry);
        order.erase(entry);
    }

    void use(std::list<Entry>::iterator entry) { order.splice(order.end(), order, entry); }

    uint64_t bytes() const { return m_bytes + reserved; }

  private:
    std::map<std::string, std::vector<std::list<Entry>::iterator>> m_byKey;
    uint64_t m_bytes = 0;
};

/// The same operations on a store and on the model, compared after each.
class Walk {
  public:
    explicit Walk(uint32_t seed) : m_random(seed) { m_store.setLimit(m_limit); }

    /// The difference found; empty when there is none.
    std::string step() {
        m_now += 1ms;
        const std::string key = "http://h/" + std::to_string(below(keys));
        const uint64_t hash = m_store.hashOf(key);
        const uint32_t dice = below(100);
        if (dice < 40)
            return insert(key, hash);
        if (dice < 45)
            return remove(key, hash);
        if (dice < 50)
            return replace(key, hash);
        if (dice == 50)
            return removeAll(key, hash);
        if (dice == 51)
            return below(50) == 0 ? purge(key) : compare();
        if (dice == 52)
            return changeLimit();
        if (dice == 53)
            return reserve();
        return find(key, hash);
    }

    /// The slower comparison: all that is there.
    std::string compareAll() {
        std::map<std::pair<std::string, std::string>, uint64_t> expected;
        for (const Model::Entry& entry : m_model.order)
            expected[{std::string(entry.response->key()), std::string(entry.response->selecting())}] =
                entry.response->bodySize();
        PageCursor cursor;
        for (auto page = m_store.page(cursor, 50); !page.empty(); page = m_store.page(cursor, 50)) {
            for (const EntryInfo& info : page) {
                const auto found = expected.find({info.key, info.selecting});
                if (found == expected.end() || found->second != info.bodySize)
                    return info.key + " is there";
                expected.erase(found);
            }
        }
        return expected.empty() ? "" : expected.begin()->first.first + " is missing";
    }

    uint64_t evictions() const { return m_evictions; }

  private:
    static constexpr uint32_t keys = 400;

    uint32_t below(uint32_t bound) { return static_cast<uint32_t>(m_random() % bound); }

    std::string find(const std::string& key, uint64_t hash) {
        Store::Variants found;
        const size_t count = m_store.find(key, hash, m_now, found);
        const auto expected = m_model.under(key);
        if (count != expected.size())
            return "found " + std::to_string(count) + " of " + std::to_string(expected.size());
        for (auto entry : expected) {
            if (std::find(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), entry->response) ==
                found.begin() + static_cast<std::ptrdiff_t>(count))
                return "one is missing";
        }
        if (count == 1)
            m_model.use(expected.front());
        else if (count > 1) {
            const auto chosen = expected[below(static_cast<uint32_t>(count))];
            m_store.used(*chosen->response, hash, m_now);
            m_model.use(chosen);
        }
        return compare();
    }

    std::string insert(const std::string& key, uint64_t hash) {
        const std::string selecting = below(4) == 0 ? "V: " + std::to_string(below(40)) + "\r\n" : "";
        StoredFacts facts;
        facts.responseTime = WallTime(std::chrono::milliseconds(m_model.numbers));
        const StoredRef entry = stored(key, std::string(below(2000), 'b'), selecting, {}, facts);
        if (!m_store.insert(entry, hash, m_now))
            return "not taken";
        auto variants = m_model.under(key);
        for (auto other : variants) {
            if (other->response->selecting() == selecting)
                m_model.erase(other);
        }
        variants = m_model.under(key);
        if (variants.size() >= Store::maxVariants)
            m_model.erase(*std::min_element(variants.begin(), variants.end(),
                                            [](auto a, auto b) { return a->number < b->number; }));
        m_model.add(entry);
        return compare();
    }

    std::string remove(const std::string& key, uint64_t hash) {
        const auto variants = m_model.under(key);
        if (variants.empty())
            return "";
        const StoredRef entry = variants.front()->response;
        m_model.erase(variants.front());
        if (!m_store.remove(*entry, hash) || m_store.remove(*entry, hash))
            return "removed not once";
        return compare();
    }

    std::string replace(const std::string& key, uint64_t hash) {
        const auto variants = m_model.under(key);
        if (variants.empty())
            return "";
        const StoredRef old = variants.front()->response;
        const StoredRef fresh = StoredResponse::makeFreshened(*old, old->selecting(), {}, old->facts());
        const size_t number = variants.front()->number;
        m_model.erase(variants.front());
        m_model.add(fresh);
        m_model.order.back().number = number;
        if (!m_store.replace(*old, fresh, hash, m_now) || m_store.replace(*old, fresh, hash, m_now))
            return "replaced not once";
        return compare();
    }

    std::string removeAll(const std::string& key, uint64_t hash) {
        m_store.removeAll(key, hash);
        for (auto entry : m_model.under(key))
            m_model.erase(entry);
        return compare();
    }

    std::string changeLimit() {
        if (below(20) == 0)
            m_limit = 50'000 + below(400'000);
        m_store.setLimit(m_limit);
        return compare();
    }

    std::string purge(const std::string& prefix) {
        m_store.purge(*KeyScope::prefix(prefix));
        for (auto entry = m_model.order.begin(); entry != m_model.order.end();) {
            const auto next = std::next(entry);
            if (entry->response->key().starts_with(prefix))
                m_model.erase(entry);
            entry = next;
        }
        return compare();
    }

    std::string reserve() {
        if (m_model.reserved > 0) {
            m_store.unreserve(m_model.reserved);
            m_model.reserved = 0;
        } else if (const uint64_t wanted = below(30'000); m_store.reserve(wanted, m_now)) {
            m_model.reserved = wanted;
        }
        return compare();
    }

    /// The model cannot know how large the indexes are. It learns how many entries had to leave, and checks that
    /// they were the right ones and that not one of them left without need.
    std::string compare() {
        uint64_t lastEvicted = 0;
        for (; m_evictions < m_store.evictions(); ++m_evictions) {
            if (m_model.order.empty())
                return "evicted more than there was";
            lastEvicted = m_model.order.front().response->footprint();
            m_model.erase(m_model.order.begin());
        }
        if (m_store.entries() != m_model.order.size())
            return "holds " + std::to_string(m_store.entries()) + " of " + std::to_string(m_model.order.size());
        if (m_store.bytes() > m_limit)
            return "holds more than it may";
        if (lastEvicted > 0 && m_store.bytes() + lastEvicted + indexSlack < m_limit && m_model.reserved == 0)
            return "evicted without need";
        const uint64_t indexes = m_store.bytes() - m_model.bytes();
        if (m_store.bytes() < m_model.bytes() || indexes > indexSlack + 32 * m_store.entries())
            return "counts " + std::to_string(m_store.bytes()) + " for " + std::to_string(m_model.bytes());
        return "";
    }

    static constexpr uint64_t indexSlack = Store::shardCount * 8 * 16;

    std::mt19937 m_random;
    Store m_store{HashSeed{3, 4}};
    Model m_model;
    TimePoint m_now{1h};
    uint64_t m_limit = 200'000;
    uint64_t m_evictions = 0;
};

} // namespace

/// A million random operations, against a model that is too simple to be wrong.
class TestStoreRandom : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void itDoesWhatTheModelDoes_data() {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 10; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void itDoesWhatTheModelDoes() {
        QFETCH(uint, seed);
        Walk walk(seed);
        for (int i = 0; i < 100'000; ++i) {
            const std::string difference = walk.step();
            QVERIFY2(difference.empty(), ("step " + std::to_string(i) + ": " + difference).c_str());
            if (i % 1000 == 0) {
                const std::string found = walk.compareAll();
                QVERIFY2(found.empty(), ("step " + std::to_string(i) + ": " + found).c_str());
            }
        }
        QVERIFY(walk.evictions() > 1000);
    }
};

QTEST_APPLESS_MAIN(TestStoreRandom)
#include "test_store_random.moc"

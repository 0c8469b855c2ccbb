// SPDX-License-Identifier: MIT
#include "cache/cache.h"
#include "cache/stored_text.h"

#include <QTest>

#include <deque>
#include <map>
#include <random>
#include <thread>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;
using namespace std::chrono_literals;

namespace {

constexpr size_t workers = 3;
constexpr int clientsEach = 2000;
constexpr uint64_t maxEntry = 200'000;

/// The body of the fetch with this number: whoever gets it can tell whose it is, and whether it is whole.
std::string bodyOf(uint64_t fetch, uint32_t size) {
    std::string text = std::to_string(fetch) + ":" + std::to_string(size) + ":";
    if (text.size() < size)
        text.append(size - text.size(), static_cast<char>('a' + fetch % 26));
    return text;
}

bool isWhole(std::string_view body) {
    const size_t colon = body.find(':');
    const size_t second = body.find(':', colon + 1);
    if (second == std::string_view::npos)
        return false;
    const uint64_t fetch = std::stoull(std::string(body.substr(0, colon)));
    const auto size = static_cast<uint32_t>(std::stoul(std::string(body.substr(colon + 1, second - colon - 1))));
    return body == bodyOf(fetch, size);
}

/// What all workers share.
struct World {
    World() { cache->configure(config); }

    config::Cache config = [] {
        config::Cache settings;
        settings.maxSize = 2 << 20;
        return settings;
    }();
    std::unique_ptr<Cache> cache = std::make_unique<Cache>(HashSeed{1, 2});
    std::array<std::mutex, workers> mutexes;
    std::array<std::vector<uint64_t>, workers> mail;
    std::atomic<uint64_t> fetches{0};
    std::atomic<int> wrong{0}, ended{0}, failed{0}, collapsed{0};

    void post(Fill::Wakes& wakes) {
        for (const Waiter& waiter : wakes) {
            std::lock_guard lock(mutexes[waiter.worker]);
            mail[waiter.worker].push_back(waiter.token);
        }
        wakes.clear();
    }
};

/// One worker: begins clients, plays their backends, and reads its mail. Every client ends.
class SimulatedWorker {
  public:
    SimulatedWorker(World& world, uint32_t index, uint32_t seed)
        : m_world(world), m_index(index), m_random(seed * 31 + index) {}

    bool done() const { return m_begun == clientsEach && m_clients.empty(); }

    void step() {
        m_now += 1ms;
        std::vector<uint64_t> tokens;
        {
            std::lock_guard lock(m_world.mutexes[m_index]);
            tokens.swap(m_world.mail[m_index]);
        }
        for (const uint64_t token : tokens) {
            if (const auto it = m_clients.find(token);
                it != m_clients.end() && !it->second.leads && !it->second.hasTurn)
                progress(it->second);
        }
        if (m_begun < clientsEach && m_clients.size() < 40)
            begin();
        if (m_clients.empty())
            return;
        auto it = m_clients.begin();
        std::advance(it, below(static_cast<uint32_t>(m_clients.size())));
        if (it->second.leads)
            lead(it->second);
        else if (below(200) == 0)
            leave(it->second, false);
        else if (it->second.hasTurn && below(4) == 0)
            endTurn(it->second);
        else if (it->second.reading)
            progress(it->second); // a client that takes more, in its own time
    }

  private:
    struct Client {
        uint64_t token = 0;
        std::string key;
        uint64_t hash = 0;
        uint32_t generation = 0;
        std::shared_ptr<Fill> fill;
        Fill::Place place;
        bool leads = false, reading = false, joined = false, opened = false, hasTurn = false;
        std::string body, got;
        size_t sent = 0;
        int rounds = 0;
    };

    uint32_t below(uint32_t bound) { return static_cast<uint32_t>(m_random() % bound); }

    Waiter waiter(const Client& client) const { return {m_index, client.token}; }

    void begin() {
        ++m_begun;
        Client& client = m_clients[++m_lastToken];
        client.token = m_lastToken;
        client.key = "key-" + std::to_string(below(12));
        client.hash = m_world.cache->store().hashOf(client.key);
        ask(client);
    }

    void ask(Client& client) {
        Cache& cache = *m_world.cache;
        client.generation = cache.generations().of(client.hash);
        Store::Variants found;
        if (cache.store().find(client.key, client.hash, m_now, found) > 0) {
            client.got = bodyText(BodySlices(*found[0]));
            return end(client, true);
        }
        if (cache.uncacheable().contain(client.hash, m_now))
            return end(client, false);
        auto joined = cache.fills().joinOrLead(client.key, client.hash, client.generation, cache.store(), m_now,
                                               60s, client.place);
        client.fill = std::move(joined.fill);
        client.leads = joined.leads;
        client.joined = !joined.leads;
        if (client.joined)
            progress(client);
    }

    /// A step of a leader's backend.
    void lead(Client& client) {
        Cache& cache = *m_world.cache;
        if (!client.opened) {
            switch (below(8)) {
            case 0:
                return release(client, Release::Failed, Failure::ConnectRefused);
            case 1:
                if (below(4) == 0)
                    cache.uncacheable().note(client.hash, m_now);
                return release(client, Release::GoAlone, Failure::None);
            case 2:
                return release(client, Release::InTurns, Failure::None);
            case 3:
                return; // slow
            default:
                break;
            }
            client.body = bodyOf(++m_world.fetches, below(10) == 0 ? 300'000 + below(1'200'000) : below(60'000));
            const auto length = below(2) == 0 && client.body.size() < maxEntry
                                    ? std::optional<uint64_t>(client.body.size())
                                    : std::nullopt;
            if (!client.fill->open({client.key, "", {}, {}}, length, maxEntry, m_now, m_wakes))
                return release(client, Release::GoAlone, Failure::None);
            client.opened = true;
            m_world.post(m_wakes);
        }
        if (below(60) == 0) { // the backend breaks off
            cache.fills().remove(*client.fill);
            client.fill->breakOff(m_wakes);
            return end(client, false);
        }
        if (client.sent < client.body.size()) {
            if (!client.fill->takesMore(waiter(client)))
                return;
            const size_t size = std::min<size_t>(client.body.size() - client.sent, 1 + below(40'000));
            client.fill->append(std::string_view(client.body).substr(client.sent, size), m_now, m_wakes);
            client.sent += size;
            if (!client.fill->storable())
                cache.fills().remove(*client.fill);
            return m_world.post(m_wakes);
        }
        if (const StoredRef stored = client.fill->complete(m_now, m_wakes))
            cache.insert(stored, nullptr, client.hash, client.generation, m_now);
        cache.fills().remove(*client.fill);
        if (below(3) == 0)
            cache.invalidate(client.key);
        end(client, false);
    }

    void release(Client& client, Release reason, Failure failure) {
        m_world.cache->fills().remove(*client.fill);
        if (reason == Release::InTurns)
            client.fill->releaseInTurns(m_now, m_wakes);
        else
            client.fill->release(reason, failure, m_wakes);
        end(client, false);
    }

    /// A step of one who follows.
    void progress(Client& client) {
        if (!client.reading) {
            const Fill::Look seen = client.fill->look(client.place, waiter(client));
            if (seen.stage == FillStage::Pending)
                return;
            if (seen.stage == FillStage::Released || seen.stage == FillStage::Broken)
                return again(client, seen);
            client.reading = true;
        }
        for (uint32_t pieces = 1 + below(4); pieces > 0; --pieces) {
            const Fill::Part part = client.fill->read(client.place, waiter(client), m_wakes);
            m_world.post(m_wakes);
            if (part.more) {
                client.got += part.piece.bytes;
                continue;
            }
            if (part.stage == FillStage::Open)
                return;
            return leave(client, part.stage == FillStage::Complete);
        }
    }

    void again(Client& client, const Fill::Look& seen) {
        if (seen.reason == Release::InTurns) {
            client.hasTurn = true; // until its backend has answered
            return;
        }
        client.fill->leave(client.place, m_wakes);
        m_world.post(m_wakes);
        client.joined = false;
        client.fill.reset();
        if (seen.reason == Release::GoAlone || ++client.rounds > 2) {
            ++m_world.failed;
            return end(client, false);
        }
        ask(client);
    }

    /// What came is an error too, or of use to one alone: then nobody waits for a turn any more.
    void endTurn(Client& client) {
        if (below(20) == 0)
            client.fill->release(Release::GoAlone, Failure::None, m_wakes);
        leave(client, false);
    }

    void leave(Client& client, bool whole) {
        if (whole)
            ++m_world.collapsed;
        end(client, whole);
    }

    void end(Client& client, bool whole) {
        if (client.joined)
            client.fill->leave(client.place, m_wakes);
        m_world.post(m_wakes);
        if (whole && !isWhole(client.got))
            ++m_world.wrong;
        ++m_world.ended;
        m_clients.erase(client.token);
    }

    World& m_world;
    const uint32_t m_index;
    std::mt19937 m_random;
    std::map<uint64_t, Client> m_clients;
    Fill::Wakes m_wakes;
    TimePoint m_now{1h};
    uint64_t m_lastToken = 0;
    int m_begun = 0;
};

void check(World& world) {
    QCOMPARE(world.wrong.load(), 0);
    QCOMPARE(world.ended.load(), int(workers) * clientsEach);
    QCOMPARE(world.cache->fills().size(), size_t(0));
    // Nothing stays set aside: without its entries the store holds its indexes alone.
    world.cache->purge(KeyScope::everything());
    QVERIFY2(world.cache->store().bytes() < 64 * 1024, std::to_string(world.cache->store().bytes()).c_str());
}

} // namespace

/// Many clients of several workers that want the same few things, while backends delay, fail and break off and
/// clients leave: no waiter is lost, no memory stays, and no body is wrong.
class TestCollapsingRandom : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void inAnyOrder_data() {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 10; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void inAnyOrder() {
        QFETCH(uint, seed);
        World world;
        std::deque<SimulatedWorker> all;
        for (uint32_t i = 0; i < workers; ++i)
            all.emplace_back(world, i, seed);
        std::mt19937 random(seed);
        int steps = 0;
        while (std::any_of(all.begin(), all.end(), [](const auto& worker) { return !worker.done(); })) {
            all[random() % workers].step();
            QVERIFY2(++steps < 3'000'000, "somebody waits for ever");
        }
        check(world);
        QVERIFY(world.collapsed > 100); // on threads that depends on who runs when
    }

    void onThreads() {
        World world;
        std::atomic<bool> stuck{false};
        std::vector<std::thread> threads;
        for (uint32_t i = 0; i < workers; ++i) {
            threads.emplace_back([&, i] {
                SimulatedWorker worker(world, i, 99);
                for (int steps = 0; !worker.done(); ++steps) {
                    worker.step();
                    if (steps > 100'000'000) {
                        stuck = true;
                        return;
                    }
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY(!stuck);
        check(world);
    }
};

QTEST_APPLESS_MAIN(TestCollapsingRandom)
#include "test_collapsing_random.moc"

// SPDX-License-Identifier: MIT
#include "proxy/exchange_player.h"
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

config::Config randomConfig(Dice& dice) {
    auto config = configOf(std::string_view("abcd").substr(0, 1 + dice.below(4)));
    bool anyEnabled = false;
    for (config::Backend& backend : config.pools[0].backends) {
        backend.maxConnections = dice.below(4);
        backend.enabled = !dice.oneIn(5);
        anyEnabled = anyEnabled || backend.enabled;
    }
    config.pools[0].backends[0].enabled = config.pools[0].backends[0].enabled || !anyEnabled;
    config.pools[0].balance = static_cast<config::BalanceAlgorithm>(dice.below(3));
    config.proxy.retries = dice.below(4);
    config.proxy.queue.size = dice.below(6);
    if (dice.oneIn(4))
        config.proxy.maxBodySize = 50000;
    return config;
}

/// Several exchanges in one world, all at once; nullptr when all went as it must.
struct Rehearsal {
    explicit Rehearsal(uint64_t seed)
        : dice(seed), runtime(compileRuntime(randomConfig(dice), shared, names)), world(runtime) {
        for (int i = 0; i < 12; ++i)
            players.push_back(std::make_unique<ExchangePlayer>(world, dice, fault));
    }

    void deliverWakes(bool all) {
        // A slot that none of those who wait has a use for would be passed round for ever: it is given up in the
        // end.
        for (int passed = 0; !world.wakes.empty() && (all || !dice.oneIn(3)) && passed < 1000; ++passed) {
            const FakeWorld::Wake next = world.wakes.front();
            world.wakes.pop_front();
            bool taken = false;
            for (auto& player : players)
                taken = taken || player->wake(next, now);
            if (!taken && next.slotHeld)
                world.releaseSlot(next.backend);
            else if (!taken)
                passOnRetryPlace();
            checkBudget();
        }
        while (all && !world.wakes.empty()) {
            if (world.wakes.front().slotHeld)
                world.wakes.front().backend->dropSlot();
            world.wakes.pop_front();
        }
    }

    void passOnRetryPlace() {
        if (const auto next = runtime->pools[0].state->retryWaiters.takeFirst())
            world.wakes.push_back({next->token, nullptr, false});
    }

    void checkBudget() {
        // With 12 exchanges the budget is its minimum.
        if (runtime->pools[0].state->retriesInFlight > 3 && !fault)
            fault = "more retries at once than the budget has";
    }

    void run() {
        const uint32_t steps = 30 + dice.below(500);
        for (uint32_t step = 0; step < steps && !fault; ++step) {
            now += std::chrono::milliseconds(dice.oneIn(20) ? 10000 : dice.below(50));
            ExchangePlayer& player = *players[dice.below(static_cast<uint32_t>(players.size()))];
            if (!player.begun())
                player.begin(now);
            else if (!player.over())
                player.play(now);
            deliverWakes(false);
            checkBudget();
        }
        for (auto& player : players) {
            for (int step = 0; player->begun() && !player->over() && step < 200 && !fault; ++step)
                player->windUp(now);
            if (player->begun() && !player->over() && !fault)
                fault = "time does not end an exchange";
            if (player->begun() && !fault && !player->endedWell())
                fault = "an exchange ends with one final head and one ending";
        }
        for (auto& player : players) {
            if (player->begun())
                player->finish(now);
        }
        deliverWakes(true);
        if (!fault)
            checkCounters();
    }

    void checkCounters() {
        const RuntimePool& pool = runtime->pools[0];
        if (pool.state->inFlight != 0)
            fault = "the pool's requests in flight come to zero";
        else if (pool.state->retriesInFlight != 0)
            fault = "the pool's retries in flight come to zero";
        else if (!pool.state->slotWaiters.empty() || !pool.state->retryWaiters.empty())
            fault = "nobody waits when all are done";
        for (const RuntimeBackend& backend : pool.backends) {
            if (backend.state->inFlight != 0)
                fault = "a backend's requests in flight come to zero";
            if (backend.state->connections() != backend.state->idle)
                fault = "every slot that is taken is an idle connection's";
        }
    }

    std::string told() const { return fault ? fault : "well"; }

    Dice dice;
    NameTable names;
    SharedState shared;
    std::shared_ptr<const Runtime> runtime;
    FakeWorld world;
    const char* fault = nullptr;
    TimePoint now = TimePoint{} + 1h;
    std::vector<std::unique_ptr<ExchangePlayer>> players;
};

} // namespace

/// Whatever happens to exchanges, in whatever order: nothing stays counted, nothing that is not idempotent is sent
/// twice, and every client gets one final response, or sees that it is cut.
class TestExchangeRandom : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void anyOrderOfEvents_data() {
        QTest::addColumn<int>("first");
        for (int first = 0; first < 1000; first += 100)
            QTest::addRow("seeds from %d", first) << first;
    }

    void anyOrderOfEvents() {
        QFETCH(int, first);
        for (int seed = first; seed < first + 100; ++seed) {
            Rehearsal rehearsal(static_cast<uint64_t>(seed));
            rehearsal.run();
            QVERIFY2(!rehearsal.fault, ("seed " + std::to_string(seed) + ": " + rehearsal.told()).c_str());
        }
    }

    /// The rehearsals must reach what they are about.
    void theyGoEverywhere() {
        size_t retried = 0;
        size_t tunnels = 0;
        size_t queued = 0;
        std::set<Failure> failures;
        for (uint64_t seed = 0; seed < 100; ++seed) {
            Rehearsal rehearsal(seed);
            rehearsal.run();
            for (const auto& player : rehearsal.players) {
                if (!player->begun())
                    continue;
                retried += player->requestsSent() > 1;
                tunnels += player->decision().tunnel;
                queued += player->decision().queuedMicros > 0;
                failures.insert(player->decision().failure);
            }
        }
        QVERIFY(retried > 50);
        QVERIFY(tunnels > 10);
        QVERIFY(queued > 50);
        for (const Failure failure :
             {Failure::None, Failure::BadRequest, Failure::BodyTooLarge, Failure::ClientGone, Failure::QueueFull,
              Failure::QueueTimeout, Failure::ConnectRefused, Failure::ConnectTimeout, Failure::ConnectionClosed,
              Failure::ResponseTimeout, Failure::ResponseMalformed, Failure::ResponseIncomplete,
              Failure::UnexpectedUpgrade})
            QVERIFY2(failures.contains(failure), infoOf(failure).name.data());
    }
};

QTEST_APPLESS_MAIN(TestExchangeRandom)
#include "test_exchange_random.moc"

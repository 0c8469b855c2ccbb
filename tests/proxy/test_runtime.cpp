// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

#include <set>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

/// Every backend may take the request.
struct Unloaded final : balance::LoadView {
    bool eligible(size_t) const override { return true; }

    uint32_t inFlight(size_t) const override { return 0; }
};

config::Backend backendAt(std::string name, std::string host, uint16_t port) {
    config::Backend backend;
    backend.name = std::move(name);
    backend.url.host = std::move(host);
    backend.url.port = port;
    return backend;
}

config::Pool poolOf(std::string name, std::vector<config::Backend> backends) {
    config::Pool pool;
    pool.name = std::move(name);
    pool.backends = std::move(backends);
    return pool;
}

} // namespace

/// A configuration made ready for requests (DESIGN section 2, rule 3).
class TestRuntime : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everythingIsCarriedOver() {
        auto config = configOf("ab");
        config.proxy.maxHeaderSize = 1234;
        config.proxy.maxHeaderCount = 56;
        config.pools[0].backends[1].url.basePath = "/base";
        config.pools[0].backends[1].weight = 5;
        config.pools[0].backends[1].maxConnections = 9;
        config.pools[0].balance = config::BalanceAlgorithm::LeastConnections;
        config.routes[0].stripPrefix = "/api";
        SharedState shared;
        NameTable names;
        const auto runtime = compileRuntime(config, shared, names);
        QVERIFY(runtime->config == config);
        QCOMPARE(runtime->headLimits.maxSize, 1234u);
        QCOMPARE(runtime->headLimits.maxFields, 56u);
        QCOMPARE(runtime->routes.size(), size_t(1));
        QCOMPARE(runtime->routes[0].stripPrefix, std::string("/api"));
        QCOMPARE(runtime->routes[0].pool, 0u);
        QVERIFY(names.name(runtime->routes[0].name) == "all");

        const RuntimePool& pool = runtime->pools.at(0);
        QVERIFY(names.name(pool.name) == "default");
        QVERIFY(pool.algorithm == config::BalanceAlgorithm::LeastConnections);
        QVERIFY(pool.state == shared.pool("default"));
        QCOMPARE(pool.backends.size(), size_t(2));
        const RuntimeBackend& second = pool.backends[1];
        QVERIFY(names.name(second.name) == "b");
        QCOMPARE(second.text, std::string("b"));
        QCOMPARE(second.basePath, std::string("/base"));
        QCOMPARE(second.weight, 5u);
        QCOMPARE(second.state->maxConnections(), 9u);
        QVERIFY(second.state == shared.backend("127.0.0.1", 9002));
        QVERIFY((second.state->pools() == std::vector{pool.state}));
        QCOMPARE(pool.backends[0].state->maxConnections(), 0u);
    }

    /// RFC 9110 section 7.2: the Host field's value leaves out the scheme's own port, and brackets IPv6.
    void authorities_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("authority");
        QTest::newRow("with a port") << "localhost" << 8081 << "localhost:8081";
        QTest::newRow("with http's own port") << "example.com" << 80 << "example.com";
        QTest::newRow("IPv4") << "192.0.2.1" << 9000 << "192.0.2.1:9000";
        QTest::newRow("IPv6") << "::1" << 9000 << "[::1]:9000";
        QTest::newRow("IPv6 with http's own port") << "2001:db8::1" << 80 << "[2001:db8::1]";
    }

    void authorities() {
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(QString, authority);
        auto config = configOf("");
        config.pools[0].backends = {backendAt("x", host.toStdString(), static_cast<uint16_t>(port))};
        SharedState shared;
        NameTable names;
        const auto runtime = compileRuntime(config, shared, names);
        QCOMPARE(QString::fromStdString(runtime->pools[0].backends[0].authority), authority);
    }

    void whoIsSwitchedOffTakesNoPart() {
        auto config = configOf("abcd");
        config.pools[0].backends[0].enabled = config.pools[0].backends[2].enabled = false;
        for (const auto algorithm :
             {config::BalanceAlgorithm::RoundRobin, config::BalanceAlgorithm::WeightedRoundRobin,
              config::BalanceAlgorithm::LeastConnections}) {
            config.pools[0].balance = algorithm;
            SharedState shared;
            NameTable names;
            const WorkerRuntime worker(compileRuntime(config, shared, names));
            QVERIFY((worker.pool(0).available == std::vector<uint32_t>{1, 3}));
            std::set<size_t> chosen;
            for (uint64_t ticket = 0; ticket < 20; ++ticket)
                chosen.insert(worker.pool(0).balancer->choose(ticket, Unloaded()).value());
            QVERIFY((chosen == std::set<size_t>{1, 3}));
        }
    }

    // Who is available.

    void availability_data() {
        QTest::addColumn<QByteArray>("backends"); // `u` up, `d` down, `U` and `D` the same but switched off
        QTest::addColumn<bool>("refuse");
        QTest::addColumn<QByteArray>("available");
        QTest::addColumn<bool>("allDown");
        const auto row = [](const char* name, const char* backends, bool refuse, const char* available,
                            bool allDown) {
            QTest::newRow(name) << QByteArray(backends) << refuse << QByteArray(available) << allDown;
        };
        row("all are up", "uuu", false, "012", false);
        row("one is down", "udu", false, "02", false);
        row("one is off", "uUu", false, "02", false);
        row("one of each", "uDUd", false, "0", false);
        row("all are down", "ddd", false, "012", true);
        row("all are down, one is off too", "dDd", false, "02", true);
        row("the one that is up is off", "dUd", false, "02", true);
        row("all are down, and refused", "ddd", true, "", true);
        row("one is left, where they would be refused", "dud", true, "1", false);
        row("all are off", "UUD", false, "", true);
    }

    void availability() {
        QFETCH(QByteArray, backends);
        QFETCH(bool, refuse);
        QFETCH(QByteArray, available);
        QFETCH(bool, allDown);
        auto config = configOf(std::string_view("abcd").substr(0, static_cast<size_t>(backends.size())));
        config.pools[0].whenAllDown = refuse ? config::WhenAllDown::Refuse : config::WhenAllDown::TryAll;
        SharedState shared;
        NameTable names;
        const auto runtime = compileRuntime(config, shared, names);
        WorkerRuntime before(runtime); // looks again
        for (size_t i = 0; i < static_cast<size_t>(backends.size()); ++i) {
            const char state = backends[static_cast<qsizetype>(i)];
            const RuntimeBackend& backend = runtime->pools[0].backends[i];
            backend.operatorSwitch->set(state == 'u' || state == 'd');
            if (state == 'd' || state == 'D')
                backend.health->reported({false, 3, Failure::ConnectRefused}, {});
            QCOMPARE(backend.available(), state == 'u');
        }
        QCOMPARE(before.current(0).available.size(), size_t(backends.size())); // nobody has told it yet
        ++runtime->pools[0].state->availability;
        WorkerRuntime after(runtime);
        for (WorkerRuntime* const worker : {&before, &after}) {
            const WorkerPool& pool = worker->current(0);
            QByteArray seen;
            for (const uint32_t index : pool.available)
                seen += static_cast<char>('0' + index);
            QCOMPARE(seen, available);
            QCOMPARE(pool.allDown, allDown);
            std::set<size_t> chosen;
            for (uint64_t ticket = 0; ticket < 20; ++ticket) {
                if (const auto choice = pool.balancer->choose(ticket, Unloaded()))
                    chosen.insert(*choice);
            }
            QVERIFY(chosen == std::set<size_t>(pool.available.begin(), pool.available.end()));
        }
    }

    void aPoolWithoutACheckerIsNotObserved() {
        auto config = configOf("a");
        config.pools[0].healthChecker.enabled = false;
        SharedState shared;
        NameTable names;
        const auto runtime = compileRuntime(config, shared, names);
        QVERIFY(!runtime->pools[0].backends[0].health);
        QVERIFY(runtime->pools[0].backends[0].available());
    }

    void weightsCountWhereTheyAreMeantTo() {
        auto config = configOf("ab");
        config.pools[0].backends[0].weight = 3;
        config.pools[0].balance = config::BalanceAlgorithm::WeightedRoundRobin;
        SharedState shared;
        NameTable names;
        const WorkerRuntime worker(compileRuntime(config, shared, names));
        int first = 0;
        for (uint64_t ticket = 0; ticket < 40; ++ticket)
            first += worker.pool(0).balancer->choose(ticket, Unloaded()) == size_t(0);
        QCOMPARE(first, 30);
    }

    /// Workers that share nothing but the ticket agree on whose turn it is.
    void workersAgree() {
        const auto config = configOf("abc");
        SharedState shared;
        NameTable names;
        const auto runtime = compileRuntime(config, shared, names);
        const WorkerRuntime one(runtime);
        const WorkerRuntime other(runtime);
        for (uint64_t ticket = 0; ticket < 12; ++ticket)
            QVERIFY(one.pool(0).balancer->choose(ticket, Unloaded()) ==
                    other.pool(0).balancer->choose(ticket, Unloaded()));
    }

    void anEmptyPoolHasNobodyToChoose() {
        SharedState shared;
        NameTable names;
        const WorkerRuntime worker(compileRuntime(configOf(""), shared, names));
        QVERIFY(worker.pool(0).available.empty());
        QVERIFY(!worker.pool(0).balancer->choose(0, Unloaded()));
    }

    // Reloads.

    void aReloadKeepsNamesAndStates() {
        SharedState shared;
        NameTable names;
        auto config = configOf("ab");
        const auto before = compileRuntime(config, shared, names);
        before->pools[0].state->ticket = 5;
        QVERIFY(before->pools[0].backends[1].state->takeSlot());

        // Another order, a backend more in front, a new limit.
        config.pools[0].backends = {backendAt("c", "127.0.0.1", 9003), config.pools[0].backends[1]};
        config.pools[0].backends[1].maxConnections = 4;
        const auto after = compileRuntime(config, shared, names);
        QCOMPARE(after->pools[0].name, before->pools[0].name);
        QVERIFY(after->pools[0].state == before->pools[0].state);
        QCOMPARE(after->pools[0].state->ticket.load(), uint64_t(5));
        QCOMPARE(after->pools[0].backends[1].name, before->pools[0].backends[1].name);
        QVERIFY(after->pools[0].backends[1].state == before->pools[0].backends[1].state);
        QCOMPARE(after->pools[0].backends[1].state->connections(), 1u);
        QCOMPARE(before->pools[0].backends[1].state->maxConnections(),
                 4u); // for what still runs on the old one, too
        QVERIFY(after->pools[0].backends[0].name != before->pools[0].backends[0].name);
        // The old one is as it was for those who still hold it.
        QCOMPARE(before->pools[0].backends[0].text, std::string("a"));
        QCOMPARE(before->pools[0].backends.size(), size_t(2));
    }

    /// Whether the clients that a limiter remembers go on to be remembered.
    void aReloadKeepsWhatWasCounted_data() {
        QTest::addColumn<int>("change");
        QTest::addColumn<bool>("kept");
        QTest::newRow("nothing") << 0 << true;
        QTest::newRow("the limit") << 1 << true;
        QTest::newRow("who is exempt") << 2 << true;
        QTest::newRow("how many are remembered") << 3 << true;
        QTest::newRow("the window") << 4 << false;
        QTest::newRow("the algorithm") << 5 << false;
        QTest::newRow("what tells clients apart") << 6 << false;
        QTest::newRow("how far IPv6 addresses count") << 7 << false;
    }

    void aReloadKeepsWhatWasCounted() {
        QFETCH(int, change);
        QFETCH(bool, kept);
        SharedState shared;
        NameTable names;
        auto config = configOf("a");
        config.rateLimiter.enabled = true;
        config.routes.push_back(config.routes[0]);
        config.routes[1].name = "own";
        config.routes[1].rateLimiter = config.rateLimiter;
        auto before = compileRuntime(config, shared, names);
        for (config::RateLimiter* const limiter : {&config.rateLimiter, &*config.routes[1].rateLimiter}) {
            limiter->limit += change == 1 ? 1 : 0;
            if (change == 2)
                limiter->exempt = {*CidrBlock::parse("10.0.0.0/8")};
            limiter->maxClients += change == 3 ? 1 : 0;
            limiter->window += change == 4 ? 1s : 0s;
            if (change == 5)
                limiter->algorithm = config::LimitAlgorithm::TokenBucket;
            if (change == 6)
                limiter->key = "header:X-Api-Key";
            limiter->ipv6Prefix -= change == 7 ? 8 : 0;
        }
        const auto after = compileRuntime(config, shared, names);
        for (size_t route = 0; route < 2; ++route) {
            QVERIFY(before->routes[route].limiter && after->routes[route].limiter);
            QCOMPARE(after->routes[route].limiter->clients == before->routes[route].limiter->clients, kept);
        }
        QVERIFY(after->routes[0].limiter->clients != after->routes[1].limiter->clients);
    }

    void limitersOfRoutesStandInForTheGlobalOne() {
        SharedState shared;
        NameTable names;
        auto config = configOf("a");
        config.rateLimiter.enabled = true;
        config.routes.resize(4, config.routes[0]);
        config.routes[1].rateLimiter = config.rateLimiter;
        config.routes[1].name = "own";
        config.routes[2].rateLimiter.emplace(); // not enabled
        const auto runtime = compileRuntime(config, shared, names);
        QVERIFY(runtime->routes[0].limiter);
        QVERIFY(runtime->routes[0].limiter == runtime->routes[3].limiter);
        QVERIFY(names.name(runtime->routes[0].limiter->name) == "global");
        QVERIFY(runtime->routes[1].limiter != runtime->routes[0].limiter);
        QVERIFY(names.name(runtime->routes[1].limiter->name) == "own");
        QVERIFY(!runtime->routes[2].limiter);
    }

    void anotherAddressIsAnotherBackendWhateverItsName() {
        SharedState shared;
        NameTable names;
        auto config = configOf("a");
        const auto before = compileRuntime(config, shared, names);
        config.pools[0].backends[0].url.port = 9999;
        const auto after = compileRuntime(config, shared, names);
        QCOMPARE(after->pools[0].backends[0].name, before->pools[0].backends[0].name);
        QVERIFY(after->pools[0].backends[0].state != before->pools[0].backends[0].state);
    }

    void anAddressInTwoPoolsIsOneBackend() {
        auto config = configOf("a");
        config.pools.push_back(poolOf("second", {backendAt("z", "127.0.0.1", 9001)}));
        SharedState shared;
        NameTable names;
        const auto runtime = compileRuntime(config, shared, names);
        const auto& state = runtime->pools[0].backends[0].state;
        QVERIFY(state == runtime->pools[1].backends[0].state);
        // Whose slot is freed may serve either pool.
        QVERIFY((state->pools() == std::vector{runtime->pools[0].state, runtime->pools[1].state}));
    }

    void whatNoRuntimeLeadsToIsForgotten() {
        SharedState shared;
        NameTable names;
        auto before = compileRuntime(configOf("abc"), shared, names);
        const auto after = compileRuntime(configOf("a"), shared, names);
        shared.forgetUnused();
        QCOMPARE(shared.backends().size(), size_t(3)); // exchanges may still run on the old one
        before.reset();
        shared.forgetUnused();
        QCOMPARE(shared.backends().size(), size_t(1));
    }
};

QTEST_APPLESS_MAIN(TestRuntime)
#include "test_runtime.moc"

// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/attack.h"
#include "support/reverxy_process.h"
#include "support/steady_clients.h"

#include <sys/resource.h>

using namespace reverxy::test;

namespace {

constexpr uint64_t kibibyte = 1024;
constexpr uint64_t mebibyte = 1024 * kibibyte;
// What the allocator may keep, and what the log and the records take meanwhile.
constexpr uint64_t memorySlack = 24 * mebibyte;

/// How long each attack goes on; REVERXY_ATTACK_SECONDS gives other seconds.
std::chrono::seconds attackTime() {
    const char* const text = std::getenv("REVERXY_ATTACK_SECONDS");
    const int seconds = text ? std::atoi(text) : 0;
    return std::chrono::seconds(seconds > 0 ? seconds : 30);
}

/// Answers ordinary clients, and misbehaves for those who ask it to.
void misbehave(OriginExchange& exchange) {
    const std::string target = exchange.target();
    if (target == "/steady")
        return void(exchange.respond(200, "steady"));
    if (target == "/silence" || target == "/stall") {
        if (target == "/stall")
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun");
        exchange.stream().expectEnd();
        return;
    }
    if (target == "/huge") {
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
        const std::string piece(64 * kibibyte, 'x');
        while (exchange.send(piece)) {
        }
        return;
    }
    if (target == "/crumbs") {
        exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        std::string crumbs;
        for (int i = 0; i < 4000; ++i)
            crumbs += "1\r\nx\r\n";
        while (exchange.send(crumbs)) {
        }
        return;
    }
    if (target == "/interim") {
        std::string interim;
        for (int i = 0; i < 1000; ++i)
            interim += "HTTP/1.1 102 Processing\r\n\r\n";
        while (exchange.send(interim)) {
        }
        return;
    }
    if (target == "/endless-head") {
        exchange.send("HTTP/1.1 200 OK\r\n");
        const std::string field = "X-Field: " + std::string(1000, 'x') + "\r\n";
        while (exchange.send(field)) {
        }
        return;
    }
    exchange.respond(200, exchange.readBody()); // what comes slowly is waited for
}

std::string get(const char* target) {
    return request("GET", target);
}

void configure(ReverxyProcess& proxy, const Origin& origin) {
    proxy.configure("  workers: 2\n  header_timeout: 3s\n  idle_timeout: 5s\n  max_connections: 4000\n",
                    "log: { level: warn }\n"
                    "routes:\n  - { path: /limited, rate_limiter: { limit: 2, key: \"header:X-Api-Key\", "
                    "max_clients: 1000 } }\n  - {}\n" +
                        ReverxyProcess::poolOf({origin.port()}));
}

double timesAsLong(const SteadyClients::Result& now, const SteadyClients::Result& before) {
    return static_cast<double>(now.p99.count()) / static_cast<double>(std::max<int64_t>(1, before.p99.count()));
}

} // namespace

/// Attacks from the machine itself, bounded in connections and time, on the program as a process. Ordinary clients
/// notice no error, and the memory that an attack can take is that of its connections. What they wait, in quiet,
/// while another proxy is attacked and under attack, is printed as a row of a table.
class TestSoakAttacks : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void initTestCase() {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }

    void ordinaryClientsStayUnhurt_data() {
        QTest::addColumn<AttackPlan>("plan");
        QTest::addColumn<quint64>("eachMayTake"); // bytes of memory for one connection
        const auto row = [](const char* name, AttackPlan plan, uint64_t eachMayTake) {
            QTest::newRow(name) << plan << quint64(eachMayTake);
        };
        const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
        const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
        // A small buffer for what was begun; both directions with large ones for whoever makes them necessary.
        constexpr uint64_t little = 24 * kibibyte;
        constexpr uint64_t muchEach = 400 * kibibyte;
        row("idle connections", {.connections = 1000}, little);
        row("slow heads", {.connections = 500, .opening = head, .drip = "X", .every = 200ms}, little);
        row("slow bodies",
            {.connections = 300, .opening = post + "Content-Length: 1000000\r\n\r\n", .drip = "x", .every = 500ms},
            little + 64 * kibibyte); // a backend's connection too, and what may have to be sent again
        row("readers that stop", {.connections = 100, .opening = get("/huge")}, muchEach);
        row("pipelines nobody reads", {.connections = 50, .drip = get("/steady")}, muchEach);
        row("pipelines", {.connections = 20, .drip = get("/steady"), .reads = true}, muchEach);
        row("tiny chunks",
            {.connections = 20, .opening = post + "Transfer-Encoding: chunked\r\n\r\n", .drip = "1\r\nx\r\n"},
            muchEach);
        row("large heads",
            {.connections = 50,
             .opening = head,
             .drip = "X-Field: " + std::string(500, 'x') + "\r\n",
             .reads = true},
            muchEach);
        row("empty lines", {.connections = 50, .drip = "\r\n\r\n\r\n\r\n", .reads = true}, muchEach);
        row("nonsense", {.connections = 50, .opening = "\x16\x03\x01\x02 nonsense\r\n\r\n", .reads = true},
            muchEach);
        row("connections that are reset", {.connections = 20, .opening = get("/steady"), .resets = true}, muchEach);
        row("many names",
            {.connections = 20,
             .reads = true,
             .resets = true,
             .openings =
                 [](uint64_t number) {
                     return request("GET", "/limited", "X-Api-Key: " + std::to_string(number) + "\r\n");
                 }},
            muchEach);
        row("a backend that does not answer", {.connections = 200, .opening = get("/silence")},
            little + 64 * kibibyte);
        row("a backend that stalls", {.connections = 200, .opening = get("/stall")}, little + 64 * kibibyte);
        row("a backend that floods", {.connections = 20, .opening = get("/crumbs"), .reads = true}, muchEach);
        row("a backend full of interim responses", {.connections = 20, .opening = get("/interim"), .reads = true},
            muchEach);
        row("a backend whose head does not end",
            {.connections = 20, .opening = get("/endless-head"), .reads = true}, muchEach);
    }

    void ordinaryClientsStayUnhurt() {
        QFETCH(AttackPlan, plan);
        QFETCH(quint64, eachMayTake);
        Origin origin(misbehave, {.record = false});
        Origin othersOrigin(misbehave, {.record = false});
        ReverxyProcess proxy;
        auto other = std::make_unique<ReverxyProcess>(); // shares nothing with the first but the processors
        configure(proxy, origin);
        configure(*other, othersOrigin);
        QVERIFY2(proxy.start(), proxy.output().c_str());
        QVERIFY2(other->start(), other->output().c_str());
        SteadyClients clients(proxy.port(), 4, "steady");
        std::this_thread::sleep_for(2s);
        const auto compared = std::min<std::chrono::seconds>(attackTime(), 10s);
        clients.restart();
        std::this_thread::sleep_for(compared);
        const SteadyClients::Result quiet = clients.result();
        clients.restart();
        {
            const Attack attack(other->port(), plan);
            std::this_thread::sleep_for(compared);
            QVERIFY(attack.opened() >= plan.connections);
        }
        const SteadyClients::Result beside = clients.result();
        COMPARE_STATUS(getOnce(other->port(), "/steady"), 200);
        other.reset();
        for (const SteadyClients::Result& unhurt : {quiet, beside})
            QVERIFY2(unhurt.errors.empty(), unhurt.errors.empty() ? "" : unhurt.errors.front().c_str());
        const uint64_t before = proxy.residentSize();
        clients.restart();
        uint64_t most = 0;
        uint64_t opened = 0;
        {
            const Attack attack(proxy.port(), plan);
            const auto end = std::chrono::steady_clock::now() + attackTime();
            while (std::chrono::steady_clock::now() < end) {
                most = std::max(most, proxy.residentSize());
                std::this_thread::sleep_for(50ms);
            }
            opened = attack.opened();
        }
        const SteadyClients::Result attacked = clients.result();
        const uint64_t growth = most > before ? most - before : 0;
        const uint64_t allowed = plan.connections * eachMayTake + memorySlack;
        std::printf(
            "| %-36s | %5lld / %6lld | %5lld / %6lld | %5lld / %6lld | %6.1f | %6.1f | %5llu KiB of %llu KiB "
            "| %llu |\n",
            QTest::currentDataTag(), static_cast<long long>(quiet.p50.count()),
            static_cast<long long>(quiet.p99.count()), static_cast<long long>(beside.p50.count()),
            static_cast<long long>(beside.p99.count()), static_cast<long long>(attacked.p50.count()),
            static_cast<long long>(attacked.p99.count()), timesAsLong(attacked, quiet),
            timesAsLong(attacked, beside), static_cast<unsigned long long>(growth / kibibyte),
            static_cast<unsigned long long>(allowed / kibibyte), static_cast<unsigned long long>(opened));
        std::fflush(stdout);
        QVERIFY2(attacked.errors.empty(), attacked.errors.empty() ? "" : attacked.errors.front().c_str());
        QVERIFY(attacked.answered > 0);
        QVERIFY(opened >= plan.connections);
        QVERIFY2(growth <= allowed, std::to_string(growth).c_str());
        // And when it is over, all is as before.
        clients.restart();
        QVERIFY(waitUntil([&] { return clients.result().answered > 100; }));
        QVERIFY(clients.result().errors.empty());
    }
};

QTEST_GUILESS_MAIN(TestSoakAttacks)
#include "test_soak_attacks.moc"

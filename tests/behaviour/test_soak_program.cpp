// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/backend_process.h"
#include "support/load.h"
#include "support/reverxy_process.h"

#include <array>
#include <csignal>

using namespace reverxy::test;

/// The program and its backends as processes: what nothing_lost.h tells of the engine, with real files, real
/// signals and real ends.
class TestSoakProgram : public QObject {
    Q_OBJECT

    static constexpr uint64_t further = 1'500; // answers between two changes

    static size_t countOf(const std::string& text, std::string_view what) {
        size_t count = 0;
        for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size()))
            ++count;
        return count;
    }

    static bool waitForAnswers(const Load& load, uint64_t count) {
        const uint64_t wanted = load.answered() + count;
        for (uint64_t seen = load.answered(); seen < wanted; seen = load.answered()) {
            if (!waitUntil([&] { return load.answered() > seen; }))
                return false;
        }
        return true;
    }

    static void configure(ReverxyProcess& proxy, const std::vector<uint16_t>& ports, int round) {
        std::string rest = "log: { access: false }\npool:\n  health_checker: { interval: 200ms }\n  backends:\n";
        for (const uint16_t port : ports)
            rest += "    - { name: at-" + std::to_string(port) +
                    ", url: \"http://127.0.0.1:" + std::to_string(port) +
                    "\", weight: " + std::to_string(1 + round % 3) + " }\n";
        // Time enough for a place in the retry budget, whatever the machine does besides.
        proxy.configure("  queue: { timeout: 60s }\n  retries: " + std::to_string(2 + round % 2) + "\n", rest);
    }

  private Q_SLOTS:

    /// Three backends, of which one after the other is killed and started again, while a fourth comes and goes by
    /// the file: of the requests, all of which may be repeated, only those fail whose response had begun.
    void backendsAreKilledAndTheFileIsRewritten() {
        constexpr int rounds = 24;
        std::array<BackendProcess, 4> backends;
        std::vector<uint16_t> three;
        for (BackendProcess& backend : backends) {
            QVERIFY(backend.start());
            three.push_back(backend.port());
        }
        const std::vector<uint16_t> four = three;
        three.pop_back();
        ReverxyProcess proxy;
        configure(proxy, three, 0);
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Load::Options options;
        options.port = proxy.port();
        options.plain = 40;
        options.pipelined = 12;
        options.uploads = 12;
        Load load(options);
        load.start();
        const auto told = [&proxy](std::string_view what, size_t before) {
            return waitUntil([&] { return countOf(proxy.output(), what) > before; });
        };
        for (int round = 1; round <= rounds; ++round) {
            BackendProcess& dying = backends[static_cast<size_t>(round) % 3];
            const std::string name = "backend at-" + std::to_string(dying.port());
            const std::string isDown = name + " of pool default is down";
            const std::string isUp = name + " of pool default is up again";
            const size_t downs = countOf(proxy.output(), isDown);
            const size_t ups = countOf(proxy.output(), isUp);
            QVERIFY(waitForAnswers(load, further));
            dying.kill();
            QVERIFY(waitForAnswers(load, further));
            QVERIFY2(told(isDown, downs), proxy.output().c_str());

            const size_t reloads = countOf(proxy.output(), "reloaded ");
            configure(proxy, round % 2 == 0 ? three : four, round);
            proxy.signal(SIGHUP);
            QVERIFY2(told("reloaded ", reloads), proxy.output().c_str());
            QVERIFY(waitForAnswers(load, further));

            QVERIFY(dying.start());
            QVERIFY2(told(isUp, ups), proxy.output().c_str());
            QVERIFY(waitForAnswers(load, further));
        }
        load.stop();
        const Load::Result result = load.wait();
        std::fprintf(stderr, "%llu answered, %llu cut after their response had begun\n",
                     static_cast<unsigned long long>(result.answered),
                     static_cast<unsigned long long>(result.broken));
        QVERIFY2(result.failed == result.broken && result.unanswered == 0, result.text().c_str());
        QVERIFY(result.answered >= uint64_t{rounds} * 4 * further);
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
    }
};

QTEST_GUILESS_MAIN(TestSoakProgram)
#include "test_soak_program.moc"

// SPDX-License-Identifier: MIT
#include "app/demo/demo_configuration.h"
#include "app/demo/traffic_schedule.h"
#include "limit/quota_policy.h"

#include <QTest>

#include <map>
#include <set>
#include <vector>

using namespace reverxy;
using namespace reverxy::demo;
using namespace std::chrono_literals;

namespace {

constexpr uint32_t seed = 7;

std::vector<PlannedRequest> planned(uint32_t seedOfIt, Milliseconds span) {
    TrafficSchedule schedule(seedOfIt);
    std::vector<PlannedRequest> requests;
    for (PlannedRequest request = schedule.next(); request.at < span; request = schedule.next())
        requests.push_back(std::move(request));
    return requests;
}

bool isStream(const PlannedRequest& request) {
    return request.target == "/stream";
}

} // namespace

/// Which requests the demo's clients make, and when.
class TestDemoSchedule : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void theSameSeedGivesTheSameRequests() {
        QVERIFY(planned(seed, 60s) == planned(seed, 60s));
        QVERIFY(planned(seed, 60s) != planned(seed + 1, 60s));
    }

    void noRequestIsEarlierThanTheOneBefore() {
        const auto requests = planned(seed, 600s);
        for (size_t i = 1; i < requests.size(); ++i)
            QVERIFY(requests[i - 1].at <= requests[i].at);
    }

    void theRateIsGentle() {
        std::map<int64_t, int> usual; // by ten seconds
        for (const PlannedRequest& request : planned(seed, 600s)) {
            if (request.client != "198.51.100.200")
                ++usual[request.at / 10s];
        }
        QCOMPARE(usual.size(), size_t(60));
        int all = 0;
        int least = INT_MAX;
        int most = 0;
        for (const auto& [tenSeconds, count] : usual) {
            all += count;
            least = std::min(least, count);
            most = std::max(most, count);
        }
        QVERIFY2(all > 600 * 15 && all < 600 * 30, qPrintable(QString::number(all)));
        // It swells and ebbs.
        QVERIFY2(least > 80 && least < 180, qPrintable(QString::number(least)));
        QVERIFY2(most > 240 && most < 450, qPrintable(QString::number(most)));
    }

    void twoStreamsAreHeldAndChanged() {
        int streams = 0;
        Milliseconds held{0};
        for (const PlannedRequest& request : planned(seed, 600s)) {
            if (!isStream(request))
                continue;
            ++streams;
            QCOMPARE(request.host, std::string("news.localhost"));
            QVERIFY(request.patience >= 8s && request.patience <= 40s);
            held += request.patience;
        }
        QVERIFY(streams > 20);
        // For most of the ten minutes there are two, and never more for long.
        QVERIFY2(held > 2 * 540s && held < 2 * 640s, qPrintable(QString::number(held.count())));
    }

    void nowAndThenOneClientOverdoesIt() {
        std::vector<Milliseconds> begins;
        int inBurst = 0;
        Milliseconds last{-1h};
        for (const PlannedRequest& request : planned(seed, 600s)) {
            if (request.client != "198.51.100.200")
                continue;
            if (request.at - last > 5s) {
                if (!begins.empty())
                    QCOMPARE(inBurst, int(TrafficSchedule::burstSize));
                begins.push_back(request.at);
                inBurst = 0;
            }
            ++inBurst;
            QVERIFY(request.at - begins.back() < 1s);
            last = request.at;
        }
        QVERIFY(begins.size() >= 12 && begins.size() <= 24);
        QVERIFY(begins.front() < 20s);
    }

    void theLimiterMeetsOnlyTheOneWhoOverdoesIt() {
        const limit::QuotaPolicy policy(demoConfiguration({40001, 40002, 40003}, {}, {}).config->rateLimiter);
        std::map<std::string, limit::Count> counts;
        std::map<std::string, int> throttled;
        for (const PlannedRequest& request : planned(seed, 600s)) {
            if (!policy.take(counts[request.client], static_cast<limit::Ticks>(request.at.count())).allowed)
                ++throttled[request.client];
        }
        QCOMPARE(throttled.size(), size_t(1));
        const auto& [client, count] = *throttled.begin();
        QCOMPARE(client, std::string("198.51.100.200"));
        QVERIFY2(count > 200, qPrintable(QString::number(count)));
    }

    void thereIsSomethingOfEverything() {
        std::set<std::string> methods;
        std::set<std::string> hosts;
        std::set<std::string> clients;
        std::set<std::string> paths;
        size_t withBody = 0;
        size_t revalidating = 0;
        size_t impatient = 0;
        for (const PlannedRequest& request : planned(seed, 300s)) {
            methods.insert(request.method);
            hosts.insert(request.host);
            clients.insert(request.client);
            paths.insert(request.target.substr(0, request.target.find('?')));
            withBody += request.bodySize > 0;
            revalidating += request.revalidates;
            impatient += !isStream(request) && request.patience > 0ms;
            QVERIFY(request.bodySize == 0 || request.method == "POST" || request.method == "PUT");
        }
        QCOMPARE(methods, (std::set<std::string>{"GET", "HEAD", "POST", "PUT", "DELETE"}));
        QCOMPARE(hosts, (std::set<std::string>{"shop.localhost", "news.localhost"}));
        QCOMPARE(clients.size(), size_t(9));
        QVERIFY(withBody > 100);
        QVERIFY(revalidating > 100);
        QVERIFY(impatient > 10);
        for (const char* path : {"/", "/products", "/products/1", "/stock", "/search", "/cart", "/orders",
                                 "/headlines", "/stream", "/export.csv", "/products/400"})
            QVERIFY2(paths.contains(path), path);
    }
};

QTEST_APPLESS_MAIN(TestDemoSchedule)
#include "test_demo_schedule.moc"

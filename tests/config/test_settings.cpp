// SPDX-License-Identifier: MIT
#include "config/settings.h"

#include "config/value.h"

#include <QTest>

#include <set>

using namespace reverxy;
using namespace reverxy::config;

namespace {

/// A default-made object of each group, to hold the structs' defaults against the table's.
struct Fresh {
    Config config;
    Pool pool;
    Backend backend;
    Route route;

    const void* of(Group group) const {
        switch (group) {
        case Group::Root:
            return &config;
        case Group::Proxy:
            return &config.proxy;
        case Group::Queue:
            return &config.proxy.queue;
        case Group::Log:
            return &config.log;
        case Group::Cache:
            return &config.cache;
        case Group::RateLimiter:
            return &config.rateLimiter;
        case Group::LoadBalancer:
            return &config.balance;
        case Group::Pool:
            return &pool;
        case Group::HealthChecker:
            return &pool.healthChecker;
        case Group::Backend:
            return &backend;
        case Group::Route:
            return &route;
        }
        return nullptr;
    }
};

void addEverySetting() {
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < settings().size(); ++i)
        QTest::newRow(pathOf(settings()[i]).c_str()) << int(i);
}

const Setting& fetchedSetting() {
    QFETCH(int, index);
    return settings()[size_t(index)];
}

} // namespace

class TestSettings : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everySettingExistsOnce() {
        std::set<std::string> paths;
        for (const Setting& setting : settings())
            QVERIFY2(paths.insert(pathOf(setting)).second, pathOf(setting).c_str());
        for (const Child& child : config::children()) {
            QVERIFY2(!findSetting(child.parent, child.key), std::string(child.key).c_str());
            QCOMPARE(config::findChild(child.parent, child.key), &child);
        }
        QVERIFY(paths.size() > 50);
    }

    void defaultsOfTableAndStructsAreEqual_data() { addEverySetting(); }

    void defaultsOfTableAndStructsAreEqual() {
        const Setting& setting = fetchedSetting();
        if (setting.required || setting.numbered)
            return; // made or demanded by the reader; its tests say so
        const auto fallback = parseLine(setting, setting.defaultText);
        QVERIFY2(fallback, fallback.problem.c_str());
        const Fresh fresh;
        const Value value = setting.load(fresh.of(setting.group));
        QCOMPARE(value.index(), fallback.value->index());
        QVERIFY2(value == *fallback.value, formatValue(setting, value).c_str());
    }

    void storesWhereItLoads_data() { addEverySetting(); }

    // Another value than the default goes in and comes out, and nothing beside it changes.
    void storesWhereItLoads() {
        const Setting& setting = fetchedSetting();
        const auto other = [&]() -> std::string {
            switch (setting.type) {
            case Type::Boolean:
                return setting.defaultText == "true" ? "false" : "true";
            case Type::Integer:
                return std::to_string(setting.maximum - 1);
            case Type::Duration:
                return formatDuration(Milliseconds(static_cast<int64_t>(setting.maximum) - 1));
            case Type::Size:
                return formatSize(setting.maximum - 1);
            case Type::Word:
                return std::string(
                    setting.words[setting.defaultText == setting.words.back() ? 0 : setting.words.size() - 1]);
            case Type::StatusRange:
                return "204";
            case Type::ListenHost:
                return "192.0.2.1";
            case Type::Url:
                return "http://other:1/base";
            case Type::HealthUrl:
            case Type::RoutePath:
                return "/other";
            case Type::Name:
            case Type::PoolName:
                return "other";
            case Type::ClientKey:
                return "header:X-Other";
            case Type::RouteHost:
                return "*.other";
            case Type::Addresses:
                return "[192.0.2.0/24, \"::1\"]";
            case Type::FieldNames:
                return "[X-One, X-Two]";
            case Type::HostNames:
                return "[one.example, two]";
            }
            return {};
        }();
        std::string written = other;
        std::erase(written, '"');
        const auto value = parseLine(setting, written);
        QVERIFY2(value, value.problem.c_str());
        const Fresh untouched;
        Fresh changed;
        setting.store(const_cast<void*>(changed.of(setting.group)), *value.value);
        QVERIFY(setting.load(changed.of(setting.group)) == *value.value);
        QVERIFY(!(setting.load(changed.of(setting.group)) == setting.load(untouched.of(setting.group))));
        for (const Setting& beside : settings()) {
            if (&beside != &setting)
                QVERIFY2(beside.load(changed.of(beside.group)) == beside.load(untouched.of(beside.group)),
                         pathOf(beside).c_str());
        }
        std::string formatted = formatValue(setting, *value.value);
        std::erase(formatted, '"');
        QCOMPARE(formatted, written);
    }

    void isSaidInOneSentence_data() { addEverySetting(); }

    void isSaidInOneSentence() {
        const Setting& setting = fetchedSetting();
        QVERIFY(setting.help.size() > 10);
        QVERIFY(setting.help.ends_with('.'));
        QVERIFY(setting.minimum <= setting.maximum);
        QVERIFY(!describeType(setting).empty());
    }

    void onlyListenersAndWorkersNeedARestart() {
        std::set<std::string> restart;
        for (const Setting& setting : settings()) {
            if (!setting.live)
                restart.insert(pathOf(setting));
        }
        QCOMPARE(restart, (std::set<std::string>{"proxy.host", "proxy.port", "proxy.probe_host", "proxy.probe_port",
                                                 "proxy.workers"}));
    }

    void namesVariablesOfTheEnvironment() {
        QCOMPARE(environmentNameOf("proxy.port"), std::string("REVERXY_PROXY__PORT"));
        QCOMPARE(environmentNameOf("rate_limiter.enabled"), std::string("REVERXY_RATE_LIMITER__ENABLED"));
        QCOMPARE(environmentNameOf("proxy.queue.size"), std::string("REVERXY_PROXY__QUEUE__SIZE"));
        QCOMPARE(environmentNameOf("pool.backends[0].url"), std::string("REVERXY_POOL__BACKENDS__0__URL"));
    }

    void findsGroupsByTheirFirstPath() {
        QCOMPARE(pathOf(Group::Root), std::string());
        QCOMPARE(pathOf(Group::HealthChecker), std::string("pool.health_checker"));
        QCOMPARE(pathOf(Group::Backend), std::string("pool.backends[]"));
        QCOMPARE(pathOf(Group::RateLimiter), std::string("rate_limiter"));
        QCOMPARE(pathOf(Group::LoadBalancer), std::string("load_balancer"));
    }
};

QTEST_APPLESS_MAIN(TestSettings)
#include "test_settings.moc"

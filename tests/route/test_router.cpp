// SPDX-License-Identifier: MIT
#include "route/router.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <random>
#include <vector>

using namespace reverxy::route;

namespace {

constexpr int nothing = -1;

int matched(const Router& router, std::string_view authority, std::string_view path) {
    const std::optional<size_t> rule = router.match(authority, path);
    return rule ? static_cast<int>(*rule) : nothing;
}

int matched(const Rule& rule, std::string_view authority, std::string_view path) {
    return matched(Router(std::span(&rule, 1)), authority, path);
}

std::string lowerCase(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// The rule as a sentence, without any index. `host` has no port.
bool plainMatch(const Rule& rule, std::string host, const std::string& path) {
    host = lowerCase(host);
    if (host.ends_with('.'))
        host.pop_back();
    if (rule.host.starts_with("*.")) {
        const std::string suffix = rule.host.substr(1);
        if (!host.ends_with(suffix) || host.size() == suffix.size())
            return false;
    } else if (!rule.host.empty() && rule.host != host) {
        return false;
    }
    const std::string prefix = rule.path == "/" ? "" : rule.path;
    return path == prefix || path.starts_with(prefix + "/") || prefix.empty();
}

template <typename T>
const T& anyOf(std::mt19937& random, const std::vector<T>& values) {
    return values[random() % values.size()];
}

std::string randomHost(std::mt19937& random) {
    static const std::vector<std::string> labels{"a", "b", "api", "example", "localhost", "com"};
    std::string host;
    for (size_t count = 1 + random() % 4; count > 0; --count)
        host += (host.empty() ? "" : ".") + anyOf(random, labels);
    return host;
}

std::string randomPath(std::mt19937& random) {
    static const std::vector<std::string> segments{"", "a", "b", "ab", "api", "apix", "v1"};
    std::string path;
    for (size_t count = random() % 4; count > 0; --count)
        path += "/" + anyOf(random, segments);
    return path.empty() ? "/" : path;
}

} // namespace

class TestRouter : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void oneRule_data() {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("authority");
        QTest::addColumn<QByteArray>("requested");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* host, const char* path, const char* authority, const char* requested,
                            bool matches) {
            QTest::addRow("'%s' '%s' %s '%s' '%s'", host, path, matches ? "takes" : "leaves", authority, requested)
                << QByteArray(host) << QByteArray(path) << QByteArray(authority) << QByteArray(requested)
                << matches;
        };
        row("", "/", "localhost", "/", true);
        row("", "/", "", "/x", true); // HTTP/1.0 without Host
        row("", "/", "localhost", "*", true);
        row("", "/", "localhost", "", true);
        row("", "/api", "localhost", "*", false);
        row("", "/api", "localhost", "/api", true);
        row("", "/api", "localhost", "/api/", true);
        row("", "/api", "localhost", "/api/x/y", true);
        row("", "/api", "localhost", "/apix", false);
        row("", "/api", "localhost", "/ap", false);
        row("", "/api", "localhost", "/API", false); // paths have case
        row("", "/api", "localhost", "/x/api", false);
        row("", "/api", "localhost", "//api", false);
        row("", "/api/", "localhost", "/api", true);
        row("", "/api/", "localhost", "/api/x", true);
        row("", "/api/v1", "localhost", "/api/v1/x", true);
        row("", "/api/v1", "localhost", "/api/v2", false);
        row("a.test", "/", "a.test", "/", true);
        row("a.test", "/", "A.TEST", "/", true);
        row("A.Test", "/", "a.test", "/", true);
        row("a.test", "/", "a.test:8080", "/", true);
        row("a.test", "/", "a.test.", "/", true);
        row("a.test", "/", "A.test.:8080", "/", true);
        row("a.test", "/", "b.a.test", "/", false);
        row("a.test", "/", "aa.test", "/", false);
        row("a.test", "/", "a.tes", "/", false);
        row("a.test", "/", "", "/", false);
        row("*.a.test", "/", "b.a.test", "/", true);
        row("*.a.test", "/", "c.b.a.test", "/", true);
        row("*.a.test", "/", "B.A.TEST.:80", "/", true);
        row("*.a.test", "/", "a.test", "/", false);
        row("*.a.test", "/", ".a.test", "/", false);
        row("*.a.test", "/", "ba.test", "/", false);
        row("*.a.test", "/", "b.a.test.evil", "/", false);
        row("*.test", "/", "a.test", "/", true);
        row("[::1]", "/", "[::1]:8080", "/", true);
        row("::1", "/", "[::1]", "/", true);
        row("[fd00::a]", "/", "[FD00::A]", "/", true);
        row("[::1]", "/", "[::2]", "/", false);
        row("127.0.0.1", "/", "127.0.0.1:80", "/", true);
        row("a.test", "/api", "a.test", "/other", false);
        row("a.test", "/api", "b.test", "/api", false);
    }

    void oneRule() {
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, authority);
        QFETCH(QByteArray, requested);
        QFETCH(bool, matches);
        const int rule =
            matched(Rule{host.toStdString(), path.toStdString()}, authority.toStdString(), requested.toStdString());
        QCOMPARE(rule, matches ? 0 : nothing);
    }

    void theFirstRuleWins() {
        const std::vector<Rule> rules{{"*.test", "/early"}, {"a.test", "/"}, {"*.test", "/api"},
                                      {"", "/api/v1"},      {"", "/"},       {"a.test", "/late"}};
        const Router router(rules);
        QCOMPARE(matched(router, "a.test", "/early"), 0);
        QCOMPARE(matched(router, "a.test", "/api/v1"), 1); // an exact host has no precedence, its place has
        QCOMPARE(matched(router, "a.test", "/late"), 1);
        QCOMPARE(matched(router, "b.test", "/api/v1"), 2); // nor has a longer path
        QCOMPARE(matched(router, "c.other", "/api/v1/x"), 3);
        QCOMPARE(matched(router, "c.other", "/api"), 4);
    }

    void ofTwoEqualRulesTheFirstWins() {
        const std::vector<Rule> rules{{"b.test", "/"}, {"a.test", "/x"}, {"a.test", "/x"}, {"a.test", "/x/"}};
        QCOMPARE(matched(Router(rules), "a.test", "/x"), 1);
    }

    void noRulesMatchNothing() {
        const Router router({});
        QCOMPARE(matched(router, "localhost", "/"), nothing);
        QCOMPARE(matched(router, "", ""), nothing);
    }

    void isMovable() {
        const Rule rule{"a.test", "/"};
        Router first(std::span(&rule, 1));
        Router second = std::move(first);
        QCOMPARE(matched(second, "a.test", "/"), 0);
        first = Router({});
        QCOMPARE(matched(first, "a.test", "/"), nothing);
    }

    void agreesWithAPlainSearch() {
        std::mt19937 random(11);
        int hits = 0;
        for (int set = 0; set < 400; ++set) {
            std::vector<Rule> rules(random() % 30);
            for (Rule& rule : rules) {
                const size_t kind = random() % 4;
                rule.host = kind == 0 ? "" : kind == 1 ? "*." + randomHost(random) : randomHost(random);
                do
                    rule.path = randomPath(random);
                while (rule.path != "/" && rule.path.ends_with('/'));
            }
            const Router router(rules);
            for (int request = 0; request < 100; ++request) {
                std::string host = randomHost(random);
                if (random() % 4 == 0)
                    std::transform(host.begin(), host.end(), host.begin(),
                                   [](unsigned char c) { return std::toupper(c); });
                host += random() % 5 == 0 ? "." : "";
                const std::string path = randomPath(random);
                const auto expected = std::find_if(rules.begin(), rules.end(),
                                                   [&](const Rule& rule) { return plainMatch(rule, host, path); });
                const int index = expected == rules.end() ? nothing : static_cast<int>(expected - rules.begin());
                QVERIFY2(matched(router, host + (random() % 3 == 0 ? ":8080" : ""), path) == index,
                         (host + " " + path).c_str());
                hits += index != nothing;
            }
        }
        QVERIFY(hits > 10000);
    }

    void hostileInputIsCheapAndHarmless() {
        std::vector<Rule> rules{{"*.a.test", "/x"}, {"", "/a/b/c"}};
        for (int i = 0; i < 500; ++i)
            rules.push_back({"host-" + std::to_string(i) + ".test", "/path-" + std::to_string(i)});
        const Router router(rules);
        const std::string dots(60000, '.');
        const std::string slashes(60000, '/');
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 10000; ++i) {
            QCOMPARE(matched(router, dots, slashes), nothing);
            QCOMPARE(matched(router, "[", "/a/b/c"), 1);
            QCOMPARE(matched(router, "[]:", slashes), nothing);
            QCOMPARE(matched(router, ":80", "/"), nothing);
            QCOMPARE(matched(router, ".", "/"), nothing);
        }
        QVERIFY2(timer.elapsed() < 10000, "walks no farther than the longest rule");
    }

    void costDoesNotGrowWithTheRules() {
        const auto nanosecondsPerMatch = [](int count) {
            std::vector<Rule> rules;
            for (int i = 0; i < count; ++i)
                rules.push_back({"service-" + std::to_string(i) + ".localhost", "/api/" + std::to_string(i)});
            const Router router(rules);
            qint64 best = INT64_MAX;
            for (int attempt = 0; attempt < 5; ++attempt) {
                QElapsedTimer timer;
                timer.start();
                int hits = 0;
                for (int i = 0; i < 2000; ++i)
                    hits += matched(router, "service-7.localhost:8080", "/api/7/orders") == 7;
                best = std::min(best, timer.nsecsElapsed() / 2000);
                if (hits != 2000)
                    return qint64{-1};
            }
            return best;
        };
        const qint64 few = nanosecondsPerMatch(10);
        const qint64 many = nanosecondsPerMatch(10000);
        QVERIFY(few > 0);
        QVERIFY2(many < 20 * few,
                 "a thousand times the rules; a search through them would cost a thousand times more");
    }

    void stripping_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("prefix");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char* target, const char* prefix, const char* result) {
            QTest::addRow("%s without %s", target, prefix)
                << QByteArray(target) << QByteArray(prefix) << QByteArray(result);
        };
        row("/api/orders", "/api", "/orders");
        row("/api/orders?q=1", "/api", "/orders?q=1");
        row("/api", "/api", "/");
        row("/api/", "/api", "/");
        row("/api?q=1", "/api", "/?q=1");
        row("/api?", "/api", "/?");
        row("/api/?q=1", "/api", "/?q=1");
        row("/api/v1/x", "/api/v1", "/x");
        row("/api/orders", "/api/", "/orders");
        row("/apix/orders", "/api", "/apix/orders"); // not a whole segment
        row("/other", "/api", "/other");
        row("/ap", "/api", "/ap");
        row("/x?/api", "/api", "/x?/api");
        row("/x", "", "/x");
        row("/x", "/", "/x");
        row("*", "/api", "*");
        row("*", "", "*");
    }

    void stripping() {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, prefix);
        QFETCH(QByteArray, result);
        const std::string from = target.toStdString();
        const Stripped stripped = stripPrefix(from, prefix.toStdString());
        QCOMPARE((stripped.needsSlash ? "/" : "") + std::string(stripped.rest), result.toStdString());
    }
};

QTEST_APPLESS_MAIN(TestRouter)
#include "test_router.moc"

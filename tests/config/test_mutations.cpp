// SPDX-License-Identifier: MIT
#include "config/print.h"
#include "reading.h"

#include <QTest>

#include <random>

using namespace reverxy::config;

namespace {

constexpr const char* pieces[] = {"\n",       ":",
                                  ": ",       "- ",
                                  "[",        "]",
                                  "{",        "}",
                                  "&a ",      "*a",
                                  "!!str ",   "!x ",
                                  "\"",       "'",
                                  "#",        "|\n",
                                  ">\n",      "\t",
                                  "  ",       "---\n",
                                  "...\n",    "? ",
                                  "%YAML",    "\xC3",
                                  "\xFF",     "\xEF\xBB\xBF",
                                  "null",     "~",
                                  "true",     "-1",
                                  "0",        "99999999999999999999",
                                  "10s",      "64KiB",
                                  "pool:",    "pools:",
                                  "routes:",  "backends:",
                                  "default:", "url: http://h",
                                  "pool: x",  "strip_prefix: /x",
                                  ""};

/// One to a few random edits: bytes flipped, pieces put in, ranges cut, doubled or moved.
std::string mutated(std::string text, std::mt19937& random) {
    for (size_t edits = 1 + random() % 4; edits > 0; --edits) {
        const size_t at = random() % (text.size() + 1);
        const size_t length = std::min<size_t>(random() % 40, text.size() - at);
        switch (random() % 5) {
        case 0:
            if (at < text.size())
                text[at] = static_cast<char>(random());
            break;
        case 1:
            text.insert(at, pieces[random() % std::size(pieces)]);
            break;
        case 2:
            text.erase(at, length);
            break;
        case 3:
            text.insert(at, text.substr(at, length));
            break;
        default: {
            const std::string range = text.substr(at, length);
            text.erase(at, length);
            text.insert(random() % (text.size() + 1), range);
        }
        }
    }
    return text;
}

} // namespace

// Whatever stands in the file: a configuration that prints and reads back, or problems with their places.
class TestMutations : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void alwaysAConfigurationOrProblems_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("example") << QByteArray::fromStdString(fileText(REVERXY_TEST_FOLDER "/config.example.yaml"));
        QTest::newRow("pools and routes")
            << QByteArray("pools:\n  orders: { backends: [ { name: orders-1, url: \"http://localhost:9001\" } ], "
                          "load_balancer: { type: round-robin } }\n"
                          "  default:\n    backends:\n      - url: http://[::1]:80/base\n"
                          "routes:\n  - { name: orders, host: orders.localhost, path: /api/orders, strip_prefix: "
                          "/api, pool: orders }\n"
                          "  - rate_limiter: { limit: 5 }\n");
    }

    void alwaysAConfigurationOrProblems() {
        QFETCH(QByteArray, text);
        std::mt19937 random(20260);
        const Environment environment{{"REVERXY_PROXY__PORT", "9090"}, {"REVERXY_POOL__BACKENDS__0__WEIGHT", "3"}};
        const Environment none;
        int good = 0;
        int bad = 0;
        for (int i = 0; i < 2000; ++i) {
            const std::string wrong = mutated(text.toStdString(), random);
            const Reading reading = readText(wrong, i % 3 == 0 ? environment : none);
            QCOMPARE(reading.config.has_value(), reading.problems.empty());
            if (reading.config) {
                ++good;
                const std::string print = printConfiguration(*reading.config, reading.sources);
                const Reading again = readText(print);
                QVERIFY2(again.config, (problemsOf(again) + print.c_str()).constData());
                QVERIFY2(*again.config == *reading.config, print.c_str());
                continue;
            }
            ++bad;
            for (const Problem& problem : reading.problems) {
                QVERIFY(!problem.message.empty());
                QVERIFY2(problem.line > 0 || problem.file.starts_with("environment "), problem.toString().c_str());
                QVERIFY2(problem.toString().find('\n') == std::string::npos, problem.toString().c_str());
            }
        }
        QVERIFY2(good > 10 && bad > 500, qPrintable(QStringLiteral("%1 good, %2 bad").arg(good).arg(bad)));
    }
};

QTEST_APPLESS_MAIN(TestMutations)
#include "test_mutations.moc"

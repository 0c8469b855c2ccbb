// SPDX-License-Identifier: MIT
#include "config/nearest.h"

#include <QTest>

#include <array>
#include <random>

using namespace reverxy::config;

class TestNearest : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void countsSlips_data() {
        QTest::addColumn<QByteArray>("a");
        QTest::addColumn<QByteArray>("b");
        QTest::addColumn<int>("slips");
        const auto row = [](const char* a, const char* b, int slips) {
            QTest::addRow("%s and %s", a, b) << QByteArray(a) << QByteArray(b) << slips;
        };
        row("port", "port", 0);
        row("prot", "port", 1);  // two swapped
        row("por", "port", 1);   // one less
        row("ports", "port", 1); // one more
        row("part", "port", 1);  // one other
        row("PORT", "port", 0);
        row("max-age", "max_age", 0);
        row("", "port", 4);
        row("kitten", "sitting", 3);
    }

    void countsSlips() {
        QFETCH(QByteArray, a);
        QFETCH(QByteArray, b);
        QFETCH(int, slips);
        QCOMPARE(int(editDistance(a.toStdString(), b.toStdString())), slips);
        QCOMPARE(int(editDistance(b.toStdString(), a.toStdString())), slips);
    }

    void isBoundedByItsPrefix() {
        const std::string longText(1'000'000, 'x');
        QCOMPARE(editDistance(longText, "x"), size_t(63));
    }

    void isADistance() {
        std::mt19937 random(7);
        const auto word = [&] {
            std::string text(random() % 9, 'a');
            for (char& c : text)
                c = static_cast<char>('a' + random() % 3);
            return text;
        };
        for (int i = 0; i < 2000; ++i) {
            const std::string a = word();
            const std::string b = word();
            const size_t distance = editDistance(a, b);
            QCOMPARE(editDistance(b, a), distance);
            QCOMPARE(distance == 0, a == b);
            QVERIFY(distance <= std::max(a.size(), b.size()));
            QVERIFY(distance >= std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
        }
    }

    void saysHowSureItIs() {
        constexpr std::array<std::string_view, 3> words{"host", "port", "probe_port"};
        QCOMPARE(suggestionOf(nearestOf("prot", words)), std::string("did you mean `port`?"));
        QCOMPARE(suggestionOf(nearestOf("probeport", words)), std::string("did you mean `probe_port`?"));
        QCOMPARE(suggestionOf(nearestOf("zzzzzz", words)), std::string("the nearest known one is `host`"));
        QCOMPARE(suggestionOf(nearestOf("x", {})), std::string());
    }
};

QTEST_APPLESS_MAIN(TestNearest)
#include "test_nearest.moc"

// SPDX-License-Identifier: MIT
#include "health/flip_message.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::health;

class TestFlipMessage : public QObject {
    Q_OBJECT

    static QString text(const std::string& from) { return QString::fromStdString(from); }

  private Q_SLOTS:

    void consequences_data() {
        QTest::addColumn<uint>("available");
        QTest::addColumn<uint>("enabled");
        QTest::addColumn<uint>("total");
        QTest::addColumn<bool>("refuse");
        QTest::addColumn<QString>("consequence");
        const auto row = [](const char* consequence, uint available, uint enabled, uint total,
                            bool refuse = false) {
            QTest::newRow(consequence) << available << enabled << total << refuse
                                       << QString::fromLatin1(consequence);
        };
        row("2 of 3 backends are available", 2, 3, 3);
        row("1 of 3 backends is available", 1, 1, 3);
        row("1 of 1 backend is available", 1, 1, 1);
        row("every backend of the pool is out, requests are tried on all of them (when_all_down: try-all)", 0, 2,
            3);
        row("every backend of the pool is out, requests are answered with 503 (when_all_down: refuse)", 0, 2, 3,
            true);
        row("no backend of the pool is enabled, requests are answered with 503", 0, 0, 3);
    }

    void consequences() {
        QFETCH(uint, available);
        QFETCH(uint, enabled);
        QFETCH(uint, total);
        QFETCH(bool, refuse);
        QFETCH(QString, consequence);
        const PoolStanding pool{available, enabled, total,
                                refuse ? config::WhenAllDown::Refuse : config::WhenAllDown::TryAll};
        QCOMPARE(text(consequenceOf(pool)), consequence);
    }

    void whoWhyAndWhatItMeans() {
        const PoolStanding pool{2, 3, 3, config::WhenAllDown::TryAll};
        QCOMPARE(
            text(flipMessage("orders", "orders-2", Flip::ToDown, "3 probes in a row failed", true, pool)),
            QStringLiteral("backend orders-2 of pool orders is down: 3 probes in a row failed; 2 of 3 backends "
                           "are available"));
        QCOMPARE(text(flipMessage("orders", "orders-2", Flip::ToUp, "2 probes in a row passed", true, pool)),
                 QStringLiteral("backend orders-2 of pool orders is up again: 2 probes in a row passed; 2 of 3 "
                                "backends are available"));
        QCOMPARE(text(flipMessage("orders", "orders-2", Flip::ToDown, "why", false, pool)),
                 QStringLiteral("backend orders-2 of pool orders is down: why; it is disabled, so nothing changes "
                                "for requests"));
    }

    void theOperatorsSwitch() {
        const PoolStanding pool{1, 2, 2, config::WhenAllDown::TryAll};
        QCOMPARE(text(switchMessage("default", "a", false, false, pool)),
                 QStringLiteral("backend a of pool default was disabled; 1 of 2 backends is available"));
        QCOMPARE(text(switchMessage("default", "a", true, false, pool)),
                 QStringLiteral("backend a of pool default was enabled; 1 of 2 backends is available"));
        QCOMPARE(
            text(switchMessage("default", "a", true, true, pool)),
            QStringLiteral("backend a of pool default was enabled, but is down; 1 of 2 backends is available"));
    }
};

QTEST_GUILESS_MAIN(TestFlipMessage)
#include "test_flip_message.moc"

// SPDX-License-Identifier: MIT
#include "observe/phase.h"

#include <QTest>

#include <set>

using namespace reverxy::observe;

class TestPhase : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyPhaseHasAnOwnNameAndASentence() {
        std::set<std::string_view> names;
        std::set<std::string_view> sentences;
        for (int i = 0; i <= static_cast<int>(Phase::Finished); ++i) {
            const auto phase = static_cast<Phase>(i);
            QVERIFY(names.insert(nameOf(phase)).second);
            QVERIFY(sentences.insert(sentenceOf(phase)).second);
            QVERIFY(nameOf(phase) != "unknown");
            QVERIFY(sentenceOf(phase).ends_with('.'));
        }
    }

    void aValueOutsideTheEnumIsUnknown() {
        const auto phase = static_cast<Phase>(static_cast<int>(Phase::Finished) + 1);
        QCOMPARE(nameOf(phase), std::string_view("unknown"));
        QVERIFY(!sentenceOf(phase).empty());
    }
};

QTEST_APPLESS_MAIN(TestPhase)
#include "test_phase.moc"

// SPDX-License-Identifier: MIT
#include "observe/limit_verdict.h"

#include <QTest>

#include <set>

using namespace reverxy::observe;

class TestLimitVerdict : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyVerdictHasAnOwnNameAndASentence() {
        std::set<std::string_view> texts;
        for (int i = 0; i <= static_cast<int>(LimitVerdict::SharedThrottled); ++i) {
            const auto verdict = static_cast<LimitVerdict>(i);
            QVERIFY(texts.insert(nameOf(verdict)).second);
            QVERIFY(texts.insert(sentenceOf(verdict)).second);
            QVERIFY(nameOf(verdict) != "unknown");
            QVERIFY(sentenceOf(verdict).ends_with('.'));
        }
    }

    void whatWasCountedAndWhatWasThrottled_data() {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<bool>("counted");
        QTest::addColumn<bool>("throttled");
        const auto row = [](LimitVerdict verdict, bool counted, bool throttled) {
            QTest::newRow(std::string(nameOf(verdict)).c_str())
                << static_cast<int>(verdict) << counted << throttled;
        };
        row(LimitVerdict::None, false, false);
        row(LimitVerdict::Exempt, false, false);
        row(LimitVerdict::Allowed, true, false);
        row(LimitVerdict::Shared, true, false);
        row(LimitVerdict::Throttled, true, true);
        row(LimitVerdict::SharedThrottled, true, true);
    }

    void whatWasCountedAndWhatWasThrottled() {
        QFETCH(int, verdict);
        QFETCH(bool, counted);
        QFETCH(bool, throttled);
        LimitRecord record;
        record.verdict = static_cast<LimitVerdict>(verdict);
        QCOMPARE(record.counted(), counted);
        QCOMPARE(record.throttled(), throttled);
    }
};

QTEST_APPLESS_MAIN(TestLimitVerdict)
#include "test_limit_verdict.moc"

// SPDX-License-Identifier: MIT
#include "base/fixed_text.h"

#include <QTest>

#include <string>

using namespace reverxy;

class TestFixedText : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void startsEmpty() {
        const FixedText<4> text{};
        QVERIFY(text.empty());
        QVERIFY(!text.truncated());
        QCOMPARE(text.view(), std::string_view());
    }

    void keepsWhatFits() {
        FixedText<4> text;
        text.assign("abcd");
        QCOMPARE(text.view(), std::string_view("abcd"));
        QVERIFY(!text.truncated());
        QCOMPARE(text.totalSize(), 4u);
    }

    void cutsAndRemembersTheSize() {
        const FixedText<4> text("abcdefgh");
        QCOMPARE(text.view(), std::string_view("abcd"));
        QVERIFY(text.truncated());
        QCOMPARE(text.totalSize(), 8u);
    }

    void longTextDoesNotWrapItsSize() {
        const std::string lots(70000, 'x'); // past 16 bits
        const FixedText<256> text(lots);
        QCOMPARE(text.view().size(), size_t{256});
        QCOMPARE(text.totalSize(), 70000u);
        QVERIFY(text.truncated());
    }

    void forgetsTheOldText() {
        FixedText<8> text("abcdefghij");
        text.assign("x");
        QCOMPARE(text.view(), std::string_view("x"));
        QVERIFY(!text.truncated());
        text.assign(std::string_view()); // a null view
        QVERIFY(text.empty());
        text.assign("abc");
        text.clear();
        QVERIFY(text.empty());
        QCOMPARE(text.totalSize(), 0u);
    }

    void copiesAreIndependent() {
        FixedText<8> first("one");
        FixedText<8> second = first;
        first.assign("two");
        QCOMPARE(second.view(), std::string_view("one"));
    }

    void copiesKnowWhatWasCut() {
        const FixedText<4> cut("abcdefgh");
        FixedText<4> copy("x");
        copy = cut;
        QCOMPARE(copy.view(), std::string_view("abcd"));
        QCOMPARE(copy.totalSize(), 8u);
        copy = FixedText<4>();
        QVERIFY(copy.empty());
    }
};

QTEST_APPLESS_MAIN(TestFixedText)
#include "test_fixed_text.moc"

// SPDX-License-Identifier: MIT
#include "http/list.h"

#include <QTest>

using namespace reverxy::http;

namespace {

QByteArrayList elementsOf(const QByteArray& value) {
    QByteArrayList result;
    ListReader reader(std::string_view(value.constData(), static_cast<size_t>(value.size())));
    std::string_view element;
    while (reader.next(element))
        result += QByteArray(element.data(), static_cast<qsizetype>(element.size()));
    return result;
}

} // namespace

class TestList : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    /// RFC 9110 section 5.6.2: tchar.
    void tokenCharacters() {
        const QByteArray allowed = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (int c = 0; c < 256; ++c)
            QCOMPARE(isTokenCharacter(static_cast<unsigned char>(c)), allowed.contains(static_cast<char>(c)));
    }

    void tokens() {
        QVERIFY(isToken("Content-Length"));
        QVERIFY(isToken("!"));
        QVERIFY(!isToken(""));
        QVERIFY(!isToken("a b"));
        QVERIFY(!isToken("a:"));
        QVERIFY(!isToken("\"a\""));
        QVERIFY(!isToken(std::string_view("a\0b", 3)));
        QVERIFY(!isToken("caf\xc3\xa9"));
    }

    void comparisonIgnoresAsciiCaseOnly() {
        QVERIFY(equalsIgnoringCase("", ""));
        QVERIFY(equalsIgnoringCase("Keep-Alive", "kEEP-aLIVE"));
        QVERIFY(!equalsIgnoringCase("close", "clos"));
        QVERIFY(!equalsIgnoringCase("close", "closf"));
        // Bit 0x20 tells letters' cases apart, but other pairs of characters too.
        QVERIFY(!equalsIgnoringCase("a@", "a`"));
        QVERIFY(!equalsIgnoringCase("a[", "a{"));
        QVERIFY(!equalsIgnoringCase("\xc3\x84", "\xc3\xa4"));
    }

    void trimmingTakesSpacesAndTabsOnly() {
        QCOMPARE(trimmed(" \t a b\t "), std::string_view("a b"));
        QCOMPARE(trimmed(" \t "), std::string_view());
        QCOMPARE(trimmed("\r\na\v"), std::string_view("\r\na\v"));
    }

    /// RFC 9110 section 5.6.1.
    void elements_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArrayList>("expected");

        QTest::newRow("empty value") << QByteArray() << QByteArrayList();
        QTest::newRow("blank value") << QByteArray(" \t") << QByteArrayList();
        QTest::newRow("one") << QByteArray("foo") << QByteArrayList{"foo"};
        QTest::newRow("two") << QByteArray("foo,bar") << QByteArrayList{"foo", "bar"};
        QTest::newRow("the section's second example") << QByteArray("foo ,bar,") << QByteArrayList{"foo", "bar"};
        QTest::newRow("the section's third example")
            << QByteArray("foo , ,bar,charlie") << QByteArrayList{"foo", "bar", "charlie"};
        QTest::newRow("only commas") << QByteArray(", ,,\t,") << QByteArrayList();
        QTest::newRow("leading comma") << QByteArray(",a") << QByteArrayList{"a"};
        QTest::newRow("inner spaces stay") << QByteArray(" a b , c ") << QByteArrayList{"a b", "c"};
        QTest::newRow("comma in quotes") << QByteArray("a=\"1,2\", b") << QByteArrayList{"a=\"1,2\"", "b"};
        QTest::newRow("escaped quote") << QByteArray("a=\"1\\\",2\",b") << QByteArrayList{"a=\"1\\\",2\"", "b"};
        QTest::newRow("escaped backslash") << QByteArray("a=\"1\\\\\",b") << QByteArrayList{"a=\"1\\\\\"", "b"};
        QTest::newRow("open quote takes the rest")
            << QByteArray("a, \"b, close") << QByteArrayList{"a", "\"b, close"};
        QTest::newRow("backslash outside quotes") << QByteArray("a\\,b") << QByteArrayList{"a\\", "b"};
        QTest::newRow("backslash at the end") << QByteArray("\"a\\") << QByteArrayList{"\"a\\"};
    }

    void elements() {
        QFETCH(QByteArray, value);
        QTEST(elementsOf(value), "expected");
    }
};

QTEST_APPLESS_MAIN(TestList)
#include "test_list.moc"

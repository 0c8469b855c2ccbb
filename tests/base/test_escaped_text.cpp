// SPDX-License-Identifier: MIT
#include "base/escaped_text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <random>

using namespace reverxy;

namespace {

QByteArray escaped(const QByteArray& text, Escaping escaping) {
    std::string out;
    appendEscaped(out, {text.constData(), static_cast<size_t>(text.size())}, escaping);
    return QByteArray::fromStdString(out);
}

} // namespace

class TestEscapedText : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void escapes_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("quoted");
        QTest::addColumn<QByteArray>("json");
        const auto row = [](const char* name, QByteArray text, QByteArray line, QByteArray quoted,
                            QByteArray json) { QTest::newRow(name) << text << line << quoted << json; };
        row("empty", "", "", "", "");
        row("plain", "GET /x?a=1&b='2' ~", "GET /x?a=1&b='2' ~", "GET /x?a=1&b='2' ~", "GET /x?a=1&b='2' ~");
        row("quote", "a\"b", "a\"b", "a\\\"b", "a\\\"b");
        row("backslash", "a\\b", "a\\b", "a\\\\b", "a\\\\b");
        row("line feed", "a\nb", "a\\nb", "a\\nb", "a\\nb");
        row("CR and tab", "\r\t", "\\r\\t", "\\r\\t", "\\r\\t");
        row("NUL", QByteArray("a\0b", 3), "a\\x00b", "a\\x00b", "a\\u0000b");
        row("escape sequence", "\x1b[2J", "\\x1b[2J", "\\x1b[2J", "\\u001b[2J");
        row("DEL", "\x7f", "\\x7f", "\\x7f", "\\u007f");
        row("UTF-8", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
            "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
        // C1 holds the control sequence introducer, which some terminals obey in UTF-8 too.
        row("C1", "\xc2\x9b", "\\xc2\\x9b", "\\xc2\\x9b", "\\u009b");
        row("line separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\\xe2\\x80\\xa8", "\\u2028");
        row("right-to-left override", "\xe2\x80\xae", "\\xe2\\x80\\xae", "\\xe2\\x80\\xae", "\\u202e");
        // RFC 3629 sections 3 and 4: none of these is UTF-8.
        row("lone continuation", "\x80", "\\x80", "\\x80", "\\ufffd");
        row("overlong", "\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf", "\\ufffd\\ufffd");
        row("overlong of three", "\xe0\x80\x8a", "\\xe0\\x80\\x8a", "\\xe0\\x80\\x8a", "\\ufffd\\ufffd\\ufffd");
        row("surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80", "\\ufffd\\ufffd\\ufffd");
        row("past the end", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80",
            "\\ufffd\\ufffd\\ufffd\\ufffd");
        row("no such first byte", "\xff", "\\xff", "\\xff", "\\ufffd");
        row("cut short", "a\xe2\x82", "a\\xe2\\x82", "a\\xe2\\x82", "a\\ufffd\\ufffd");
        row("cut by another",
            "\xe2\x82"
            "A",
            "\\xe2\\x82"
            "A",
            "\\xe2\\x82"
            "A",
            "\\ufffd\\ufffd"
            "A");
    }

    void escapes() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, quoted);
        QFETCH(QByteArray, json);
        QCOMPARE(escaped(text, Escaping::Line), line);
        QCOMPARE(escaped(text, Escaping::Quoted), quoted);
        QCOMPARE(escaped(text, Escaping::Json), json);
    }

    void appendsToWhatIsThere() {
        std::string out = "a";
        appendEscaped(out, "b\n", Escaping::Line);
        QCOMPARE(out, std::string("ab\\n"));
    }

    /// Whatever the bytes are, the result is one line of valid UTF-8 that a reader of JSON takes.
    void anyBytesAreHarmless() {
        std::mt19937 random(3);
        for (int i = 0; i < 20000; ++i) {
            QByteArray text;
            const size_t size = random() % 12;
            while (static_cast<size_t>(text.size()) < size)
                text += static_cast<char>(random() % 3 == 0 ? 0x80 + random() % 0x80 : random() % 256);
            for (const Escaping escaping : {Escaping::Line, Escaping::Quoted, Escaping::Json}) {
                const QByteArray out = escaped(text, escaping);
                QVERIFY(std::none_of(out.begin(), out.end(),
                                     [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }));
                QCOMPARE(QString::fromUtf8(out).toUtf8(), out); // valid UTF-8 comes back the same
            }
            QJsonParseError error;
            QJsonDocument::fromJson("{\"text\":\"" + escaped(text, Escaping::Json) + "\"}", &error);
            QCOMPARE(error.error, QJsonParseError::NoError);
        }
    }
};

QTEST_APPLESS_MAIN(TestEscapedText)
#include "test_escaped_text.moc"

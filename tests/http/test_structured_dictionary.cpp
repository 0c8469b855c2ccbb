// SPDX-License-Identifier: MIT
#include "http/structured_dictionary.h"

#include <QTest>

#include <array>

using namespace reverxy::http;

namespace {

std::string_view viewOf(const QByteArray& bytes) {
    return {bytes.constData(), static_cast<size_t>(bytes.size())};
}

/// `key:type:text` for each member, or "failed".
QByteArray membersOf(const QByteArray& value) {
    static constexpr std::array names = {"integer", "decimal", "string", "token", "bytes", "boolean", "list"};
    DictionaryReader reader(viewOf(value));
    DictionaryMember member;
    QByteArrayList members;
    while (reader.next(member)) {
        QByteArray text(member.text.data(), static_cast<qsizetype>(member.text.size()));
        if (member.type == StructuredType::Integer)
            text = QByteArray::number(static_cast<qint64>(member.integer));
        if (member.type == StructuredType::Boolean)
            text = member.boolean ? "true" : "false";
        members += QByteArray(member.key.data(), static_cast<qsizetype>(member.key.size())) + ":" +
                   names.at(static_cast<size_t>(member.type)) + ":" + text;
    }
    return reader.failed() ? QByteArray("failed") : members.join(' ');
}

} // namespace

class TestStructuredDictionary : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// RFC 8941 section 4.2.2.
    void dictionary_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* value, const char* expected) {
            QTest::newRow(name) << QByteArray(value) << QByteArray(expected);
        };
        row("empty", "", "");
        row("spaces", "   ", "");
        row("a key alone is true", "a", "a:boolean:true");
        row("spaces around", "  a=1  ", "a:integer:1");
        row("blanks around commas", "a=1 \t,\t b=2", "a:integer:1 b:integer:2");
        row("again: the reader gives both", "a=1, a=2", "a:integer:1 a:integer:2");
        row("odd keys", "*a_-.*9, b", "*a_-.*9:boolean:true b:boolean:true");
        row("key in capitals", "A=1", "failed");
        row("capital within", "max-Age=1", "failed");
        row("key begins with a digit", "1a", "failed");
        row("comma at the end", "a=1,", "failed");
        row("comma at the end, blanks", "a=1, ", "failed");
        row("comma in front", ",a=1", "failed");
        row("two commas", "a=1,,b", "failed");
        row("no comma", "a=1 b=2", "failed");
        row("space before =", "a =1", "failed");
        row("space after =", "a= 1", "failed");
        row("nothing after =", "a=", "failed");
        row("good, then bad", "a=1, &&&", "failed");
        row("tab in front", "\ta", "failed");

        row("integer", "a=0, b=-5, c=007", "a:integer:0 b:integer:-5 c:integer:7");
        row("15 digits", "a=999999999999999", "a:integer:999999999999999");
        row("16 digits", "a=1000000000000000", "failed");
        row("only a sign", "a=-", "failed");
        row("letters behind", "a=100a", "failed");
        row("decimal", "a=1.5, b=-0.125", "a:decimal:1.5 b:decimal:-0.125");
        row("12 digits and 3", "a=123456789012.123", "a:decimal:123456789012.123");
        row("13 digits and 1", "a=1234567890123.1", "failed");
        row("4 decimals", "a=1.1234", "failed");
        row("no decimals", "a=1.", "failed");

        row("string", "a=\"x, y\", b=\"\"", "a:string:x, y b:string:");
        row("escapes", "a=\"\\\"\\\\\"", "a:string:\\\"\\\\");
        row("other escape", "a=\"\\x\"", "failed");
        row("open string", "a=\"x", "failed");
        row("open escape", "a=\"\\", "failed");
        row("byte that no string may have", "a=\"\xc3\xa4\"", "failed");
        row("tab in a string", "a=\"\t\"", "failed");
        row("single quotes", "a='x'", "failed");

        row("token", "a=b/c:d, e=*f", "a:token:b/c:d e:token:*f");
        row("boolean", "a=?0, b=?1", "a:boolean:false b:boolean:true");
        row("neither true nor false", "a=?2", "failed");
        row("half a boolean", "a=?", "failed");
        row("bytes", "a=:aGVsbG8=:, b=::", "a:bytes:aGVsbG8= b:bytes:");
        row("bytes without padding", "a=:aGVsbG8:", "a:bytes:aGVsbG8");
        row("bytes outside the alphabet", "a=:a_b=:", "failed");
        row("bytes that cannot be", "a=:abcde:", "failed");
        row("padding within", "a=:ab=c:", "failed");
        row("open bytes", "a=:abcd", "failed");
        row("list", "a=(1 \"x\" b;c), d=()", "a:list:(1 \"x\" b;c) d:list:()");
        row("list without spaces", "a=(1,2)", "failed");
        row("open list", "a=(1 2", "failed");
        row("list in a list", "a=((1))", "failed");
        row("types of RFC 9651", "a=@1", "failed");

        row("parameters", "a=1;b;c=2;  d=\"x\", e;f", "a:integer:1 e:boolean:true");
        row("space before a parameter", "a=1 ;b", "failed");
        row("parameter in capitals", "a=1;B", "failed");
        row("no parameter", "a=1;", "failed");
        row("list as a parameter", "a=1;b=(1)", "failed");
    }

    void dictionary() {
        QFETCH(QByteArray, value);
        QTEST(membersOf(value), "expected");
    }

    void nothingComesAfterAnError() {
        DictionaryReader reader("a=1, B=2, c=3");
        DictionaryMember member;
        QVERIFY(reader.next(member));
        QVERIFY(!reader.next(member));
        QVERIFY(!reader.next(member));
        QVERIFY(reader.failed());
    }
};

QTEST_APPLESS_MAIN(TestStructuredDictionary)
#include "test_structured_dictionary.moc"

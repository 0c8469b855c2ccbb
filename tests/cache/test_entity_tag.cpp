// SPDX-License-Identifier: MIT
#include "cache/entity_tag.h"

#include "cache/parsed_heads.h"

using namespace reverxy::cache;
using namespace reverxy::test;

class TestEntityTag : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// RFC 9110 section 8.8.3.2: its table, and what it leaves open.
    void rfc9110_section_8_8_3_2_data() {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<bool>("strong");
        QTest::addColumn<bool>("weak");
        const auto row = [](const char* name, const char* first, const char* second, bool strong, bool weak) {
            QTest::newRow(name) << QByteArray(first) << QByteArray(second) << strong << weak;
        };
        row("both weak", "W/\"1\"", "W/\"1\"", false, true);
        row("both weak, differ", "W/\"1\"", "W/\"2\"", false, false);
        row("one weak", "W/\"1\"", "\"1\"", false, true);
        row("both strong", "\"1\"", "\"1\"", true, true);
        row("empty", "\"\"", "\"\"", true, true);
        row("case", "\"a\"", "\"A\"", false, false);
        row("the mark of weakness is case-sensitive", "w/\"1\"", "\"1\"", false, false);
        row("unquoted", "abc", "abc", true, true);
        row("unquoted and quoted", "abc", "\"abc\"", false, false);
        row("absent", "", "", false, false);
        row("only weakness", "W/", "W/", false, false);
        row("bytes past ASCII", "\"\xc3\xa4\"", "\"\xc3\xa4\"", true, true);
    }

    void rfc9110_section_8_8_3_2() {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        const EntityTag a = parseEntityTag(viewOf(first));
        const EntityTag b = parseEntityTag(viewOf(second));
        QTEST(equalStrongly(a, b), "strong");
        QTEST(equalStrongly(b, a), "strong");
        QTEST(equalWeakly(a, b), "weak");
        QTEST(equalWeakly(b, a), "weak");
    }

    void rfc9110_section_13_1_2_list_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArrayList>("tags");
        const auto row = [](const char* name, const char* value, const QByteArrayList& tags) {
            QTest::newRow(name) << QByteArray(value) << tags;
        };
        row("nothing", "", {});
        row("one", "\"a\"", {"\"a\""});
        row("several", "\"a\", W/\"b\",\"c\"", {"\"a\"", "W:\"b\"", "\"c\""});
        row("blanks and empty elements", " ,\t\"a\" , , \"b\"  ", {"\"a\"", "\"b\""});
        row("comma within", "\"a,b\", \"c\"", {"\"a,b\"", "\"c\""});
        row("space within", "\"a b\"", {"\"a b\""});
        row("a backslash escapes nothing", "\"a\\\", \"b\"", {"\"a\\\"", "\"b\""});
        row("no comma between", "\"a\" \"b\"", {"\"a\"", "\"b\""});
        row("unquoted", "abc, W/def", {"abc", "W:def"});
        row("quote that never ends", "\"a\", \"b", {"\"a\""});
        row("star", "*", {"*"});
    }

    void rfc9110_section_13_1_2_list() {
        QFETCH(QByteArray, value);
        QByteArrayList found;
        EntityTagReader reader(viewOf(value));
        EntityTag tag;
        while (reader.next(tag))
            found += (tag.weak ? "W:" : "") + bytesOf(tag.opaque);
        QTEST(found, "tags");
    }
};

QTEST_APPLESS_MAIN(TestEntityTag)
#include "test_entity_tag.moc"

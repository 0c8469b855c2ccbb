// SPDX-License-Identifier: MIT
#include "cache/content_range.h"

#include "cache/parsed_heads.h"

using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

QByteArray describe(const std::optional<ContentRange>& range) {
    if (!range)
        return "-";
    return QByteArray::number(range->first) + "-" + QByteArray::number(range->last) + "/" +
           QByteArray::number(range->complete);
}

} // namespace

class TestContentRange : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void rfc9110_section_14_4_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* value, const char* expected) {
            QTest::newRow(name) << QByteArray(value) << QByteArray(expected);
        };
        row("first part", "bytes 0-499/1234", "0-499/1234");
        row("last part", "bytes 734-1233/1234", "734-1233/1234");
        row("one byte", "bytes 0-0/1", "0-0/1");
        row("unit in capitals", "BYTES 0-0/1", "0-0/1");
        row("unknown length", "bytes 42-1233/*", "-");
        row("unsatisfied", "bytes */1234", "-");
        row("other unit", "items 0-1/2", "-");
        row("longer unit", "bytesx 0-1/2", "-");
        row("last before first", "bytes 5-4/10", "-");
        row("length not greater than last", "bytes 0-10/10", "-");
        row("no space", "bytes0-1/2", "-");
        row("equals sign, as in Range", "bytes=0-1/2", "-");
        row("no last", "bytes 0-/2", "-");
        row("no first", "bytes -1/2", "-");
        row("no length", "bytes 0-1/", "-");
        row("something behind", "bytes 0-1/2 ", "-");
        row("list", "bytes 0-1/2, bytes 0-1/2", "-");
        row("overflow", "bytes 0-1/99999999999999999999", "-");
        row("18 digits", "bytes 0-1/999999999999999999", "0-1/999999999999999999");
        row("nothing", "", "-");
        row("only the unit", "bytes", "-");
    }

    void rfc9110_section_14_4() {
        QFETCH(QByteArray, value);
        QTEST(describe(parseContentRange(viewOf(value))), "expected");
    }

    void section_3_3_storableRange_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("one part") << QByteArrayList{"Content-Range: bytes 0-1/5", "Content-Type: text/plain"}
                                  << QByteArray("0-1/5");
        QTest::newRow("no place") << QByteArrayList{"Content-Type: text/plain"} << QByteArray("-");
        QTest::newRow("two places") << QByteArrayList{"Content-Range: bytes 0-1/5", "Content-Range: bytes 0-1/5"}
                                    << QByteArray("-");
        QTest::newRow("several parts") << QByteArrayList{"Content-Type: Multipart/Byteranges; boundary=a",
                                                         "Content-Range: bytes 0-1/5"}
                                       << QByteArray("-");
    }

    void section_3_3_storableRange() {
        QFETCH(QByteArrayList, fields);
        const ResponseOf response(206, fields);
        QTEST(describe(storableRangeOf(response->fields)), "expected");
    }
};

QTEST_APPLESS_MAIN(TestContentRange)
#include "test_content_range.moc"

// SPDX-License-Identifier: MIT
#include "cache/multipart_layout.h"

#include <QTest>

using namespace reverxy::cache;

namespace {

constexpr std::array<uint8_t, 16> boundary{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                           0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

std::string contentOf(const MultipartLayout& layout, std::string_view body) {
    std::string content;
    for (const MultipartLayout::Part& part : layout.parts())
        content.append(part.text).append(body.substr(part.bodyFirst, part.bodySize));
    return content;
}

} // namespace

class TestMultipartLayout : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void rfc9110_section_14_6() {
        const std::array<ByteRange, 2> ranges{ByteRange{0, 2}, ByteRange{8, 9}};
        const MultipartLayout layout(ranges, 10, "text/plain", boundary);
        QCOMPARE(layout.contentType(),
                 std::string_view("multipart/byteranges; boundary=00112233445566778899aabbccddeeff"));
        const std::string expected = "--00112233445566778899aabbccddeeff\r\n"
                                     "Content-Type: text/plain\r\n"
                                     "Content-Range: bytes 0-2/10\r\n"
                                     "\r\n"
                                     "abc\r\n"
                                     "--00112233445566778899aabbccddeeff\r\n"
                                     "Content-Type: text/plain\r\n"
                                     "Content-Range: bytes 8-9/10\r\n"
                                     "\r\n"
                                     "ij\r\n"
                                     "--00112233445566778899aabbccddeeff--\r\n";
        QCOMPARE(contentOf(layout, "abcdefghij"), expected);
        QCOMPARE(layout.size(), uint64_t(expected.size()));
    }

    void withoutContentType() {
        const std::array<ByteRange, 2> ranges{ByteRange{0, 0}, ByteRange{9, 9}};
        const MultipartLayout layout(ranges, 10, "", boundary);
        const std::string content = contentOf(layout, "abcdefghij");
        QVERIFY(content.find("Content-Type") == std::string::npos);
        QVERIFY(
            content.starts_with("--00112233445566778899aabbccddeeff\r\nContent-Range: bytes 0-0/10\r\n\r\na\r\n"));
        QCOMPARE(layout.size(), uint64_t(content.size()));
    }
};

QTEST_APPLESS_MAIN(TestMultipartLayout)
#include "test_multipart_layout.moc"

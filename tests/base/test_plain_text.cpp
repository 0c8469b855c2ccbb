// SPDX-License-Identifier: MIT
#include "base/plain_text.h"

#include <QTest>

#include <random>
#include <string>

using namespace reverxy;

namespace {

size_t oneByOne(std::string_view text) {
    size_t size = 0;
    for (const char byte : text) {
        if (byte < ' ' || byte > '~' || byte == '"' || byte == '\\')
            break;
        ++size;
    }
    return size;
}

} // namespace

class TestPlainText : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyByteAtEveryPlace() {
        for (int byte = 0; byte < 256; ++byte) {
            for (size_t size = 1; size < 20; ++size) {
                for (size_t place = 0; place < size; ++place) {
                    std::string text(size, 'x');
                    text[place] = static_cast<char>(byte);
                    QCOMPARE(plainPrefix(text), oneByOne(text));
                }
            }
        }
    }

    /// Where several bytes of eight end it, the first counts.
    void manyBytesAtOnce() {
        std::mt19937 random(1);
        const std::string_view bytes("\x01 \x1f!\"#[\\]~\x7f\x80\xff"
                                     "az");
        for (int round = 0; round < 100'000; ++round) {
            std::string text(random() % 24, ' ');
            for (char& byte : text)
                byte = random() % 3 == 0 ? bytes[random() % bytes.size()] : 'x';
            QCOMPARE(plainPrefix(text), oneByOne(text));
        }
    }

    void nothingIsPlainInNothing() { QCOMPARE(plainPrefix({}), size_t(0)); }
};

QTEST_APPLESS_MAIN(TestPlainText)
#include "test_plain_text.moc"

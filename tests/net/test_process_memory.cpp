// SPDX-License-Identifier: MIT
#include "net/process_memory.h"

#include <QTest>

#include <cstring>
#include <vector>

using namespace reverxy::net;

class TestProcessMemory : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void whatIsUsedIsSeen() {
        const auto before = processMemory();
        if (!before)
            QSKIP("the system does not tell");
        QVERIFY(*before > 0);
        std::vector<char> used(100 << 20);
        std::memset(used.data(), 1, used.size());
        const uint64_t with = processMemory().value();
        QVERIFY2(with >= *before + (90 << 20), std::to_string(with - *before).c_str());
        std::vector<char>().swap(used);
        returnFreeMemory();
#if !defined(__SANITIZE_ADDRESS__) // the sanitizer holds on to what was freed
        QVERIFY(processMemory().value() <= *before + (50 << 20));
#endif
    }
};

QTEST_APPLESS_MAIN(TestProcessMemory)
#include "test_process_memory.moc"

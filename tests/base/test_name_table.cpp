// SPDX-License-Identifier: MIT
#include "base/name_table.h"

#include <QTest>

#include <array>
#include <string>
#include <thread>
#include <vector>

using namespace reverxy;

class TestNameTable : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void zeroIsNone() {
        const NameTable names;
        QCOMPARE(names.name(0), std::string_view("-"));
        QCOMPARE(names.name(1), std::string_view("-"));
        QCOMPARE(names.name(UINT32_MAX), std::string_view("-"));
    }

    void sameNameSameId() {
        NameTable names;
        const NameId first = names.intern("backend-1");
        const NameId second = names.intern("backend-2");
        QVERIFY(first != 0);
        QVERIFY(first != second);
        QCOMPARE(names.intern("backend-1"), first);
        QCOMPARE(names.name(first), std::string_view("backend-1"));
        QCOMPARE(names.name(second), std::string_view("backend-2"));
    }

    void aDashCanBeAName() {
        NameTable names;
        QVERIFY(names.intern("-") != 0);
        QVERIFY(names.intern("") != 0);
        QCOMPARE(names.name(names.intern("")), std::string_view());
    }

    void namesStayWhereTheyAre() {
        NameTable names;
        const NameId id = names.intern("short"); // small enough to be kept within its string object
        const std::string_view view = names.name(id);
        for (int i = 0; i < 10000; ++i)
            names.intern("name-" + std::to_string(i));
        QCOMPARE(static_cast<const void*>(names.name(id).data()), static_cast<const void*>(view.data()));
        QCOMPARE(view, std::string_view("short"));
        QCOMPARE(names.intern("short"), id);
    }

    void threadsAgree() {
        NameTable names;
        constexpr int count = 500;
        std::array<std::vector<NameId>, 4> ids;
        std::vector<std::thread> threads;
        for (std::vector<NameId>& own : ids) {
            threads.emplace_back([&names, &own] {
                for (int i = 0; i < count; ++i) {
                    const std::string name = "name-" + std::to_string(i);
                    own.push_back(names.intern(name));
                    if (names.name(own.back()) != name)
                        own.back() = 0;
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY(std::find(ids[0].begin(), ids[0].end(), NameId{0}) == ids[0].end());
        for (const std::vector<NameId>& own : ids)
            QVERIFY(own == ids[0]);
    }
};

QTEST_APPLESS_MAIN(TestNameTable)
#include "test_name_table.moc"

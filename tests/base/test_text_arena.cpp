// SPDX-License-Identifier: MIT
#include "base/text_arena.h"

#include <QTest>

#include <string>

using namespace reverxy;

class TestTextArena : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void joins() {
        TextArena arena;
        QCOMPARE(arena.join({"a", "", "bc", std::string_view(), "d"}), std::string_view("abcd"));
        QCOMPARE(arena.join({}), std::string_view());
        QCOMPARE(arena.join({""}), std::string_view());
    }

    void viewsStayValidWhileTheArenaGrows() {
        TextArena arena(16);
        std::vector<std::string_view> views;
        for (int i = 0; i < 1000; ++i)
            views.push_back(arena.join({"text-", std::to_string(i)}));
        for (int i = 0; i < 1000; ++i)
            QCOMPARE(views[static_cast<size_t>(i)], std::string_view("text-" + std::to_string(i)));
    }

    void holdsTextLargerThanABlock() {
        TextArena arena(16);
        const std::string large(1000, 'x');
        const std::string_view before = arena.join({"before"});
        const std::string_view held = arena.join({large, "y"});
        QCOMPARE(held, std::string_view(large + "y"));
        QCOMPARE(before, std::string_view("before"));
        QCOMPARE(arena.join({"after"}), std::string_view("after"));
    }

    void clearKeepsTheFirstBlock() {
        TextArena arena(64);
        const char* const first = arena.join({"first"}).data();
        arena.join({std::string(100, 'x')});
        arena.clear();
        QCOMPARE(static_cast<const void*>(arena.join({"again"}).data()), static_cast<const void*>(first));
    }

    void clearOfAnUnusedArenaIsNothing() {
        TextArena arena;
        arena.clear();
        QCOMPARE(arena.join({"x"}), std::string_view("x"));
    }

    void partsMayBeTheArenasOwn() {
        TextArena arena(8);
        const std::string_view host = arena.join({"localhost"});
        QCOMPARE(arena.join({host, ":", "80"}), std::string_view("localhost:80"));
    }
};

QTEST_APPLESS_MAIN(TestTextArena)
#include "test_text_arena.moc"

// SPDX-License-Identifier: MIT
#include "rules.h"

#include <QTest>

#include <algorithm>
#include <filesystem>

using namespace reverxy::structure;

class TestIncludeRules : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void rule_data();
    void rule();
    void violationNamesFileLineAndRule();
    void everyFolderHasARule();
    void treeKeepsTheRules();
};

static bool isInProject(std::string_view path) {
    return std::filesystem::is_regular_file(std::filesystem::path(REVERXY_SOURCE_DIR) / path);
}

/// A tree in which every header that the rows below name is there.
static bool isInImaginedTree(std::string_view path) {
    static const std::vector<std::string_view> headers{
        "engine/engine.h",         "engine/base/clock.h",   "engine/http/head.h",    "engine/config/config.h",
        "engine/config/reader.h",  "engine/route/router.h", "engine/health/state.h", "engine/balance/balancer.h",
        "engine/proxy/exchange.h", "engine/net/worker.h",   "engine/admin/server.h", "engine/api/control.h",
        "engine/cache/cache.h",    "engine/observe/log.h",  "ui/window.h",           "app/options.h"};
    return std::find(headers.begin(), headers.end(), path) != headers.end();
}

void TestIncludeRules::rule_data() {
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("include");
    QTest::addColumn<bool>("allowed");

    const auto row = [](const char* path, const char* include, bool allowed) {
        QTest::addRow("%s %s %s", path, allowed ? "may include" : "must not include", include)
            << QByteArray(path) << QByteArray(include) << allowed;
    };
    row("engine/base/a.cpp", "<vector>", true);
    row("engine/base/a.cpp", "\"http/head.h\"", false);
    row("engine/http/a.cpp", "\"base/clock.h\"", true);
    row("engine/http/a.cpp", "\"http/head.h\"", true);
    row("engine/http/a.cpp", "\"head.h\"", false);
    row("engine/http/a.cpp", "\"../base/clock.h\"", false);
    row("engine/http/a.cpp", "\"config/config.h\"", true);
    row("engine/http/a.cpp", "\"config/reader.h\"", false);
    row("engine/http/a.cpp", "<QString>", false);
    row("engine/http/a.cpp", "<QtGlobal>", false);
    row("engine/http/a.cpp", "<QtCore/QObject>", false);
    row("engine/http/a.cpp", "<QtCore/qobject.h>", false);
    row("engine/http/a.cpp", "<sys/socket.h>", false);
    row("engine/http/a.cpp", "<yaml.h>", false);
    row("engine/config/a.cpp", "<yaml.h>", true);
    row("engine/config/a.cpp", "\"http/head.h\"", false);
    row("engine/balance/a.cpp", "\"health/state.h\"", false);
    row("engine/route/a.cpp", "\"balance/balancer.h\"", false);
    row("engine/cache/a.cpp", "\"http/head.h\"", true);
    row("engine/cache/a.cpp", "\"route/router.h\"", false);
    row("engine/proxy/a.cpp", "\"balance/balancer.h\"", true);
    row("engine/proxy/a.cpp", "\"config/reader.h\"", true);
    row("engine/proxy/a.cpp", "\"net/worker.h\"", false);
    row("engine/proxy/a.cpp", "<QObject>", false);
    row("engine/net/a.cpp", "\"proxy/exchange.h\"", true);
    row("engine/net/a.cpp", "<QSocketNotifier>", true);
    row("engine/net/a.cpp", "<sys/epoll.h>", true);
    row("engine/net/a.cpp", "\"admin/server.h\"", false);
    row("engine/net/a.cpp", "\"engine.h\"", false);
    row("engine/net/deeper/a.cpp", "\"net/worker.h\"", true);
    row("engine/admin/a.cpp", "\"net/worker.h\"", false);
    row("engine/api/a.cpp", "\"net/worker.h\"", false);
    row("engine/engine.cpp", "\"net/worker.h\"", true);
    row("engine/engine.cpp", "\"engine.moc\"", true);
    row("engine/http/a.cpp", "\"a.moc\"", false);
    row("engine/engine.cpp", "\"ui/window.h\"", false);
    row("ui/a.cpp", "\"api/control.h\"", true);
    row("ui/a.cpp", "\"engine.h\"", false);
    row("ui/a.cpp", "\"net/worker.h\"", false);
    row("app/a.cpp", "\"engine.h\"", true);
    row("app/a.cpp", "\"options.h\"", true);
    row("app/a.cpp", "\"ui/window.h\"", true);
    row("app/a.cpp", "\"net/worker.h\"", false);
    row("app/a.cpp", "\"absent.h\"", false);
    row("app/demo/a.cpp", "\"api/control.h\"", true);
    row("app/demo/a.cpp", "\"http/head.h\"", true);
    row("app/demo/a.cpp", "\"engine.h\"", false);
    row("app/demo/a.cpp", "\"app/options.h\"", false);
    row("tests/net/a.cpp", "\"net/worker.h\"", true);
}

void TestIncludeRules::rule() {
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, include);
    QFETCH(bool, allowed);

    const SourceFile file{path.toStdString(), {"#include " + include.toStdString()}};
    QCOMPARE(includeViolations(file, isInImaginedTree).empty(), allowed);
}

void TestIncludeRules::violationNamesFileLineAndRule() {
    const SourceFile file{"engine/route/a.cpp", {"", "#  include <QObject> // why"}};
    const std::vector<std::string> violations = includeViolations(file, isInImaginedTree);
    QCOMPARE(violations.size(), size_t(1));
    QCOMPARE(violations[0], std::string("engine/route/a.cpp:2: #include of QObject: engine/route is Qt-free"));
}

void TestIncludeRules::everyFolderHasARule() {
    const std::filesystem::path engine = std::filesystem::path(REVERXY_SOURCE_DIR) / "engine";
    size_t folders = 0;
    for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator(engine)) {
        if (!entry.is_directory())
            continue;
        ++folders;
        const std::string folder = "engine/" + entry.path().filename().string();
        const FolderRule* rule = ruleFor(folder);
        QVERIFY2(rule && rule->folder == folder, (folder + " has no row in tests/structure/rules.cpp").c_str());
    }
    QVERIFY(folders > 0);
}

void TestIncludeRules::treeKeepsTheRules() {
    const std::vector<SourceFile> files = readTree(REVERXY_SOURCE_DIR, {"engine", "app", "ui"}, isCpp);
    QVERIFY(!files.empty());
    std::string broken;
    for (const SourceFile& file : files) {
        for (const std::string& violation : includeViolations(file, isInProject))
            broken += "\n" + violation;
    }
    QVERIFY2(broken.empty(), broken.c_str());
}

QTEST_APPLESS_MAIN(TestIncludeRules)
#include "test_include_rules.moc"

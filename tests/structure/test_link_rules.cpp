// SPDX-License-Identifier: MIT
#include "rules.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace reverxy::structure;

/// What the build itself forbids: the links of every target, and what the compiler finds with a target's flags.
class TestLinkRules : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void rule_data();
    void rule();
    void everyEngineFolderIsATarget();
    void targetsKeepTheRules();
    void compiles_data();
    void compiles();
};

/// The targets of the build: lines of name, folder and links, parted by bars, as tests/structure/CMakeLists.txt
/// wrote them.
static std::vector<Target> builtTargets() {
    std::vector<Target> targets;
    std::ifstream in(REVERXY_TARGETS_FILE);
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        Target target;
        std::getline(fields, target.name, '|');
        std::getline(fields, target.folder, '|');
        for (std::string link; std::getline(fields, link, '|');)
            target.links.push_back(link);
        targets.push_back(target);
    }
    return targets;
}

void TestLinkRules::rule_data() {
    QTest::addColumn<QByteArray>("folder");
    QTest::addColumn<QByteArray>("link");
    QTest::addColumn<bool>("allowed");

    const auto row = [](const char* folder, const char* link, bool allowed) {
        QTest::addRow("%s %s %s", folder, allowed ? "may link" : "must not link", link)
            << QByteArray(folder) << QByteArray(link) << allowed;
    };
    row("engine/base", "reverxy_common", true);
    row("engine/base", "Qt6::Core", false);
    row("engine/route", "reverxy_base", true);
    row("engine/route", "reverxy_balance", false);
    row("engine/proxy", "reverxy_balance", true);
    row("engine/proxy", "reverxy_net", false);
    row("engine/proxy", "Qt6::Core", false);
    row("engine/proxy", "PkgConfig::YAML", false);
    row("engine/net", "reverxy_proxy", true);
    row("engine/net", "reverxy_net_port", true);
    row("engine/net", "Qt6::Widgets", false);
    row("engine", "reverxy_net", true);
    row("ui", "reverxy_net", false);
    row("ui", "reverxy_engine", false);
    row("app", "reverxy_engine", true);
    row("app", "reverxy_net", false);
    row("app", "curl", false);
}

void TestLinkRules::rule() {
    QFETCH(QByteArray, folder);
    QFETCH(QByteArray, link);
    QFETCH(bool, allowed);

    const std::vector<Target> targets{{"reverxy_base", "engine/base", {}},
                                      {"reverxy_balance", "engine/balance", {}},
                                      {"reverxy_proxy", "engine/proxy", {}},
                                      {"reverxy_net_port", "engine/net", {}},
                                      {"reverxy_net", "engine/net", {}},
                                      {"reverxy_engine", "engine", {}},
                                      {"tried", folder.toStdString(), {link.toStdString()}}};
    QCOMPARE(linkViolations(targets).empty(), allowed);
}

void TestLinkRules::everyEngineFolderIsATarget() {
    const std::vector<Target> targets = builtTargets();
    for (const FolderRule& rule : folderRules()) {
        const std::filesystem::path folder = std::filesystem::path(REVERXY_SOURCE_DIR) / rule.folder;
        if (!rule.folder.starts_with("engine") || !std::filesystem::is_directory(folder) ||
            (rule.qt && !REVERXY_WITH_QT))
            continue;
        const auto isHere = [&rule](const Target& target) { return target.folder == rule.folder; };
        QVERIFY2(std::any_of(targets.begin(), targets.end(), isHere), std::string(rule.folder).c_str());
    }
}

void TestLinkRules::targetsKeepTheRules() {
    std::string broken;
    for (const std::string& violation : linkViolations(builtTargets()))
        broken += "\n" + violation;
    QVERIFY2(broken.empty(), broken.c_str());
}

void TestLinkRules::compiles_data() {
    QTest::addColumn<QByteArray>("flagsFile");
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<bool>("allowed");

    size_t targets = 0;
    for (const auto& entry : std::filesystem::directory_iterator(REVERXY_FLAGS_DIR)) {
        const std::string name = entry.path().stem().string();
        const QByteArray flags = QByteArray::fromStdString(entry.path().string());
        const auto targetsHere = builtTargets();
        const auto target = std::find_if(targetsHere.begin(), targetsHere.end(),
                                         [&name](const Target& candidate) { return candidate.name == name; });
        QVERIFY2(target != targetsHere.end(), name.c_str());
        const FolderRule* rule = ruleFor(target->folder);
        QVERIFY2(rule, target->folder.c_str());
        const bool mayUseQt =
            rule->qt && name != "reverxy_net_core"; // the part of its folder without an event loop
        ++targets;
        QTest::addRow("%s: a header of the C++ library", name.c_str())
            << flags << QByteArray("#include <cstddef>\n") << true;
        // Only Core and Network are linked, so Widgets stay unknown even where Qt is known.
        QTest::addRow("%s: QObject", name.c_str()) << flags << QByteArray("#include <QObject>\n") << mayUseQt;
        QTest::addRow("%s: QtCore/QObject", name.c_str())
            << flags << QByteArray("#include <QtCore/QObject>\n") << mayUseQt;
        QTest::addRow("%s: QWidget", name.c_str()) << flags << QByteArray("#include <QWidget>\n") << false;
    }
    QVERIFY(targets > 0);
}

void TestLinkRules::compiles() {
    QFETCH(QByteArray, flagsFile);
    QFETCH(QByteArray, source);
    QFETCH(bool, allowed);

    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("probe.cpp"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(source);
    file.close();

    // What must not be known must not even be found, so the preprocessor is enough.
    QProcess compiler;
    compiler.setStandardOutputFile(QProcess::nullDevice());
    compiler.start(QStringLiteral(REVERXY_COMPILER), {QStringLiteral("-std=c++20"), QStringLiteral("-E"),
                                                      QLatin1Char('@') + QString::fromLocal8Bit(flagsFile), path});
    QVERIFY(compiler.waitForFinished());
    const QByteArray errors = compiler.readAllStandardError();
    if (allowed) {
        QVERIFY2(compiler.exitCode() == 0, errors.constData());
    } else {
        QVERIFY2(compiler.exitCode() != 0, "it compiled");
        QVERIFY2(errors.contains("No such file or directory") || errors.contains("file not found"),
                 errors.constData());
    }
}

QTEST_APPLESS_MAIN(TestLinkRules)
#include "test_link_rules.moc"

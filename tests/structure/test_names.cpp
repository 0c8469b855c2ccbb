// SPDX-License-Identifier: MIT
#include "source_tree.h"

#include <QTest>

#include <regex>

using namespace reverxy::structure;

/// The house style, as far as a line by line reading can hold it.
class TestNames : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void everySourceNamesItsLicence();
    void everyHeaderIsIncludedOnce();
    void everyFileNameIsSnakeCase();
    void noFileIsTooLong();
    void typeName_data();
    void typeName();
    void noTypeHasAnEmptyName();
};

static const std::vector<std::string> code{"engine", "app", "ui"};
static const std::vector<std::string> everything{"engine", "app", "ui", "tests", "cmake", "installer"};

static bool isScript(std::string_view path) {
    return path.ends_with(".sh");
}

static bool isCMake(std::string_view path) {
    return path.ends_with(".cmake") || path.ends_with("CMakeLists.txt");
}

/// The name of the type that the line declares, when it is one that says nothing; empty otherwise.
static std::string emptyTypeName(const std::string& line) {
    static const std::regex declaration(
        ".*\\b(class|struct|union|enum|using)\\s+([A-Za-z0-9_]*(Manager|Helper|Helpers|Util|Utils|Context))\\b.*");
    const std::string declared = codeOf(line);
    std::smatch match;
    return std::regex_match(declared, match, declaration) ? match[2].str() : std::string();
}

void TestNames::everySourceNamesItsLicence() {
    const auto wanted = [](std::string_view path) { return isCpp(path) || isCMake(path) || isScript(path); };
    const std::vector<SourceFile> files = readTree(REVERXY_SOURCE_DIR, everything, wanted);
    QVERIFY(!files.empty());
    std::string broken;
    for (const SourceFile& file : files) {
        const bool startsWithInterpreter = !file.lines.empty() && file.lines[0].starts_with("#!");
        const size_t line = startsWithInterpreter ? 1 : 0;
        const std::string licence = std::string(isCpp(file.path) ? "//" : "#") + " SPDX-License-Identifier: MIT";
        if (file.lines.size() <= line || file.lines[line] != licence)
            broken += "\n" + at(file, line + 1, "expected: " + licence);
    }
    QVERIFY2(broken.empty(), broken.c_str());
}

void TestNames::everyHeaderIsIncludedOnce() {
    std::string broken;
    for (const SourceFile& file : readTree(REVERXY_SOURCE_DIR, everything, isHeader)) {
        if (file.lines.size() < 2 || file.lines[1] != "#pragma once")
            broken += "\n" + at(file, 2, "expected: #pragma once");
    }
    QVERIFY2(broken.empty(), broken.c_str());
}

void TestNames::everyFileNameIsSnakeCase() {
    static const std::regex snakeCase("([a-z0-9_]+/)*[a-z0-9_]+\\.(cpp|h)");
    std::string broken;
    for (const SourceFile& file : readTree(REVERXY_SOURCE_DIR, everything, isCpp)) {
        if (!std::regex_match(file.path, snakeCase))
            broken += "\n" + at(file, 1, "the file's name is not snake_case");
    }
    QVERIFY2(broken.empty(), broken.c_str());
}

void TestNames::noFileIsTooLong() {
    constexpr size_t longest = 500;
    std::string broken;
    for (const SourceFile& file : readTree(REVERXY_SOURCE_DIR, code, isCpp)) {
        if (file.lines.size() > longest)
            broken += "\n" + at(file, file.lines.size(), "longer than 500 lines: split it by idea");
    }
    QVERIFY2(broken.empty(), broken.c_str());
}

void TestNames::typeName_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("found");

    QTest::newRow("class") << QByteArray("class PoolManager : public QObject {") << QByteArray("PoolManager");
    QTest::newRow("struct") << QByteArray("struct Context {") << QByteArray("Context");
    QTest::newRow("enum class") << QByteArray("enum class DateUtils {") << QByteArray("DateUtils");
    QTest::newRow("alias") << QByteArray("using ParseHelper = int;") << QByteArray("ParseHelper");
    QTest::newRow("what the name means") << QByteArray("class ContextualName {") << QByteArray();
    QTest::newRow("comment") << QByteArray("int a; // a class Helper would hide") << QByteArray();
    QTest::newRow("text") << QByteArray("auto a = \"class Helper\";") << QByteArray();
}

void TestNames::typeName() {
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, found);
    QCOMPARE(emptyTypeName(line.toStdString()), found.toStdString());
}

void TestNames::noTypeHasAnEmptyName() {
    const std::vector<SourceFile> files = readTree(REVERXY_SOURCE_DIR, code, isCpp);
    QVERIFY(!files.empty());
    std::string broken;
    for (const SourceFile& file : files) {
        for (size_t i = 0; i < file.lines.size(); ++i) {
            const std::string name = emptyTypeName(file.lines[i]);
            if (!name.empty())
                broken += "\n" + at(file, i + 1, name + ": call the type by what it does");
        }
    }
    QVERIFY2(broken.empty(), broken.c_str());
}

QTEST_APPLESS_MAIN(TestNames)
#include "test_names.moc"

// SPDX-License-Identifier: MIT
#include "app/config_file.h"

#include <QTest>

#include <map>

using namespace reverxy;
using namespace reverxy::app;

namespace {

/// A disk of a few files; remembers what was asked of it.
class ScriptedFiles final : public FileSystem {
  public:
    std::map<std::string, File> files;
    std::string createError;
    std::vector<std::string> created;

    File read(const std::string& path) override {
        const auto found = files.find(path);
        return found == files.end() ? File{} : found->second;
    }

    std::string create(const std::string& path, std::string_view text) override {
        if (!createError.empty())
            return createError;
        created.push_back(path);
        files[path] = {Status::Read, std::string(text), {}};
        return {};
    }

    void add(const std::string& path, const std::string& text) { files[path] = {Status::Read, text, {}}; }
};

constexpr const char* userFile = "/home/ada/.config/reverxy/config.yaml";
const config::Environment home{{"HOME", "/home/ada"}};

CommandLine withFile(const char* path) {
    CommandLine commandLine;
    commandLine.configFile = path;
    return commandLine;
}

LoadedConfig load(ScriptedFiles& files, const CommandLine& commandLine = {},
                  config::Environment environment = home) {
    return loadConfiguration(commandLine, environment, files, Platform::Linux);
}

} // namespace

class TestConfigFile : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    // One file after the other is taken away: the next place counts.
    void looksInTheOrderOfTheDesign() {
        ScriptedFiles files;
        const std::vector<std::string> places{"flag.yaml", "variable.yaml", "./config.yaml",
                                              "/etc/config/config.yaml", userFile};
        for (size_t i = 0; i < places.size(); ++i)
            files.add(places[i], "proxy: { port: " + std::to_string(9000 + i) + " }");
        CommandLine commandLine = withFile("flag.yaml");
        config::Environment environment{{"HOME", "/home/ada"}, {"CONFIG_PATH", "variable.yaml"}};
        for (size_t i = 0; i < places.size(); ++i) {
            const LoadedConfig loaded = load(files, commandLine, environment);
            QCOMPARE(loaded.path, places[i]);
            QCOMPARE(int(loaded.config->proxy.port), int(9000 + i));
            QCOMPARE(loaded.sources.at("proxy.port").name, places[i]);
            QVERIFY(loaded.notice.empty());
            files.files.erase(places[i]);
            commandLine.configFile.reset();
            if (i == 1)
                environment["CONFIG_PATH"] = ""; // empty counts as unset
        }
        QVERIFY(files.created.empty());
    }

    void theFirstStartMakesTheUsersFile() {
        ScriptedFiles files;
        const LoadedConfig loaded = load(files);
        QCOMPARE(files.created, std::vector<std::string>{userFile});
        QCOMPARE(files.files.at(userFile).text, std::string(defaultConfigText()));
        QCOMPARE(loaded.path, std::string(userFile));
        QVERIFY(loaded.config);
        QVERIFY(loaded.notice.find(userFile) != std::string::npos);
        const LoadedConfig second = load(files);
        QCOMPARE(files.created.size(), size_t(1));
        QVERIFY(second.notice.empty());
        QVERIFY(*second.config == *loaded.config);
    }

    void lookingAloneMakesNoFile() {
        for (bool CommandLine::*flag : {&CommandLine::check, &CommandLine::printConfig}) {
            ScriptedFiles files;
            CommandLine commandLine;
            commandLine.*flag = true;
            const LoadedConfig loaded = load(files, commandLine);
            QVERIFY(files.created.empty());
            QVERIFY(loaded.config);
            QCOMPARE(loaded.path, std::string());
        }
    }

    void goesOnWithDefaultsWhereNoFileCanBeMade() {
        ScriptedFiles files;
        files.createError = "Read-only file system";
        const LoadedConfig loaded = load(files);
        QVERIFY(loaded.config);
        QCOMPARE(loaded.path, std::string());
        QVERIFY(loaded.notice.find("Read-only file system") != std::string::npos);
        const LoadedConfig homeless = load(files, {}, {});
        QVERIFY(homeless.config);
        QVERIFY(!homeless.notice.empty());
    }

    void usersFolderByPlatform() {
        QCOMPARE(userConfigPath({{"HOME", "/h"}}, Platform::Linux), std::string("/h/.config/reverxy/config.yaml"));
        QCOMPARE(userConfigPath({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}}, Platform::Linux),
                 std::string("/x/reverxy/config.yaml"));
        QCOMPARE(userConfigPath({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "x"}}, Platform::Linux),
                 std::string("/h/.config/reverxy/config.yaml"));
        QCOMPARE(userConfigPath({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}}, Platform::MacOs),
                 std::string("/h/Library/Application Support/reverxy/config.yaml"));
        QCOMPARE(userConfigPath({{"APPDATA", "C:\\A"}}, Platform::Windows),
                 std::string("C:\\A\\reverxy\\config.yaml"));
        QCOMPARE(userConfigPath({}, Platform::Linux), std::string());
    }

    void saysWhyAFileIsNoUse_data() {
        QTest::addColumn<QByteArray>("place");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("problem");
        using Status = FileSystem::Status;
        const auto row = [](const char* name, const char* place, Status status, const char* problem) {
            QTest::newRow(name) << QByteArray(place) << int(status) << QByteArray(problem);
        };
        row("missing flag", "flag", Status::Missing, "x.yaml: named by --config, does not exist: ");
        row("missing variable", "variable", Status::Missing, "x.yaml: named by CONFIG_PATH, does not exist: ");
        row("folder", "flag", Status::Directory, "x.yaml: named by --config, is a folder: name the file in it");
        row("unreadable", "variable", Status::Unreadable,
            "x.yaml: named by CONFIG_PATH, cannot be read (Permission denied): let this user");
        row("folder in a default place", "default", Status::Directory, "./config.yaml: is a folder: ");
        row("unreadable default place", "default", Status::Unreadable,
            "./config.yaml: cannot be read (Permission denied): ");
    }

    // What is there but cannot be read is never passed over for the next place.
    void saysWhyAFileIsNoUse() {
        QFETCH(QByteArray, place);
        QFETCH(int, status);
        QFETCH(QByteArray, problem);
        ScriptedFiles files;
        files.add("/etc/config/config.yaml", "");
        const FileSystem::File file{FileSystem::Status(status), {}, "Permission denied"};
        files.files[place == "default" ? "./config.yaml" : "x.yaml"] = file;
        config::Environment environment = home;
        if (place == "variable")
            environment["CONFIG_PATH"] = "x.yaml";
        const LoadedConfig loaded = load(files, place == "flag" ? withFile("x.yaml") : CommandLine{}, environment);
        QVERIFY(!loaded.config);
        QCOMPARE(loaded.problems.size(), size_t(1));
        QVERIFY2(loaded.problems[0].toString().starts_with(problem.toStdString()),
                 loaded.problems[0].toString().c_str());
    }

    void reloadReadsTheSameFileAgain() {
        ScriptedFiles files;
        files.add("/etc/config/config.yaml", "proxy: { port: 9001, retries: 1 }");
        CommandLine commandLine;
        commandLine.overrides.push_back({"proxy.port", "9090", "--port"});
        const config::Environment environment{{"REVERXY_LOG__LEVEL", "warn"}};
        const LoadedConfig first = load(files, commandLine, environment);
        QCOMPARE(int(first.config->proxy.port), 9090);
        // A file that comes up in a stronger place does not count until the next start.
        files.add("./config.yaml", "proxy: { retries: 9 }");
        files.add("/etc/config/config.yaml", "proxy: { port: 9001, retries: 2 }");
        const LoadedConfig second = reloadConfiguration(first, commandLine, environment, files, Platform::Linux);
        QCOMPARE(second.config->proxy.retries, 2u);
        QCOMPARE(int(second.config->proxy.port), 9090);
        QCOMPARE(second.config->log.level, config::LogLevel::Warn);
        files.add("/etc/config/config.yaml", "proxy: { retries: x }");
        const LoadedConfig broken = reloadConfiguration(second, commandLine, environment, files, Platform::Linux);
        QVERIFY(!broken.config);
        QCOMPARE(broken.path, second.path);
        files.files.erase("/etc/config/config.yaml");
        QVERIFY(!reloadConfiguration(second, commandLine, environment, files, Platform::Linux).config);
    }

    void reloadWithoutAFileSearchesAnewAndMakesNone() {
        ScriptedFiles files;
        files.createError = "no";
        const LoadedConfig first = load(files);
        files.createError.clear();
        QVERIFY(reloadConfiguration(first, {}, home, files, Platform::Linux).config);
        QVERIFY(files.created.empty());
        files.add("./config.yaml", "proxy: { retries: 9 }");
        QCOMPARE(reloadConfiguration(first, {}, home, files, Platform::Linux).config->proxy.retries, 9u);
    }

    void checkPrintsEveryProblem() {
        ScriptedFiles files;
        files.add("a.yaml", "proxy:\n  prot: 1\n  retries: x\n");
        const CommandResult result = checkCommand(load(files, withFile("a.yaml")));
        QCOMPARE(result.exitCode, 1);
        QCOMPARE(
            result.output,
            std::string(
                "a.yaml:2:3: proxy.prot: is no known key: did you mean `port`?\n"
                "a.yaml:3:12: proxy.retries: `x` is no whole number: write one from 0 to 10, in plain digits\n"));
        files.add("a.yaml", "proxy: {}\n");
        const CommandResult good = checkCommand(load(files, withFile("a.yaml")));
        QCOMPARE(good.exitCode, 0);
        QCOMPARE(good.output, std::string("a.yaml: no problems\n"));
    }

    void printShowsValuesOrProblems() {
        ScriptedFiles files;
        files.add("a.yaml", "proxy: { retries: 3 }\n");
        const CommandResult result = printCommand(load(files, withFile("a.yaml")));
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.errors.empty());
        QVERIFY(result.output.starts_with("# configuration file: a.yaml\nproxy:\n"));
        QVERIFY(result.output.find("# a.yaml:1\n") != std::string::npos);
        files.add("a.yaml", "proxy: { retries: x }\n");
        const CommandResult broken = printCommand(load(files, withFile("a.yaml")));
        QCOMPARE(broken.exitCode, 1);
        QVERIFY(broken.output.empty());
        QVERIFY(broken.errors.starts_with("a.yaml:1:19: proxy.retries: "));
    }

    void takesTheEnvironmentApart() {
        const char* variables[] = {"A=1", "B=", "C=x=y", "odd", nullptr};
        QCOMPARE(environmentOf(variables), (config::Environment{{"A", "1"}, {"B", ""}, {"C", "x=y"}}));
        QVERIFY(environmentOf(nullptr).empty());
    }
};

QTEST_APPLESS_MAIN(TestConfigFile)
#include "test_config_file.moc"

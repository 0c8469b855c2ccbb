// SPDX-License-Identifier: MIT
#include "app/command_line.h"

#include <QTest>

using namespace reverxy;
using app::CommandLine;
using app::parseCommandLine;

class TestCommandLine : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void nothingIsAsked() {
        const auto parsed = parseCommandLine({});
        QVERIFY(parsed.commandLine);
        QVERIFY(!parsed.commandLine->configFile);
        QVERIFY(!parsed.commandLine->noGui && !parsed.commandLine->check && !parsed.commandLine->printConfig);
        QVERIFY(!parsed.commandLine->version && !parsed.commandLine->help);
        QVERIFY(parsed.commandLine->overrides.empty());
    }

    void takesEveryOption() {
        const auto parsed =
            parseCommandLine({"--config", "a b.yaml", "--no-gui", "--check", "--print-config", "--host", "::1",
                              "--port", "9090", "--probe-port=9095", "--log-level=debug", "--version", "--help"});
        QVERIFY2(parsed.commandLine, parsed.error.c_str());
        const CommandLine& commandLine = *parsed.commandLine;
        QCOMPARE(commandLine.configFile, std::optional<std::string>("a b.yaml"));
        QVERIFY(commandLine.noGui && commandLine.check && commandLine.printConfig && commandLine.version &&
                commandLine.help);
        QCOMPARE(commandLine.overrides.size(), size_t(4));
        const std::vector<std::vector<std::string>> expected{{"proxy.host", "::1", "--host"},
                                                             {"proxy.port", "9090", "--port"},
                                                             {"proxy.probe_port", "9095", "--probe-port"},
                                                             {"log.level", "debug", "--log-level"}};
        for (size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(commandLine.overrides[i].path, expected[i][0]);
            QCOMPARE(commandLine.overrides[i].value, expected[i][1]);
            QCOMPARE(commandLine.overrides[i].flag, expected[i][2]);
        }
    }

    // The flags reach the settings that they say.
    void overridesAreSettings() {
        const auto parsed = parseCommandLine(
            {"--host", "::1", "--port", "1", "--port", "9090", "--probe-port", "9095", "--log-level", "debug"});
        const config::Reading reading =
            config::readConfiguration({"", std::nullopt, nullptr, &parsed.commandLine->overrides});
        QVERIFY(reading.config);
        QCOMPARE(reading.config->proxy.host, std::string("::1"));
        QCOMPARE(reading.config->proxy.port, uint16_t(9090)); // of two the last
        QCOMPARE(reading.config->proxy.probePort, uint16_t(9095));
        QCOMPARE(reading.config->log.level, config::LogLevel::Debug);
    }

    void aValueMayHoldAnEqualsSign() {
        QCOMPARE(parseCommandLine({"--config=a=b.yaml"}).commandLine->configFile,
                 std::optional<std::string>("a=b.yaml"));
    }

    void aValueMayBeginWithADash() {
        // Not a port, but the reader says so with the right words.
        QCOMPARE(parseCommandLine({"--port", "-1"}).commandLine->overrides.at(0).value, std::string("-1"));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("arguments"); // spaces between
        QTest::addColumn<QByteArray>("error");
        const auto row = [](const char* arguments, const char* error) {
            QTest::newRow(arguments) << QByteArray(arguments) << QByteArray(error);
        };
        row("--prot 80", "There is no option `--prot`: did you mean `--port`?");
        row("--prot=80", "There is no option `--prot`: did you mean `--port`?");
        row("--no-gu", "There is no option `--no-gu`: did you mean `--no-gui`?");
        row("--nogui", "There is no option `--nogui`: did you mean `--no-gui`?");
        row("--print_config", "There is no option `--print_config`: did you mean `--print-config`?");
        row("--xyzzyxyzzy", "There is no option `--xyzzyxyzzy`: the nearest known one is");
        row("-p 80", "There is no option `-p`");
        row("--", "There is no option `--`");
        row("--port", "The option --port needs a value: write for example `--port 9090`");
        row("--port --check", "The option --port needs a value");
        row("--port=", "The option --port needs a value");
        row("--config", "The option --config needs a value: write for example `--config config.yaml`");
        row("--check=1", "The option --check takes no value");
        row("config.yaml", "The argument `config.yaml` belongs to no option: a configuration file is named by "
                           "`--config config.yaml`");
        row("--check config.yaml", "The argument `config.yaml` belongs to no option");
    }

    void refuses() {
        QFETCH(QByteArray, arguments);
        QFETCH(QByteArray, error);
        std::vector<std::string> list;
        for (const QByteArray& argument : arguments.split(' '))
            list.push_back(argument.toStdString());
        const auto parsed = parseCommandLine(list);
        QVERIFY(!parsed.commandLine);
        QVERIFY2(parsed.error.starts_with(error.toStdString()), parsed.error.c_str());
        QVERIFY(parsed.error.ends_with("(reverxy --help shows all options)"));
    }

    void helpNamesEveryOption() {
        const std::string help = app::helpText();
        for (const char* option : {"--config FILE", "--no-gui", "--check", "--print-config", "--host H", "--port P",
                                   "--probe-port P", "--log-level L", "--version", "--help"})
            QVERIFY2(help.find(option) != std::string::npos, option);
        QVERIFY(help.ends_with('\n'));
        QVERIFY(parseCommandLine({"-h"}).commandLine->help);
        QVERIFY(app::versionText().starts_with("reverxy " REVERXY_VERSION));
    }
};

QTEST_APPLESS_MAIN(TestCommandLine)
#include "test_command_line.moc"

// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/load.h"
#include "support/reverxy_process.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <csignal>
#include <fstream>
#include <map>
#include <sched.h>
#include <unistd.h>

using namespace reverxy::test;

/// The program as people start and stop it: arguments, files, signals, exit codes.
class TestBinary : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void itServesWithoutAWindow() {
        Origin origin(answer("served"));
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        QCOMPARE(proxy.connect().get("/hello").body, "served"s);
        QVERIFY2(proxy.waitForOutput("\"GET /hello HTTP/1.1\" 200"), proxy.output().c_str());
    }

    void itRunsOnTheReactorItWasBuiltWith() {
        ReverxyProcess proxy;
        proxy.configure("", "");
        QVERIFY2(proxy.start(), proxy.output().c_str());
        COMPARE_STATUS(proxy.connect().get("/"), 503);
        QCOMPARE(proxy.hasEpoll(), qgetenv("REVERXY_TEST_REACTOR") != "portable");
    }

    /// Neither clients nor backends, on the same machine, for each message that one of them sends.
    void itsWorkersInterruptNobody() {
#if defined(__linux__)
        if (::sched_getscheduler(0) != SCHED_OTHER)
            QSKIP("another policy was chosen for all that the test starts");
        ReverxyProcess proxy;
        proxy.configure("  workers: 3\n", "");
        QVERIFY2(proxy.start(), proxy.output().c_str());
        const QDir threads(QStringLiteral("/proc/%1/task").arg(proxy.pid()));
        const auto policies = [&] {
            std::map<std::string, int> found;
            for (const QString& thread : threads.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
                std::ifstream file(threads.filePath(thread + QStringLiteral("/comm")).toStdString());
                std::string name;
                std::getline(file, name);
                found[name] = ::sched_getscheduler(thread.toInt());
            }
            return found;
        };
        for (const char* const worker : {"worker-0", "worker-1", "worker-2"})
            QVERIFY2(waitUntil([&] { return policies()[worker] == SCHED_BATCH; }), worker);
        QCOMPARE(policies()["reverxy"], SCHED_OTHER);
#endif
    }

    void itEndsWhenAsked_data() {
        QTest::addColumn<int>("number");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }

    void itEndsWhenAsked() {
        QFETCH(int, number);
        ReverxyProcess proxy;
        proxy.configure("", "");
        QVERIFY2(proxy.start(), proxy.output().c_str());
        proxy.signal(number);
        QCOMPARE(proxy.waitForEnd(), 0);
    }

    void itEndsInMidLoadWithoutCuttingAnything() {
        Origin::Options unrecorded;
        unrecorded.record = false;
        Origin one(loadOrigin(), unrecorded);
        Origin two(loadOrigin(), unrecorded);
        ReverxyProcess proxy;
        proxy.configure("  drain_timeout: 60s\n", ReverxyProcess::poolOf({one.port(), two.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Load::Options options;
        options.port = proxy.port();
        options.plain = 20;
        options.pipelined = 6;
        options.uploads = 6;
        options.reconnect = false;
        Load load(options);
        load.start();
        QVERIFY(waitUntil([&] { return load.answered() > 500; }));
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
        const Load::Result result = load.wait();
        QVERIFY2(result.failed == 0, result.text().c_str());
        QCOMPARE(one.requestCount() + two.requestCount(), size_t(result.answered));
    }

    void aSecondSignalEndsItAtOnce() {
        Gate never;
        Origin origin(heldBy(never, answer("")));
        ReverxyProcess proxy;
        proxy.configure("  drain_timeout: 24h\n", ReverxyProcess::poolOf({origin.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        proxy.signal(SIGTERM);
        QVERIFY(waitUntil([&] { return !proxy.connect().connected(); }));
        QVERIFY(proxy.running());
        proxy.signal(SIGTERM);
        QVERIFY(proxy.waitForEnd() >= 0); // by itself, whatever the code
        QVERIFY(client.stream().expectEnd());
    }

    void aHangupReadsTheFileAgain() {
        Origin before(answer("before"));
        Origin after(answer("after"));
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({before.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Client client = proxy.connect();
        QCOMPARE(client.get("/").body, "before"s);
        proxy.configure("  workers: 7\n", ReverxyProcess::poolOf({after.port()}));
        proxy.signal(SIGHUP);
        QVERIFY(waitUntil([&] { return client.get("/").body == "after"; }));
        QVERIFY2(proxy.waitForOutput("proxy.workers"), proxy.output().c_str()); // needs a restart, and says so
    }

    void hangupsInMidLoadLoseNothing() {
        Origin::Options unrecorded;
        unrecorded.record = false;
        Origin stays(loadOrigin(), unrecorded);
        Origin one(loadOrigin(), unrecorded);
        Origin two(loadOrigin(), unrecorded);
        ReverxyProcess proxy;
        const auto configure = [&](const Origin& other) {
            proxy.configure("", "log: { access: false }\n" + ReverxyProcess::poolOf({stays.port(), other.port()}));
        };
        configure(one);
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Load::Options options;
        options.port = proxy.port();
        options.plain = 20;
        options.pipelined = 6;
        options.uploads = 6;
        Load load(options);
        load.start();
        for (int i = 0; i < 10; ++i) {
            Origin& next = i % 2 == 0 ? two : one;
            configure(next);
            const size_t before = next.requestCount();
            proxy.signal(SIGHUP);
            QVERIFY2(waitUntil([&] { return next.requestCount() > before + 20; }), proxy.output().c_str());
        }
        load.stop();
        const Load::Result result = load.wait();
        QVERIFY2(result.failed == 0 && result.unanswered == 0, result.text().c_str());
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
    }

    void aBrokenFileChangesNothingAndSaysWhy() {
        Origin origin(answer("still"));
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        proxy.writeConfig("proxy:\n  prot: 8080\n");
        proxy.signal(SIGHUP);
        QVERIFY2(proxy.waitForOutput(proxy.configPath() + ":2:3: "), proxy.output().c_str());
        QVERIFY2(proxy.output().find("did you mean `port`?") != std::string::npos, proxy.output().c_str());
        QCOMPARE(proxy.connect().get("/").body, "still"s);
        proxy.configure("", ReverxyProcess::poolOf({}));
        proxy.signal(SIGHUP);
        QVERIFY(waitUntil([&] { return proxy.connect().get("/").status == 503; })); // mended, it is read again
    }

    void aPortInUseNamesWhoHasIt() {
        ReverxyProcess proxy;
        proxy.configure("", "");
        QVERIFY2(proxy.start(), proxy.output().c_str());
        ReverxyProcess second;
        second.configure("", "");
        const int code = second.run({QStringLiteral("--no-gui"), QStringLiteral("--config"),
                                     QString::fromStdString(second.configPath()), QStringLiteral("--port"),
                                     QString::number(proxy.port())});
        QVERIFY2(code > 0, second.output().c_str());
        const std::string output = second.output();
        QVERIFY2(output.find(std::to_string(proxy.port())) != std::string::npos, output.c_str());
        QVERIFY2(output.find(std::to_string(proxy.pid())) != std::string::npos, output.c_str());
        QVERIFY2(output.find("reverxy") != std::string::npos, output.c_str());
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
    }

    void aBrokenFileIsNoStart() {
        ReverxyProcess proxy;
        proxy.writeConfig("proxy:\n  port: many\n");
        const int code = proxy.run(
            {QStringLiteral("--no-gui"), QStringLiteral("--config"), QString::fromStdString(proxy.configPath())});
        QVERIFY(code > 0);
        QVERIFY2(proxy.output().find(proxy.configPath() + ":2:9: proxy.port: ") != std::string::npos,
                 proxy.output().c_str());
    }

    void checkTellsEveryProblem() {
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({8081}));
        const QStringList arguments{QStringLiteral("--check"), QStringLiteral("--config"),
                                    QString::fromStdString(proxy.configPath())};
        QCOMPARE(proxy.run(arguments), 0);
        proxy.writeConfig("proxy:\n  port: 99999\n  retries: -1\npool:\n  backends:\n    - { name: a, url: "
                          "\"https://localhost\" }\n");
        QCOMPARE(proxy.run(arguments), 1);
        const std::string output = proxy.output();
        for (const char* part : {":2:9: proxy.port: ", ":3:12: proxy.retries: ", ":6:"})
            QVERIFY2(output.find(proxy.configPath() + part) != std::string::npos, output.c_str());
        QVERIFY2(output.find("TLS") != std::string::npos, output.c_str()); // https is refused with a sentence
    }

    void printConfigTellsWhereEachValueIsFrom() {
        ReverxyProcess proxy;
        proxy.writeConfig("proxy:\n  retries: 5\n");
        const int code = proxy.run({QStringLiteral("--print-config"), QStringLiteral("--config"),
                                    QString::fromStdString(proxy.configPath()), QStringLiteral("--port"),
                                    QStringLiteral("9191")});
        const std::string output = proxy.output();
        QVERIFY2(code == 0, output.c_str());
        const auto lineWith = [&](const std::string& text) {
            const size_t at = output.find(text);
            const size_t begin = at == std::string::npos ? at : output.rfind('\n', at) + 1;
            return at == std::string::npos ? std::string() : output.substr(begin, output.find('\n', at) - begin);
        };
        QVERIFY2(lineWith("9191").find("flag") != std::string::npos, output.c_str());
        QVERIFY2(lineWith("retries").find(proxy.configPath() + ":2") != std::string::npos, output.c_str());
        QVERIFY2(lineWith("idle_timeout").find("default") != std::string::npos, output.c_str());
    }

    void theFileIsFoundWhereItShouldBe_data() {
        QTest::addColumn<bool>("byEnvironment");
        QTest::newRow("CONFIG_PATH") << true;
        QTest::newRow("working folder") << false;
    }

    void theFileIsFoundWhereItShouldBe() {
        QFETCH(bool, byEnvironment);
        Origin origin(answer("found"));
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        if (byEnvironment) {
            const QString elsewhere = QString::fromStdString(proxy.path("elsewhere.yaml"));
            QVERIFY(QFile::rename(QString::fromStdString(proxy.configPath()), elsewhere));
            proxy.setEnvironment(QStringLiteral("CONFIG_PATH"), elsewhere);
        }
        QVERIFY2(proxy.startAlone(), proxy.output().c_str());
        QCOMPARE(proxy.connect().get("/").body, "found"s);
    }

    void theEnvironmentOverridesTheFile() {
        ReverxyProcess proxy;
        proxy.writeConfig("proxy: { host: 127.0.0.1, port: 1, probe_port: 0 }\n");
        proxy.setEnvironment(QStringLiteral("REVERXY_PROXY__PORT"), QString::number(proxy.port()));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        QCOMPARE(proxy.connect().get("/").status, 503);
    }

    void theFirstStartMakesAFile() {
        if (QFile::exists(QStringLiteral("/etc/config/config.yaml")))
            QSKIP("this machine has a configuration of its own");
        ReverxyProcess proxy;
        QVERIFY2(proxy.startAlone({QStringLiteral("--port"), QString::number(proxy.port()),
                                   QStringLiteral("--probe-port"), QStringLiteral("0")}),
                 proxy.output().c_str());
        QDirIterator files(QString::fromStdString(proxy.path(".config")), {QStringLiteral("config.yaml")},
                           QDir::Files, QDirIterator::Subdirectories);
        QVERIFY(files.hasNext());
        const std::string made = files.next().toStdString();
        QVERIFY2(proxy.waitForOutput(made), proxy.output().c_str()); // it says so
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
        QCOMPARE(proxy.run({QStringLiteral("--check"), QStringLiteral("--config"), QString::fromStdString(made)}),
                 0);
    }

    void theLogMayBeJson() {
        Origin origin(answer("logged"));
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}) + "log: { format: json }\n");
        QVERIFY2(proxy.start(), proxy.output().c_str());
        COMPARE_STATUS(proxy.connect().get("/say/'hello'?%22"), 200);
        QVERIFY2(proxy.waitForOutput("/say/"), proxy.output().c_str());
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
        bool told = false;
        for (const QByteArray& line : QByteArray::fromStdString(proxy.output()).split('\n')) {
            if (line.isEmpty())
                continue;
            const QJsonObject record = QJsonDocument::fromJson(line).object();
            QVERIFY2(record.contains(QLatin1String("time")) && record.contains(QLatin1String("level")),
                     line.constData());
            if (record[QLatin1String("method")].toString() != QLatin1String("GET"))
                continue;
            told = true;
            QCOMPARE(record[QLatin1String("target")].toString(), QStringLiteral("/say/'hello'?%22"));
            QCOMPARE(record[QLatin1String("status")].toInt(), 200);
            QCOMPARE(record[QLatin1String("backend")].toString(), QStringLiteral("origin-1"));
        }
        QVERIFY(told);
    }

    void theProbePortIsAnOptionAndTold() {
        Origin origin(answer("served"));
        const LoopbackPort probePort;
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        const std::string number = std::to_string(probePort.number());
        QVERIFY2(proxy.start({QStringLiteral("--probe-port"), QString::fromStdString(number)}),
                 proxy.output().c_str());
        QVERIFY2(proxy.waitForOutput("/live, /ready and /metrics are on localhost port " + number),
                 proxy.output().c_str());
        for (const char* page : {"/live", "/ready", "/metrics"})
            QCOMPARE(getOnce(probePort.number(), page, "Host: localhost\r\n").status, 200);
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
    }

    void aProbePortInUseIsToldWithItsOwner() {
        const Origin other(answer(""));
        ReverxyProcess proxy;
        proxy.configure("", "");
        QCOMPARE(proxy.run({QStringLiteral("--no-gui"), QStringLiteral("--config"),
                            QString::fromStdString(proxy.configPath()), QStringLiteral("--probe-port"),
                            QString::number(other.port())}),
                 1);
        const std::string output = proxy.output();
        QVERIFY2(output.find("process " + std::to_string(::getpid())) != std::string::npos, output.c_str());
        QVERIFY2(output.find("--probe-port") != std::string::npos, output.c_str());
    }

    void anUnknownArgumentIsRefused() {
        ReverxyProcess proxy;
        QVERIFY(proxy.run({QStringLiteral("--prot"), QStringLiteral("80")}) > 0);
        QVERIFY2(proxy.output().find("--port") != std::string::npos, proxy.output().c_str()); // what was meant
    }

    void versionAndHelpAreTold() {
        ReverxyProcess proxy;
        QCOMPARE(proxy.run({QStringLiteral("--version")}), 0);
        QVERIFY2(proxy.output().find(REVERXY_VERSION) != std::string::npos, proxy.output().c_str());
        QCOMPARE(proxy.run({QStringLiteral("--help")}), 0);
        for (const char* option : {"--config", "--no-gui", "--check", "--print-config", "--host", "--port",
                                   "--probe-port", "--log-level"})
            QVERIFY2(proxy.output().find(option) != std::string::npos, option);
    }

    void absentBackendsAreNoReasonNotToStart() {
        LoopbackPort absent;
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({absent.number()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        QCOMPARE(proxy.connect().get("/").status, 502);
    }
};

QTEST_GUILESS_MAIN(TestBinary)
#include "test_binary.moc"

// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/reverxy_process.h"

#include <QDir>

#include <csignal>

using namespace reverxy::test;

/// `reverxy --demo` as a newcomer meets it, in an empty folder and without a display.
class TestDemoBinary : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void itShowsALivingSystemAndLeavesNothingBehind() {
        const LoopbackPort probePort;
        const QString probe = QString::number(probePort.number());
        ReverxyProcess proxy;
        const QString port = QString::number(proxy.port());
        QVERIFY2(proxy.startAlone({QStringLiteral("--demo"), QStringLiteral("--port"), port,
                                   QStringLiteral("--probe-port"), probe}),
                 proxy.output().c_str());
        // What runs where, and what to try.
        QVERIFY2(proxy.waitForOutput("  http://localhost:" + port.toStdString() + " "), proxy.output().c_str());
        QVERIFY2(proxy.waitForOutput("  http://localhost:" + probe.toStdString() + " "), proxy.output().c_str());
        QVERIFY2(proxy.waitForOutput("curl -i 'http://localhost:" + port.toStdString() + "/search?q=tea'"),
                 proxy.output().c_str());
        // Once every backend has been probed, all of it works.
        const Response page = getOnce(proxy.port(), "/");
        COMPARE_STATUS(page, 200);
        QVERIFY(page.body.find("A small shop") != std::string::npos);
        COMPARE_STATUS(getOnce(proxy.port(), "/headlines", "Host: news.localhost\r\n"), 200);
        COMPARE_STATUS(getOnce(proxy.port(), "/news/headlines"), 200);
        COMPARE_STATUS(getOnce(probePort.number(), "/ready", "Host: localhost\r\n"), 200);
        // A line of figures, again and again; the clients' requests are in it.
        QVERIFY2(proxy.waitForOutput(" | available: shop "), proxy.output().c_str());
        QVERIFY2(proxy.output().find("\n0.0 requests/s") == std::string::npos, proxy.output().c_str());
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
        // But for its output, which the test has put there.
        QDir folder(QString::fromStdString(proxy.path("")));
        QCOMPARE(folder.entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 QStringList{QStringLiteral("output")});
    }

    void aConfigurationOfOnesOwnIsNotTheDemos() {
        ReverxyProcess proxy;
        proxy.configure("", "");
        QCOMPARE(proxy.run({QStringLiteral("--demo"), QStringLiteral("--config"),
                            QString::fromStdString(proxy.configPath())}),
                 2);
        QVERIFY2(proxy.output().find("--config") != std::string::npos, proxy.output().c_str());
    }

    void aPortThatWasAskedForAndIsTakenIsAnError() {
        const Origin other(answer(""));
        ReverxyProcess proxy;
        QCOMPARE(proxy.run({QStringLiteral("--no-gui"), QStringLiteral("--demo"), QStringLiteral("--port"),
                            QString::number(other.port())}),
                 1);
        QVERIFY2(proxy.output().find(std::to_string(other.port())) != std::string::npos, proxy.output().c_str());
    }
};

QTEST_GUILESS_MAIN(TestDemoBinary)
#include "test_demo_binary.moc"

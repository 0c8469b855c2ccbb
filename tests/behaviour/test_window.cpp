// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/reverxy_process.h"
#include "ui/widgets/tones.h"

#include <QGuiApplication>
#include <QImage>
#include <QPixmap>
#include <QProcess>
#include <QScreen>

#include <csignal>
#include <cstdio>

using namespace reverxy;
using namespace reverxy::test;

namespace {

constexpr int longest = 60'000;

/// What can be seen on the display now.
QImage screen() {
    return QGuiApplication::primaryScreen()->grabWindow(0).toImage().convertToFormat(QImage::Format_RGB32);
}

int pixelsOf(const QImage& image, const QColor& colour) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x)
            count += (line[x] & RGB_MASK) == (colour.rgb() & RGB_MASK) ? 1 : 0;
    }
    return count;
}

bool isBlank(const QImage& image) {
    return pixelsOf(image, Qt::black) == image.width() * image.height();
}

} // namespace

/// The built program with its window on a display of its own.
class TestWindow : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void trafficArrivesInTheWindow() {
        Origin origin(answer("hello"));
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        proxy.setEnvironment(QStringLiteral("QT_QPA_PLATFORM"), QString());
        QVERIFY(isBlank(screen()));
        QVERIFY2(proxy.startWithWindow(), proxy.output().c_str());
        QTRY_VERIFY_WITH_TIMEOUT(!isBlank(screen()), longest);

        // The plot of requests is painted in the colour of what became of them.
        const QColor success = ui::tonesOf(QGuiApplication::palette()).of(api::Outcome::Success);
        QTRY_VERIFY_WITH_TIMEOUT(pixelsOf(screen(), success) > 0, longest); // of the legend
        const int before = pixelsOf(screen(), success);
        Client client = proxy.connect();
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                for (int i = 0; i < 50; ++i) {
                    if (client.get("/").status != 200)
                        return false;
                }
                return pixelsOf(screen(), success) > before + 50;
            }(),
            longest);

        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
        QVERIFY(isBlank(screen()));
    }

    /// A display that is named and not there.
    void withoutADisplayItServesAllTheSame_data() {
        QTest::addColumn<QString>("display");
        QTest::newRow("none") << QString();
        QTest::newRow("one that does not answer") << QStringLiteral(":65000");
    }

    void withoutADisplayItServesAllTheSame() {
        QFETCH(QString, display);
        Origin origin(answer("hello"));
        ReverxyProcess proxy;
        proxy.configure("", ReverxyProcess::poolOf({origin.port()}));
        proxy.setEnvironment(QStringLiteral("QT_QPA_PLATFORM"), QString());
        proxy.setEnvironment(QStringLiteral("DISPLAY"), display);
        QVERIFY2(proxy.startWithWindow(), proxy.output().c_str());
        COMPARE_STATUS(proxy.connect().get("/"), 200);
        QVERIFY(proxy.waitForOutput("there is no display for a window"));
        proxy.signal(SIGTERM);
        QCOMPARE(proxy.waitForEnd(), 0);
    }
};

/// The display comes first: what is painted on it is looked at by this process.
int main(int argc, char** argv) {
    QProcess server;
    server.setStandardErrorFile(QProcess::nullDevice());
    server.start(QStringLiteral(REVERXY_XVFB),
                 {QStringLiteral("-displayfd"), QStringLiteral("1"), QStringLiteral("-screen"), QStringLiteral("0"),
                  QStringLiteral("1280x800x24"), QStringLiteral("-nolisten"), QStringLiteral("tcp")});
    if (!server.waitForReadyRead(longest)) {
        std::fputs("no display: " REVERXY_XVFB " did not start\n", stderr);
        return 1;
    }
    qputenv("DISPLAY", ":" + server.readLine().trimmed());
    qputenv("QT_QPA_PLATFORM", "xcb");
    int exitCode = 1;
    {
        QGuiApplication application(argc, argv);
        TestWindow test;
        exitCode = QTest::qExec(&test, argc, argv);
    }
    server.terminate();
    server.waitForFinished();
    return exitCode;
}

#include "test_window.moc"

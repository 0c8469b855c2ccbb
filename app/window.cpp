// SPDX-License-Identifier: MIT
#include "app/window.h"

#include "ui/main_window.h"

#include <QApplication>
#include <QSettings>

#include <cstdio>
#include <utility>

namespace reverxy::app {

namespace {

/// The platform that Qt takes when none of the others can show anything.
constexpr const char* invisible = "offscreen";

#if defined(Q_OS_MACOS) || defined(Q_OS_WIN)
constexpr bool displaysAreNamed = false;
#else
constexpr bool displaysAreNamed = true;
#endif

bool isSet(const char* variable) {
    return !qEnvironmentVariableIsEmpty(variable);
}

std::unique_ptr<QCoreApplication> withoutDisplay() {
    std::fputs("reverxy: there is no display for a window; running as with --no-gui\n", stderr);
    return nullptr;
}

/// The window and where it keeps its places.
class Shown final : public QObject {
  public:
    Shown(LocalEngineControl& control, Session& session) : m_window(control, m_settings) {
        connect(&m_window, &ui::MainWindow::closed, &session, &Session::end);
        control.send(api::StartEngine{});
        m_window.show();
    }

  private:
    QSettings m_settings;
    ui::MainWindow m_window;
};

} // namespace

std::unique_ptr<QCoreApplication> makeWindowApplication(int& argc, char** argv) {
    QCoreApplication::setApplicationName(QStringLiteral("Reverxy"));
    QCoreApplication::setOrganizationName(QStringLiteral("Reverxy"));
    QCoreApplication::setApplicationVersion(QStringLiteral(REVERXY_VERSION));
    // Whoever names the platform knows best.
    const bool choose = displaysAreNamed && !isSet("QT_QPA_PLATFORM");
    if (choose) {
        if (!isSet("DISPLAY") && !isSet("WAYLAND_DISPLAY"))
            return withoutDisplay();
        // A display that is named may still not answer: Qt then goes on to the next platform of the list, where it
        // would end the process if there were none.
        QByteArray platforms;
        if (isSet("WAYLAND_DISPLAY"))
            platforms += "wayland;";
        if (isSet("DISPLAY"))
            platforms += "xcb;";
        qputenv("QT_QPA_PLATFORM", platforms + invisible);
    }
    auto application = std::make_unique<QApplication>(argc, argv);
    if (choose) {
        qunsetenv("QT_QPA_PLATFORM");
        if (QGuiApplication::platformName() == QLatin1String(invisible)) {
            application.reset();
            return withoutDisplay();
        }
    }
    QGuiApplication::setQuitOnLastWindowClosed(false);
    return application;
}

int runWindow(ConfigurationSource source, const Companion& companion) {
    return runSession(std::move(source), companion, [](LocalEngineControl& control, Session& session) {
        return std::make_unique<Shown>(control, session);
    });
}

} // namespace reverxy::app

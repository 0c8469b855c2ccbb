// SPDX-License-Identifier: MIT
#include "app/window.h"

#include "app/signals.h"
#include "app/standard_output.h"
#include "local_engine_control.h"
#include "ui/main_window.h"

#include <QApplication>
#include <QSettings>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

namespace reverxy::app {

namespace {

/// The platform that Qt takes when none of the others can show anything.
constexpr const char* invisible = "offscreen";

bool displayNamed() {
#if defined(Q_OS_MACOS) || defined(Q_OS_WIN)
    return true;
#else
    return qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || !qEnvironmentVariableIsEmpty("DISPLAY") ||
           !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
#endif
}

/// A display that is named may still not answer: Qt then goes on to the next platform of the list, where it would
/// end the process if there were none.
void offerPlatforms() {
#if !defined(Q_OS_MACOS) && !defined(Q_OS_WIN)
    if (qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        return; // whoever says so knows best
    QByteArray platforms;
    if (!qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY"))
        platforms += "wayland;";
    if (!qEnvironmentVariableIsEmpty("DISPLAY"))
        platforms += "xcb;";
    qputenv("QT_QPA_PLATFORM", platforms + invisible);
#endif
}

std::optional<int> withoutDisplay() {
    std::fputs("reverxy: there is no display for a window; running as with --no-gui\n", stderr);
    return std::nullopt;
}

/// Ends the process as its user means it: closing the window drains; a signal does too, and a second one cuts.
class Session final : public QObject {
  public:
    Session(LocalEngineControl& control, observe::Log& log) : m_control(control), m_log(log) {
        connect(&m_signals, &Signals::terminate, this, [this] { end(); });
        connect(&m_signals, &Signals::reload, this, [this] { m_control.send(api::ReloadConfiguration{}); });
        connect(&m_control, &LocalEngineControl::stopped, this, [this] {
            if (m_ending)
                QCoreApplication::exit(m_exitCode);
        });
    }

    /// Drains and then ends the event loop; at the second call cuts what is left.
    void end() {
        if (m_ending) {
            m_log.write(observe::Level::Warn, "engine", "told to end again: ending at once");
            m_exitCode = 1;
        }
        m_ending = true;
        m_control.send(api::StopEngine{});
    }

  private:
    LocalEngineControl& m_control;
    observe::Log& m_log;
    Signals m_signals;
    bool m_ending = false;
    int m_exitCode = 0;
};

} // namespace

std::optional<int> runWindow(ConfigurationSource source, int argc, char** argv) {
    if (!displayNamed())
        return withoutDisplay();
    const bool told = qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
    offerPlatforms();
    auto application = std::make_unique<QApplication>(argc, argv);
    if (!told && QGuiApplication::platformName() == QLatin1String(invisible)) {
        application.reset();
        return withoutDisplay();
    }
    QCoreApplication::setApplicationName(QStringLiteral("Reverxy"));
    QCoreApplication::setOrganizationName(QStringLiteral("Reverxy"));
    QCoreApplication::setApplicationVersion(QStringLiteral(REVERXY_VERSION));
    QGuiApplication::setQuitOnLastWindowClosed(false);
    prepareProcess();

    NameTable names;
    observe::Log log(writeToStandardOutput, names);
    int exitCode = 0;
    {
        LocalEngineControl control(std::move(source), log, names);
        Session session(control, log);
        QSettings settings;
        ui::MainWindow window(control, settings);
        QObject::connect(&window, &ui::MainWindow::closed, &session, &Session::end);
        control.send(api::StartEngine{});
        window.show();
        exitCode = QCoreApplication::exec();
    }
    if (!log.flushFor(exitCode == 0 ? logPatience : logHurry))
        std::_Exit(exitCode);
    return exitCode;
}

} // namespace reverxy::app

// SPDX-License-Identifier: MIT
#include "app/run_session.h"

#include "app/standard_output.h"

#include <QCoreApplication>

#include <cstdlib>
#include <utility>

namespace reverxy::app {

int runSession(ConfigurationSource source, const Companion& companion, const Face& face) {
    prepareProcess();
    NameTable names;
    observe::Log log(writeToStandardOutput, names);
    int exitCode = 0;
    bool cut = false;
    {
        LocalEngineControl control(std::move(source), log, names);
        Session session(control, log);
        const auto along = companion ? companion(control) : nullptr;
        const auto shown = face(control, session);
        exitCode = QCoreApplication::exec();
        cut = session.cut();
    }
    if (!log.flushFor(cut ? logHurry : logPatience))
        std::_Exit(exitCode);
    return exitCode;
}

} // namespace reverxy::app

// SPDX-License-Identifier: MIT
#include "app/run_demo.h"

#include "app/demo/demo.h"
#include "app/demo/presenter.h"
#include "app/session.h"
#include "app/standard_output.h"
#include "app/window.h"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>

namespace reverxy::app {

namespace {

void print(const QString& text) {
    writeToStandardOutput(text.toStdString());
}

ConfigurationSource demoSource(const demo::Demo& demo, const CommandLine& commandLine,
                               const config::Environment& environment) {
    return [ports = demo.ports(), overrides = commandLine.overrides, environment] {
        config::Reading made = demo::demoConfiguration(ports, environment, overrides);
        ConfigurationReading reading;
        reading.config = std::move(made.config);
        reading.path = QStringLiteral("the demo's own configuration"); // no file, but not all defaults either
        for (const config::Problem& problem : made.problems)
            reading.problems << QString::fromStdString(problem.toString());
        return reading;
    };
}

int runInTerminal(ConfigurationSource source, const Companion& companion) {
    prepareProcess();
    NameTable names;
    observe::Log log(writeToStandardOutput, names);
    int exitCode = 0;
    bool cut = false;
    {
        LocalEngineControl control(std::move(source), log, names);
        Session session(control, log);
        const auto along = companion(control);
        control.watch();
        session.startOrLeave();
        exitCode = QCoreApplication::exec();
        cut = session.cut();
    }
    if (!log.flushFor(cut ? logHurry : logPatience))
        std::_Exit(exitCode);
    return exitCode;
}

} // namespace

int runDemo(const CommandLine& commandLine, const config::Environment& environment, bool windowed) {
    demo::Demo demo(std::random_device{}());
    if (const auto problem = demo.start()) {
        std::fprintf(stderr, "reverxy: %s\n", qPrintable(*problem));
        return 1;
    }
    const auto source = demoSource(demo, commandLine, environment);
    const demo::Stage stage{demo.ports(),
                            [&demo](const QString& host, uint16_t port) { demo.sendTraffic(host, port); },
                            [&demo] { demo.stopTraffic(); }};
    const Companion companion = [&stage, windowed](api::EngineControl& control) -> std::unique_ptr<QObject> {
        const auto lines = windowed ? demo::LiveLines::No : demo::LiveLines::Yes;
        return std::make_unique<demo::Presenter>(stage, control, lines, print);
    };
    return windowed ? runWindow(source, companion) : runInTerminal(source, companion);
}

} // namespace reverxy::app

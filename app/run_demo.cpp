// SPDX-License-Identifier: MIT
#include "app/run_demo.h"

#include "app/demo/demo.h"
#include "app/demo/presenter.h"
#include "app/run_session.h"
#include "app/standard_output.h"
#include "app/window.h"

#include <cstdio>
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

/// No face: the companion prints what there is to see.
std::unique_ptr<QObject> startInTerminal(LocalEngineControl& control, Session& session) {
    control.watch();
    session.startOrLeave();
    return nullptr;
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
    return windowed ? runWindow(source, companion) : runSession(source, companion, startInTerminal);
}

} // namespace reverxy::app

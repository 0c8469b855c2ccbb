// SPDX-License-Identifier: MIT
#include "app/command_line.h"
#include "app/config_file.h"
#include "app/configuration_source.h"
#include "app/headless.h"
#include "app/run_demo.h"
#include "app/window.h"

#include <QCoreApplication>

#include <cstdio>
#include <memory>

extern char** environ;

namespace {

int show(const reverxy::app::CommandResult& result) {
    std::fputs(result.output.c_str(), stdout);
    std::fputs(result.errors.c_str(), stderr);
    return result.exitCode;
}

/// Makes the application that fits, and runs. Without GLib's event dispatcher: Qt's plain one costs less, and
/// nothing here needs the other. (Workers have their own where there is epoll.)
template <typename Run>
int serve(int argc, char** argv, const reverxy::app::CommandLine& commandLine, Run run) {
    qputenv("QT_NO_GLIB", "1");
    std::unique_ptr<QCoreApplication> application;
    if (!commandLine.noGui)
        application = reverxy::app::makeWindowApplication(argc, argv);
    const bool windowed = application != nullptr;
    if (!windowed)
        application = std::make_unique<QCoreApplication>(argc, argv);
    return run(windowed);
}

} // namespace

int main(int argc, char** argv) {
    namespace app = reverxy::app;
    const app::ParsedCommandLine parsed = app::parseCommandLine(std::vector<std::string>(argv + 1, argv + argc));
    if (!parsed.commandLine)
        return show({"", "reverxy: " + parsed.error + "\n", 2});
    const app::CommandLine& commandLine = *parsed.commandLine;
    if (commandLine.help)
        return show({app::helpText(), "", 0});
    if (commandLine.version)
        return show({app::versionText(), "", 0});

    const auto environment = app::environmentOf(environ);
    if (commandLine.demo)
        return serve(argc, argv, commandLine,
                     [&](bool windowed) { return app::runDemo(commandLine, environment, windowed); });
    const app::LoadedConfig loaded = app::loadConfiguration(commandLine, environment);
    if (commandLine.check)
        return show(app::checkCommand(loaded));
    if (commandLine.printConfig)
        return show(app::printCommand(loaded));
    if (!loaded.config)
        return show({"", app::problemLines(loaded), 1});
    const auto source = app::configurationSource(commandLine, environment, loaded);
    return serve(argc, argv, commandLine,
                 [&](bool windowed) { return windowed ? app::runWindow(source) : app::runHeadless(source); });
}

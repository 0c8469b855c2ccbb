// SPDX-License-Identifier: MIT
#include "app/command_line.h"
#include "app/config_file.h"
#include "app/configuration_source.h"
#include "app/headless.h"
#include "app/window.h"

#include <QCoreApplication>

#include <cstdio>

extern char** environ;

namespace {

int show(const reverxy::app::CommandResult& result) {
    std::fputs(result.output.c_str(), stdout);
    std::fputs(result.errors.c_str(), stderr);
    return result.exitCode;
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
    const app::LoadedConfig loaded = app::loadConfiguration(commandLine, environment);
    if (commandLine.check)
        return show(app::checkCommand(loaded));
    if (commandLine.printConfig)
        return show(app::printCommand(loaded));
    if (!loaded.config)
        return show({"", app::problemLines(loaded), 1});

    // The plain event dispatcher costs less than GLib's, and nothing here needs the latter.
    qputenv("QT_NO_GLIB", "1");
    const auto source = app::configurationSource(commandLine, environment, loaded);
    if (!commandLine.noGui) {
        if (const auto exitCode = app::runWindow(source, argc, argv))
            return *exitCode;
    }
    QCoreApplication application(argc, argv);
    return app::runHeadless(source);
}

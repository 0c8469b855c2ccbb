// SPDX-License-Identifier: MIT
#include "app/command_line.h"

#include "config/nearest.h"
#include "config/scalar.h"

#include <algorithm>
#include <array>

namespace reverxy::app {

namespace {

struct Option {
    std::string_view name;
    std::string_view valueName; // "" for one without a value
    std::string_view example;
    std::string_view path; // of the setting it overrides
    bool CommandLine::*flag;
    std::string_view help;
};

constexpr std::array options{
    Option{"--config", "FILE", "config.yaml", "", nullptr, "read this configuration file"},
    Option{"--no-gui", "", "", "", &CommandLine::noGui, "run without a window"},
    Option{"--demo", "", "", "", &CommandLine::demo,
           "show a living system: three small services and clients that keep them busy; needs no configuration"},
    Option{"--check", "", "", "", &CommandLine::check,
           "print every problem of the configuration and end; exit code 1 if there is one"},
    Option{"--print-config", "", "", "", &CommandLine::printConfig,
           "print every effective value with its source and end"},
    Option{"--host", "H", "127.0.0.1", "proxy.host", nullptr, "listen for clients here (proxy.host)"},
    Option{"--port", "P", "9090", "proxy.port", nullptr, "listen for clients on this port (proxy.port)"},
    Option{"--probe-port", "P", "9095", "proxy.probe_port", nullptr,
           "listen for probes on this port (proxy.probe_port)"},
    Option{"--log-level", "L", "debug", "log.level", nullptr, "debug, info, warn or error (log.level)"},
    Option{"--version", "", "", "", &CommandLine::version, "print the version and end"},
    Option{"--help", "", "", "", &CommandLine::help, "print this and end"},
};

constexpr std::string_view seeHelp = " (reverxy --help shows all options)";

ParsedCommandLine failed(std::string error) {
    return {std::nullopt, std::move(error) + std::string(seeHelp)};
}

const Option* findOption(std::string_view name) {
    if (name == "-h")
        name = "--help";
    const auto found =
        std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
    return found == options.end() ? nullptr : &*found;
}

std::string unknownOption(std::string_view name) {
    std::array<std::string_view, options.size()> names;
    std::transform(options.begin(), options.end(), names.begin(), [](const Option& option) { return option.name; });
    return "There is no option " + config::quoted(name) + ": " +
           config::suggestionOf(config::nearestOf(name, names));
}

} // namespace

ParsedCommandLine parseCommandLine(const std::vector<std::string>& arguments) {
    CommandLine commandLine;
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (!argument.starts_with('-'))
            return failed("The argument " + config::quoted(argument) +
                          " belongs to no option: a configuration file is named by `--config " +
                          std::string(argument.substr(0, 60)) + "`");
        const size_t equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals);
        const Option* option = findOption(name);
        if (!option)
            return failed(unknownOption(name));
        const bool hasValue = equals != std::string_view::npos;
        if (option->flag) {
            if (hasValue)
                return failed("The option " + std::string(name) + " takes no value: write it alone");
            commandLine.*(option->flag) = true;
            continue;
        }
        std::string value;
        if (hasValue)
            value = argument.substr(equals + 1);
        else if (i + 1 < arguments.size() && !arguments[i + 1].starts_with("--"))
            value = arguments[++i];
        if (value.empty())
            return failed("The option " + std::string(name) + " needs a value: write for example `" +
                          std::string(name) + " " + std::string(option->example) + "`");
        if (option->path.empty())
            commandLine.configFile = std::move(value);
        else
            commandLine.overrides.push_back({std::string(option->path), std::move(value), std::string(name)});
    }
    if (commandLine.demo && (commandLine.configFile || commandLine.check || commandLine.printConfig))
        return failed("The demo brings its own configuration: leave out --config, --check and --print-config");
    return {std::move(commandLine), {}};
}

std::string helpText() {
    std::string text = "Usage: reverxy [OPTION]...\n\nA reverse proxy for local microservice development.\n\n";
    for (const Option& option : options) {
        std::string left = "  " + std::string(option.name);
        if (!option.valueName.empty())
            left += " " + std::string(option.valueName);
        left.resize(std::max<size_t>(left.size() + 2, 22), ' ');
        text += left + std::string(option.help) + "\n";
    }
    return text + "\nWithout --config the file is the one that CONFIG_PATH names, ./config.yaml, "
                  "/etc/config/config.yaml, or the one in\n"
                  "your configuration folder, which the first start makes. Any setting can be given as an "
                  "environment variable:\n"
                  "REVERXY_PROXY__PORT=9090 for proxy.port. SIGHUP reads the file again.\n";
}

std::string versionText() {
    return "reverxy " REVERXY_VERSION "\n";
}

} // namespace reverxy::app

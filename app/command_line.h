// SPDX-License-Identifier: MIT
#pragma once

#include "config/reader.h"

#include <optional>
#include <string>
#include <vector>

namespace reverxy::app {

/// What the arguments ask for.
struct CommandLine {
    std::optional<std::string> configFile; // --config
    bool noGui = false;
    bool demo = false;
    bool check = false;
    bool printConfig = false;
    bool version = false;
    bool help = false;
    /// --host, --port, --probe-port and --log-level, as they were given; the reader of the configuration judges
    /// their values.
    std::vector<config::Override> overrides;
};

struct ParsedCommandLine {
    std::optional<CommandLine> commandLine;
    std::string error; // the sentence for people when there is none; the process should then end with exit code 2
};

/// `arguments` without the program's name. Options take their value as `--port 9090` or `--port=9090`; of one given
/// twice the last counts. Pure; any thread.
ParsedCommandLine parseCommandLine(const std::vector<std::string>& arguments);

/// What --help and --version print, with a newline at the end.
std::string helpText();
std::string versionText();

} // namespace reverxy::app

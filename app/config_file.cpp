// SPDX-License-Identifier: MIT
#include "app/config_file.h"

#include "config/print.h"
#include "config/scalar.h"

namespace reverxy::app {

namespace {

std::string valueOf(const config::Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

LoadedConfig read(std::string path, std::optional<std::string_view> text, const CommandLine& commandLine,
                  const config::Environment& environment) {
    config::Input input;
    input.fileName = path;
    input.text = text;
    input.environment = &environment;
    input.overrides = &commandLine.overrides;
    config::Reading reading = config::readConfiguration(input);
    LoadedConfig loaded;
    loaded.path = std::move(path);
    loaded.config = std::move(reading.config);
    loaded.sources = std::move(reading.sources);
    loaded.problems = std::move(reading.problems);
    return loaded;
}

LoadedConfig failed(const std::string& path, std::string message) {
    LoadedConfig loaded;
    loaded.path = path;
    loaded.problems.push_back({path, 0, 0, {}, std::move(message)});
    return loaded;
}

/// The sentence for a file that is there but cannot be read; "" when it was.
std::string problemOf(const FileSystem::File& file) {
    switch (file.status) {
    case FileSystem::Status::Read:
        return {};
    case FileSystem::Status::Missing:
        return "does not exist: check the name, or leave it out to use the default places";
    case FileSystem::Status::Directory:
        return "is a folder: name the file in it, as config.yaml";
    case FileSystem::Status::Unreadable:
        return "cannot be read (" + file.reason + "): let this user read it, or name another file with --config";
    }
    return {};
}

/// `namedBy` tells who named the file; "" for one of the default places.
LoadedConfig readFile(const std::string& path, const FileSystem::File& file, std::string_view namedBy,
                      const CommandLine& commandLine, const config::Environment& environment) {
    if (std::string problem = problemOf(file); !problem.empty())
        return failed(path,
                      namedBy.empty() ? std::move(problem) : "named by " + std::string(namedBy) + ", " + problem);
    return read(path, file.text, commandLine, environment);
}

std::vector<std::string> defaultPlaces(const std::string& userPath, Platform platform) {
    std::vector<std::string> places;
    if (platform == Platform::Windows)
        places = {".\\config.yaml"};
    else
        places = {"./config.yaml", "/etc/config/config.yaml"};
    if (!userPath.empty())
        places.push_back(userPath);
    return places;
}

LoadedConfig search(const CommandLine& commandLine, const config::Environment& environment, FileSystem& files,
                    Platform platform, bool mayCreate) {
    if (commandLine.configFile)
        return readFile(*commandLine.configFile, files.read(*commandLine.configFile), "--config", commandLine,
                        environment);
    if (const std::string path = valueOf(environment, "CONFIG_PATH"); !path.empty())
        return readFile(path, files.read(path), "CONFIG_PATH", commandLine, environment);
    const std::string userPath = userConfigPath(environment, platform);
    for (const std::string& path : defaultPlaces(userPath, platform)) {
        const FileSystem::File file = files.read(path);
        if (file.status != FileSystem::Status::Missing)
            return readFile(path, file, {}, commandLine, environment);
    }
    if (!mayCreate)
        return read({}, std::nullopt, commandLine, environment);
    std::string notice = "There is no configuration file, so every value is the default.";
    if (!userPath.empty()) {
        const std::string reason = files.create(userPath, defaultConfigText());
        if (reason.empty()) {
            LoadedConfig loaded = read(userPath, defaultConfigText(), commandLine, environment);
            loaded.notice = "Made the configuration file " + userPath + ": name your services in it.";
            return loaded;
        }
        notice += " " + userPath + " could not be made (" + reason + ").";
    }
    LoadedConfig loaded = read({}, std::nullopt, commandLine, environment);
    loaded.notice = std::move(notice);
    return loaded;
}

} // namespace

Platform currentPlatform() {
#if defined(_WIN32)
    return Platform::Windows;
#elif defined(__APPLE__)
    return Platform::MacOs;
#else
    return Platform::Linux;
#endif
}

config::Environment environmentOf(const char* const* variables) {
    config::Environment environment;
    for (; variables && *variables; ++variables) {
        const std::string_view variable = *variables;
        const size_t equals = variable.find('=');
        if (equals != std::string_view::npos)
            environment.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
    return environment;
}

std::string userConfigPath(const config::Environment& environment, Platform platform) {
    if (platform == Platform::Windows) {
        const std::string folder = valueOf(environment, "APPDATA");
        return folder.empty() ? folder : folder + "\\reverxy\\config.yaml";
    }
    const std::string home = valueOf(environment, "HOME");
    if (platform == Platform::MacOs)
        return home.empty() ? home : home + "/Library/Application Support/reverxy/config.yaml";
    // The XDG base directory rules have a relative path count as unset.
    const std::string xdg = valueOf(environment, "XDG_CONFIG_HOME");
    if (xdg.starts_with('/'))
        return xdg + "/reverxy/config.yaml";
    return home.empty() ? home : home + "/.config/reverxy/config.yaml";
}

LoadedConfig loadConfiguration(const CommandLine& commandLine, const config::Environment& environment,
                               FileSystem& files, Platform platform) {
    return search(commandLine, environment, files, platform, !commandLine.check && !commandLine.printConfig);
}

LoadedConfig loadConfiguration(const CommandLine& commandLine, const config::Environment& environment) {
    LocalFileSystem files;
    return loadConfiguration(commandLine, environment, files, currentPlatform());
}

LoadedConfig reloadConfiguration(const LoadedConfig& loaded, const CommandLine& commandLine,
                                 const config::Environment& environment, FileSystem& files, Platform platform) {
    if (loaded.path.empty())
        return search(commandLine, environment, files, platform, false);
    return readFile(loaded.path, files.read(loaded.path), {}, commandLine, environment);
}

LoadedConfig reloadConfiguration(const LoadedConfig& loaded, const CommandLine& commandLine,
                                 const config::Environment& environment) {
    LocalFileSystem files;
    return reloadConfiguration(loaded, commandLine, environment, files, currentPlatform());
}

std::string problemLines(const LoadedConfig& loaded) {
    std::string lines;
    for (const config::Problem& problem : loaded.problems)
        lines += problem.toString() + "\n";
    return lines;
}

CommandResult checkCommand(const LoadedConfig& loaded) {
    if (!loaded.problems.empty())
        return {problemLines(loaded), {}, 1};
    return {(loaded.path.empty() ? std::string("no configuration file; the defaults") : loaded.path) +
                ": no problems\n",
            {},
            0};
}

CommandResult printCommand(const LoadedConfig& loaded) {
    if (!loaded.config)
        return {{}, problemLines(loaded), 1};
    const std::string head =
        loaded.path.empty() ? "# no configuration file\n" : "# configuration file: " + loaded.path + "\n";
    return {head + config::printConfiguration(*loaded.config, loaded.sources), {}, 0};
}

} // namespace reverxy::app

// SPDX-License-Identifier: MIT
#include "rules.h"

#include <algorithm>
#include <regex>

namespace reverxy::structure {

const std::vector<FolderRule>& folderRules() {
    static const std::vector<FolderRule> rules = [] {
        const std::vector<std::string_view> base{"engine/base"};
        const std::vector<std::string_view> belowProxy{"engine/base",    "engine/http",   "engine/config",
                                                       "engine/route",   "engine/limit",  "engine/cache",
                                                       "engine/balance", "engine/health", "engine/observe"};
        std::vector<std::string_view> belowNet = belowProxy;
        belowNet.push_back("engine/proxy");
        std::vector<std::string_view> belowFacade = belowNet;
        belowFacade.insert(belowFacade.end(), {"engine/net", "engine/admin", "engine/api"});

        const std::vector<std::string_view> qt{"Qt6::Core", "Qt6::Network", "Threads::Threads"};
        return std::vector<FolderRule>{
            {"engine/base", {}, {"Threads::Threads"}, false, false},
            {"engine/http", base, {}, false, true},
            {"engine/config", base, {"PkgConfig::YAML"}, false, false},
            {"engine/route", base, {}, false, true},
            {"engine/limit", base, {"Threads::Threads"}, false, true},
            {"engine/cache", {"engine/base", "engine/http"}, {"Threads::Threads"}, false, true},
            {"engine/balance", base, {"Threads::Threads"}, false, true},
            {"engine/health", base, {}, false, true},
            {"engine/observe", base, {"Threads::Threads"}, false, true},
            {"engine/proxy", belowProxy, {"Threads::Threads"}, false, false},
            {"engine/net", belowNet, qt, true, false},
            {"engine/admin", belowNet, qt, true, false},
            {"engine/api", {"engine/base"}, qt, true, false},
            {"engine", belowFacade, qt, true, false},
            {"ui",
             {"engine/api", "engine/config", "engine/base"},
             {"Qt6::Core", "Qt6::Gui", "Qt6::Network", "Qt6::Widgets", "Qt6::Svg"},
             true,
             false},
            {"app/demo",
             {"engine/api", "engine/config", "engine/http", "engine/base"},
             {"Qt6::Core", "Qt6::Network"},
             true,
             false},
            {"app",
             {"app/demo", "ui", "engine", "engine/api", "engine/config", "engine/observe", "engine/base"},
             {"Qt6::Core", "Qt6::Gui", "Qt6::Network", "Qt6::Widgets", "Threads::Threads"},
             true,
             false},
        };
    }();
    return rules;
}

const FolderRule* ruleFor(std::string_view path) {
    const FolderRule* found = nullptr;
    for (const FolderRule& rule : folderRules()) {
        const bool inside = path == rule.folder ||
                            (path.starts_with(rule.folder) && path.substr(rule.folder.size()).starts_with('/'));
        if (inside && (!found || rule.folder.size() > found->folder.size()))
            found = &rule;
    }
    return found;
}

static bool isKnown(const FolderRule& rule, std::string_view folder) {
    return folder == rule.folder || std::find(rule.known.begin(), rule.known.end(), folder) != rule.known.end();
}

static std::string knownFolders(const FolderRule& rule) {
    std::string text = std::string(rule.folder) + " may include only itself";
    for (const std::string_view folder : rule.known)
        text += ", " + std::string(folder);
    if (rule.configHeader)
        text += ", config/config.h";
    return text;
}

/// The rule that an #include <name> breaks; empty when it breaks none.
static std::string systemViolation(const FolderRule& rule, const std::string& name) {
    static const std::regex qt("(Qt.*/)?Q[A-Z][A-Za-z]*|Qt[A-Z][A-Za-z]*|q[a-z_]+\\.h|Qt.*/q[a-z_]+\\.h");
    if (rule.qt)
        return {};
    if (std::regex_match(name, qt))
        return std::string(rule.folder) + " is Qt-free";
    if (name == "yaml.h")
        return rule.folder == "engine/config" ? "" : "only engine/config may include libyaml";
    // The C++ library's own headers have neither a dot nor a folder in their names; sockets, files and clocks of
    // the system come in through arguments.
    if (name.find_first_of("./") != std::string::npos)
        return std::string(rule.folder) + " may include only headers of the C++ standard library";
    return {};
}

/// The same for an #include "name".
static std::string projectViolation(const FolderRule& rule, const std::string& path, const std::string& name,
                                    const std::function<bool(std::string_view)>& exists) {
    if (rule.qt && name.ends_with(".moc"))
        return {};
    std::string target;
    for (const std::string& candidate : {"engine/" + name, path.substr(0, path.rfind('/') + 1) + name, name}) {
        if (exists(candidate)) {
            target = candidate;
            break;
        }
    }
    if (target.empty())
        return "no such header in the project";
    if (path.starts_with("engine/") && target != "engine/" + name)
        return "includes in engine/ are written relative to engine/";
    if (rule.configHeader && target == "engine/config/config.h")
        return {};
    const FolderRule* other = ruleFor(target);
    return other && isKnown(rule, other->folder) ? "" : knownFolders(rule);
}

std::vector<std::string> includeViolations(const SourceFile& file,
                                           const std::function<bool(std::string_view)>& exists) {
    static const std::regex include("\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"].*");
    std::vector<std::string> violations;
    const FolderRule* rule = ruleFor(file.path);
    if (!rule)
        return violations;
    for (size_t i = 0; i < file.lines.size(); ++i) {
        std::smatch match;
        if (!std::regex_match(file.lines[i], match, include))
            continue;
        const std::string broken = match[1] == "<" ? systemViolation(*rule, match[2])
                                                   : projectViolation(*rule, file.path, match[2], exists);
        if (!broken.empty())
            violations.push_back(at(file, i + 1, "#include of " + match[2].str() + ": " + broken));
    }
    return violations;
}

std::vector<std::string> linkViolations(const std::vector<Target>& targets) {
    std::vector<std::string> violations;
    for (const Target& target : targets) {
        const FolderRule* rule = ruleFor(target.folder);
        if (!rule)
            continue;
        for (const std::string& link : target.links) {
            if (link == "reverxy_common" ||
                std::find(rule->linked.begin(), rule->linked.end(), link) != rule->linked.end())
                continue;
            const auto other = std::find_if(targets.begin(), targets.end(),
                                            [&link](const Target& candidate) { return candidate.name == link; });
            const FolderRule* otherRule = other == targets.end() ? nullptr : ruleFor(other->folder);
            if (!otherRule || !isKnown(*rule, otherRule->folder))
                violations.push_back(target.folder + ": " + target.name + " links " + link + ": " +
                                     knownFolders(*rule));
        }
    }
    return violations;
}

} // namespace reverxy::structure

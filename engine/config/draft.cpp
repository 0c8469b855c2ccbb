// SPDX-License-Identifier: MIT
#include "config/draft.h"

#include <algorithm>
#include <tuple>

namespace reverxy::config {

std::string Source::toString() const {
    switch (kind) {
    case Kind::Default:
        break;
    case Kind::File:
        return name + ":" + std::to_string(line);
    case Kind::Environment:
        return "environment " + name;
    case Kind::Flag:
        return "flag " + name;
    }
    return "default";
}

void Draft::report(Problem problem) {
    if (m_problems.size() < mostProblems)
        m_problems.push_back(std::move(problem));
    else
        ++m_left;
}

void Draft::reportInFile(const Mark& at, std::string key, std::string message) {
    report({m_fileName, at.line, at.column, std::move(key), std::move(message)});
}

void Draft::reportAt(std::string_view place, std::string key, std::string message) {
    auto found = sources.find(place);
    while (found == sources.end() && !place.empty()) {
        const size_t cut = place.find_last_of(".[");
        place = place.substr(0, cut == std::string_view::npos ? 0 : cut);
        found = sources.find(place);
    }
    if (found == sources.end())
        return report({m_fileName, 0, 0, std::move(key), std::move(message)});
    const Source& source = found->second;
    switch (source.kind) {
    case Source::Kind::Environment:
        return report({"environment " + source.name, 0, 0, std::move(key), std::move(message)});
    case Source::Kind::Flag:
        return report({source.name, 0, 0, std::move(key), std::move(message)});
    default:
        return report({source.name, source.line, source.column, std::move(key), std::move(message)});
    }
}

std::string Draft::pathOfPool(std::string_view name) const {
    const std::string named = "pools." + std::string(name);
    return name == "default" && !has(named) ? "pool" : named;
}

Source Draft::fileSource(const Mark& at, std::string text) const {
    return {Source::Kind::File, m_fileName, at.line, at.column, std::move(text)};
}

std::vector<Problem> Draft::takeProblems() {
    // What has no line (environment, flags) comes behind the file.
    const auto place = [](const Problem& problem) {
        return std::make_tuple(problem.line == 0, problem.line, problem.column);
    };
    std::stable_sort(m_problems.begin(), m_problems.end(),
                     [&](const Problem& a, const Problem& b) { return place(a) < place(b); });
    if (m_left > 0) {
        Problem rest = m_problems.back();
        rest.key.clear();
        rest.message = "and " + std::to_string(m_left) + " more problems: repair these first";
        m_problems.push_back(std::move(rest));
    }
    return std::move(m_problems);
}

} // namespace reverxy::config

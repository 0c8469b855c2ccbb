// SPDX-License-Identifier: MIT
#include "config/draft.h"
#include "config/nearest.h"

#include <algorithm>
#include <charconv>

namespace reverxy::config {

namespace {

constexpr std::string_view prefix = "REVERXY_";

/// The parts of a path or of a variable's name, in lower case.
std::vector<std::string> partsOf(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    while (true) {
        const size_t end = text.find(separator);
        std::string part(text.substr(0, end));
        for (char& c : part) {
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
        }
        parts.push_back(std::move(part));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + separator.size());
    }
}

/// A pool's name as a variable's name can hold it.
std::string foldedName(std::string_view name) {
    std::string result(name);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        else if (c == '-')
            c = '_';
    }
    return result;
}

std::optional<size_t> numberIn(const std::string& part) {
    size_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    return error == std::errc{} && end == part.data() + part.size() ? std::optional(number) : std::nullopt;
}

struct Target {
    const Setting* setting = nullptr;
    void* object = nullptr;
    std::string path;
    std::vector<std::string> opened; // sections and elements on the way
    std::string problem;             // why there is no setting; "" when the name is unknown
};

/// The place that one part leads to from `object`, which it moves on; nothing when the part does not fit the child.
bool descend(Draft& draft, const Child& child, const std::vector<std::string>& parts, size_t& next,
             Target& target) {
    if (child.shape == Shape::Section) {
        target.path = child.key == "pool" && child.parent == Group::Root ? draft.pathOfPool("default")
                      : target.path.empty()                              ? std::string(child.key)
                                            : target.path + "." + std::string(child.key);
        target.object = child.open(target.object, 0, {});
        target.opened.push_back(target.path);
        return true;
    }
    if (next >= parts.size())
        return false;
    const std::string& part = parts[next++];
    const std::string list =
        target.path.empty() ? std::string(child.key) : target.path + "." + std::string(child.key);
    if (child.shape == Shape::List) {
        const auto index = numberIn(part);
        const size_t count = child.count(target.object);
        if (!index || *index > count) {
            target.problem = list + " has " + std::to_string(count) +
                             " elements: write the number of one, from 0, or " + std::to_string(count) +
                             " for a further one, in place of " + quoted(part);
            return false;
        }
        target.object = child.open(target.object, *index, {});
        target.path = list + "[" + std::to_string(*index) + "]";
        target.opened.push_back(target.path);
        return true;
    }
    for (const Pool& pool : draft.config.pools) {
        if (foldedName(pool.name) == part) {
            target.path = draft.pathOfPool(pool.name);
            target.object = child.open(target.object, 0, pool.name);
            return true;
        }
    }
    target.problem = "there is no pool called " + quoted(part) + " in the file: add it there first";
    return false;
}

/// Walks the table along `parts`. Elements of lists may be made on the way, one past the end.
Target resolve(Draft& draft, const std::vector<std::string>& parts) {
    Target target;
    target.object = &draft.config;
    Group group = Group::Root;
    for (size_t next = 0; next < parts.size();) {
        const std::string& part = parts[next++];
        if (next == parts.size()) {
            target.setting = findSetting(group, part);
            if (target.setting)
                target.path += "." + part;
            return target;
        }
        const Child* child = findChild(group, part);
        if (!child || !descend(draft, *child, parts, next, target))
            return target;
        group = child->group;
    }
    return target;
}

/// Whether the names alone fit the table, so that resolving cannot leave something half made behind.
bool isKnown(const std::vector<std::string>& parts) {
    Group group = Group::Root;
    for (size_t next = 0; next < parts.size();) {
        const std::string& part = parts[next++];
        if (next == parts.size())
            return findSetting(group, part) != nullptr;
        const Child* child = findChild(group, part);
        if (!child)
            return false;
        next += child->shape == Shape::Section ? 0 : 1;
        group = child->group;
    }
    return false;
}

void apply(Draft& draft, const std::vector<std::string>& parts, const std::string& text, const Source& source,
           const std::string& placeInMessages, bool fileIsWhole) {
    Target target = resolve(draft, parts);
    // Without the file nobody knows which pools and elements there are.
    if (!target.setting && !fileIsWhole)
        return;
    if (!target.setting)
        return draft.report(
            {placeInMessages, 0, 0, {}, target.problem.empty() ? "leads to no setting" : target.problem});
    auto value = parseLine(*target.setting, text);
    if (!value)
        draft.report({placeInMessages, 0, 0, target.path, std::move(value.problem)});
    else
        target.setting->store(target.object, std::move(*value.value));
    for (const std::string& opened : target.opened)
        draft.sources.emplace(opened, Source{source.kind, source.name, 0, 0, {}});
    Source written = source;
    written.text = target.setting->isList() ? std::string() : text;
    draft.sources[target.path] = std::move(written);
}

struct Variable {
    std::vector<std::string> parts;
    const std::string* name;
    const std::string* value;
};

/// By parts, numbers by their size.
bool comesBefore(const Variable& a, const Variable& b) {
    return std::lexicographical_compare(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                                        [](const std::string& left, const std::string& right) {
                                            const auto first = numberIn(left);
                                            const auto second = numberIn(right);
                                            if (first && second)
                                                return *first < *second;
                                            return first.has_value() != second.has_value() ? first.has_value()
                                                                                           : left < right;
                                        });
}

std::string nearestVariable(std::string_view name) {
    std::vector<std::string> names;
    for (const Setting& setting : settings()) {
        const std::string path = pathOf(setting);
        if (path.find("[]") == std::string::npos)
            names.push_back(environmentNameOf(path));
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    return suggestionOf(nearestOf(name, views));
}

} // namespace

void applyOverrides(Draft& draft, const Input& input, bool fileIsWhole) {
    if (input.environment) {
        std::vector<Variable> variables;
        for (const auto& [name, value] : *input.environment) {
            if (name.starts_with(prefix))
                variables.push_back({partsOf(std::string_view(name).substr(prefix.size()), "__"), &name, &value});
        }
        // Elements of lists must be made in the order of their numbers, whatever their variables are called.
        std::stable_sort(variables.begin(), variables.end(), comesBefore);
        for (const Variable& variable : variables) {
            const std::string place = "environment " + *variable.name;
            if (isKnown(variable.parts))
                apply(draft, variable.parts, *variable.value, {Source::Kind::Environment, *variable.name, 0, 0, {}},
                      place, fileIsWhole);
            else
                draft.report({place, 0, 0, {}, "is no known setting: " + nearestVariable(*variable.name)});
        }
    }
    if (input.overrides) {
        for (const Override& given : *input.overrides)
            apply(draft, partsOf(given.path, "."), given.value, {Source::Kind::Flag, given.flag, 0, 0, {}},
                  given.flag, fileIsWhole);
    }
}

} // namespace reverxy::config

// SPDX-License-Identifier: MIT
#include "config/reader.h"

#include "config/address.h"
#include "config/draft.h"
#include "config/nearest.h"

#include <algorithm>

namespace reverxy::config {

namespace {

std::string join(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + "." + std::string(key);
}

/// Where a group that knows `key` is found, for one that was written in the wrong place; "" when no group does.
std::string pathElsewhere(std::string_view key) {
    for (const Child& child : children()) {
        if (child.key == key)
            return join(pathOf(child.parent), key);
    }
    for (const Setting& setting : settings()) {
        if (setting.key == key)
            return pathOf(setting);
    }
    return {};
}

void reportUnknownKey(Draft& draft, const Node& entry, Group group, const std::string& path) {
    if (draft.isFull())
        return draft.report({});
    const auto keys = keysOf(group);
    const Nearest nearest = nearestOf(entry.key, keys);
    const std::string elsewhere = nearest.isNear() ? std::string() : pathElsewhere(entry.key);
    draft.reportInFile(entry.keyStart, join(path, quoted(entry.key).substr(1, quoted(entry.key).size() - 2)),
                       elsewhere.empty() ? "is no known key: " + suggestionOf(nearest)
                                         : "is no known key here: did you mean `" + elsewhere + "`?");
}

std::string defaultHint(const Setting& setting) {
    if (setting.required)
        return "has no value: write one";
    return "has no value: write one, or remove the line" +
           (setting.defaultText.empty() ? std::string() : " for the default, " + std::string(setting.defaultText));
}

void readList(Draft& draft, const Node& node, const Setting& setting, void* object, const std::string& path) {
    if (node.kind == Node::Kind::Scalar || node.kind == Node::Kind::Mapping)
        return draft.reportInFile(node.start, path,
                                  "must be a list: write its elements in brackets, as [" +
                                      (node.kind == Node::Kind::Scalar
                                           ? quoted(node.text).substr(1, quoted(node.text).size() - 2)
                                           : std::string("one, two")) +
                                      "]");
    Value list = emptyList(setting);
    for (size_t i = 0; i < node.items.size(); ++i) {
        const Node& item = node.items[i];
        const std::string itemPath = path + "[" + std::to_string(i) + "]";
        if (item.kind == Node::Kind::Invalid)
            continue;
        if (item.kind != Node::Kind::Scalar)
            draft.reportInFile(item.start, itemPath, "must be one value, not a list, a section or nothing");
        else if (std::string problem = appendElement(setting, item.text, list); !problem.empty())
            draft.reportInFile(item.start, itemPath, std::move(problem));
    }
    setting.store(object, std::move(list));
}

void readSetting(Draft& draft, const Node& node, const Setting& setting, void* object, const std::string& path) {
    if (const auto found = draft.sources.find(path); found != draft.sources.end())
        return draft.reportInFile(node.keyStart, path,
                                  "was already written in line " + std::to_string(found->second.line) +
                                      ": keep one of the two");
    draft.sources[path] = draft.fileSource(node.start, setting.isList() ? std::string() : node.text);
    if (node.kind == Node::Kind::Invalid)
        return;
    if (setting.isList())
        return readList(draft, node, setting, object, path);
    if (node.kind == Node::Kind::Null)
        return draft.reportInFile(node.start, path, defaultHint(setting));
    if (node.kind != Node::Kind::Scalar)
        return draft.reportInFile(node.start, path,
                                  "must be one value (" + std::string(describeType(setting)) +
                                      "), not a list or section");
    auto value = parseScalar(setting, node.text, node.quotedText);
    if (!value)
        return draft.reportInFile(node.start, path, std::move(value.problem));
    setting.store(object, std::move(*value.value));
}

void readElements(Draft& draft, const Node& node, const Child& child, void* object, const std::string& path) {
    if (node.kind == Node::Kind::Scalar || node.kind == Node::Kind::Mapping)
        return draft.reportInFile(node.start, path, "must be a list: begin each element with `- `");
    for (size_t i = 0; i < node.items.size(); ++i) {
        const std::string itemPath = path + "[" + std::to_string(i) + "]";
        void* element = child.open(object, i, {});
        if (node.items[i].kind == Node::Kind::Null)
            draft.reportInFile(node.items[i].start, itemPath, "is empty: write its keys, or remove the `-`");
        else
            readGroup(draft, node.items[i], child.group, element, itemPath);
    }
}

void readNamed(Draft& draft, const Node& node, const Child& child, void* object, const std::string& path) {
    if (node.kind == Node::Kind::Scalar || node.kind == Node::Kind::Sequence)
        return draft.reportInFile(node.start, path,
                                  "must be a section: write each name with a colon, and its keys under it");
    for (const Node& item : node.items) {
        const auto name = parseName(item.key, false);
        if (!name)
            draft.reportInFile(item.keyStart, path, name.problem);
        else if (item.key == "default" && draft.has("pool"))
            draft.reportInFile(item.keyStart, path + ".default",
                               "is the same pool as `pool` in line " +
                                   std::to_string(draft.sources.at("pool").line) + ": keep one of the two");
        else
            readGroup(draft, item, child.group, child.open(object, 0, item.key), path + "." + item.key);
    }
}

void readChild(Draft& draft, const Node& node, const Child& child, void* object, const std::string& path) {
    if (path == "pool" && draft.has("pools.default"))
        return draft.reportInFile(node.keyStart, path,
                                  "is the same pool as `pools.default` in line " +
                                      std::to_string(draft.sources.at("pools.default").line) +
                                      ": keep one of the two");
    if (child.shape == Shape::Section)
        return readGroup(draft, node, child.group, child.open(object, 0, {}), path);
    draft.sources[path] = draft.fileSource(node.keyStart);
    if (child.shape == Shape::List)
        readElements(draft, node, child, object, path);
    else
        readNamed(draft, node, child, object, path);
}

/// A key that the original Reverxy had at another place. Every alias leads to the top or one section below it.
bool readAlias(Draft& draft, const Node& node, const std::string& path) {
    const auto alias =
        std::find_if(aliases().begin(), aliases().end(), [&](const Alias& a) { return a.written == path; });
    if (alias == aliases().end())
        return false;
    const std::string target(alias->path);
    const size_t dot = target.find('.');
    const Child* child = findChild(Group::Root, target.substr(0, dot));
    if (dot == std::string::npos)
        readChild(draft, node, *child, &draft.config, target);
    else
        readSetting(draft, node, *findSetting(child->group, target.substr(dot + 1)),
                    child->open(&draft.config, 0, {}), target);
    return true;
}

} // namespace

void readGroup(Draft& draft, const Node& node, Group group, void* object, const std::string& path) {
    if (node.kind == Node::Kind::Invalid)
        return;
    if (node.kind == Node::Kind::Scalar || node.kind == Node::Kind::Sequence)
        return draft.reportInFile(node.start, path,
                                  path.empty()
                                      ? "the file must hold keys with values, as `proxy:`, each on its line"
                                      : "must be a section: write its keys with their values under it");
    if (!path.empty()) {
        if (const auto found = draft.sources.find(path); found != draft.sources.end())
            return draft.reportInFile(node.keyStart, path,
                                      "was already written in line " + std::to_string(found->second.line) +
                                          ": keep one of the two");
        draft.sources[path] = draft.fileSource(node.key.empty() ? node.start : node.keyStart);
    }
    for (const Node& entry : node.items) {
        const std::string entryPath = join(path, entry.key);
        if (const Setting* setting = findSetting(group, entry.key))
            readSetting(draft, entry, *setting, object, entryPath);
        else if (const Child* child = findChild(group, entry.key))
            readChild(draft, entry, *child, object, entryPath);
        else if (!readAlias(draft, entry, entryPath))
            reportUnknownKey(draft, entry, group, path);
    }
}

Reading readConfiguration(const Input& input) {
    Draft draft(input.fileName);
    bool complete = true;
    if (input.text) {
        const YamlTree tree = parseYaml(*input.text);
        for (const YamlProblem& problem : tree.problems)
            draft.reportInFile(problem.at, problem.key, problem.message);
        complete = tree.complete;
        if (complete)
            readGroup(draft, tree.root, Group::Root, &draft.config, {});
    }
    applyOverrides(draft, input, complete);
    // Half a file would only give wrong complaints about what its other half says.
    if (complete)
        config::complete(draft);
    Reading reading;
    reading.problems = draft.takeProblems();
    reading.sources = std::move(draft.sources);
    if (reading.problems.empty())
        reading.config = std::move(draft.config);
    return reading;
}

} // namespace reverxy::config

// SPDX-License-Identifier: MIT
#include "config/reference.h"
#include "config/settings.h"
#include "config/value.h"

namespace reverxy::config {

namespace {

std::string json(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c;
    }
    return result + '"';
}

std::string textMatching(std::string_view pattern) {
    return "\"type\": \"string\", \"pattern\": " + json(pattern);
}

std::string listOfText() {
    return R"("type": ["array", "null"], "items": { "type": "string", "minLength": 1 })";
}

/// The keywords that say what a value may be, without braces.
std::string constraintOf(const Setting& setting) {
    std::string integer = R"("type": "integer", "minimum": )" + std::to_string(setting.minimum) +
                          R"(, "maximum": )" + std::to_string(setting.maximum);
    switch (setting.type) {
    case Type::Boolean:
        return R"("type": "boolean")";
    case Type::Integer:
        if (!setting.wordForZero.empty())
            return R"("anyOf": [{ "const": )" + json(setting.wordForZero) + " }, { " + integer + " }]";
        if (setting.quotable)
            return R"("anyOf": [{ )" + integer + " }, { " + textMatching("^[0-9]+$") + " }]";
        return integer;
    case Type::Duration:
        return textMatching("^(0|[1-9][0-9]*)(ms|s|m|h)$");
    case Type::Size:
        return textMatching("^(0|[1-9][0-9]*)(B|KiB|MiB|GiB)$");
    case Type::Word: {
        std::string words;
        for (const std::string_view word : setting.words)
            words += (words.empty() ? "" : ", ") + json(word);
        return "\"enum\": [" + words + "]";
    }
    case Type::StatusRange:
        return R"("anyOf": [{ "type": "integer", "minimum": 100, "maximum": 599 }, { )" +
               textMatching("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$") + " }]";
    case Type::Url:
        return textMatching("^[Hh][Tt][Tt][Pp]://[^/?#@]+(/[^?#]*)?$");
    case Type::HealthUrl:
        return textMatching("^$|^/|^[Hh][Tt][Tt][Pp]://");
    case Type::Name:
        return textMatching("^[A-Za-z0-9._-]{1,64}$");
    case Type::PoolName:
        return textMatching("^[A-Za-z0-9_-]{1,64}$");
    case Type::ClientKey:
        return textMatching("^(client-ip|header:[^:]+)$");
    case Type::RoutePath:
        return textMatching(setting.defaultText.empty() ? "^$|^/[^?#]*$" : "^/[^?#]*$");
    case Type::ListenHost:
    case Type::RouteHost:
        return R"("type": "string")";
    case Type::Addresses:
    case Type::FieldNames:
    case Type::HostNames:
        return listOfText();
    }
    return {};
}

std::string defaultInJson(const Setting& setting) {
    if (setting.required || setting.numbered)
        return {};
    const bool asItIs = setting.type == Type::Boolean || setting.isList() ||
                        (setting.type == Type::Integer && setting.wordForZero.empty());
    return ", \"default\": " + (asItIs ? std::string(setting.defaultText) : json(setting.defaultText));
}

std::string_view definitionOf(Group group) {
    switch (group) {
    case Group::Root:
        return "configuration";
    case Group::Proxy:
        return "proxy";
    case Group::Queue:
        return "queue";
    case Group::Log:
        return "log";
    case Group::Cache:
        return "cache";
    case Group::RateLimiter:
        return "rateLimiter";
    case Group::LoadBalancer:
        return "loadBalancer";
    case Group::Pool:
        return "pool";
    case Group::HealthChecker:
        return "healthChecker";
    case Group::Backend:
        return "backend";
    case Group::Route:
        return "route";
    }
    return {};
}

std::string referenceTo(Group group) {
    return "\"$ref\": \"#/$defs/" + std::string(definitionOf(group)) + "\"";
}

std::string childSchema(const Child& child) {
    const std::string help = ", \"description\": " + json(child.help);
    switch (child.shape) {
    case Shape::Section:
        return "{ " + referenceTo(child.group) + help + " }";
    case Shape::List:
        return R"({ "type": ["array", "null"], "items": { )" + referenceTo(child.group) + " }" + help + " }";
    case Shape::Map:
        return R"({ "type": ["object", "null"], "propertyNames": { "pattern": "^[A-Za-z0-9_-]{1,64}$" }, "additionalProperties": { )" +
               referenceTo(child.group) + " }" + help + " }";
    }
    return {};
}

/// The properties of a group, each on its line.
std::string propertiesOf(Group group, const std::string& indent) {
    std::string text;
    const auto add = [&](std::string_view key, const std::string& schema) {
        text += (text.empty() ? "" : ",\n") + indent + json(key) + ": " + schema;
    };
    for (const Setting& setting : settings()) {
        if (setting.group == group)
            add(setting.key, "{ " + constraintOf(setting) + defaultInJson(setting) +
                                 ", \"description\": " + json(setting.help) + " }");
    }
    for (const Child& child : children()) {
        if (child.parent == group)
            add(child.key, childSchema(child));
    }
    for (const Alias& alias : aliases()) {
        const size_t dot = alias.written.rfind('.');
        const Child* section = findChild(Group::Root, alias.written.substr(0, dot));
        if (!section || section->group != group)
            continue;
        const size_t targetDot = alias.path.find('.');
        const Child* target = findChild(Group::Root, alias.path.substr(0, targetDot));
        const std::string what = targetDot == std::string_view::npos
                                     ? referenceTo(target->group)
                                     : constraintOf(*findSetting(target->group, alias.path.substr(targetDot + 1)));
        add(alias.written.substr(dot + 1), "{ " + what + ", \"deprecated\": true, \"description\": " +
                                               json("Read as " + std::string(alias.path) + ".") + " }");
    }
    return text;
}

std::string requiredOf(Group group) {
    std::string keys;
    for (const Setting& setting : settings()) {
        if (setting.group == group && setting.required)
            keys += (keys.empty() ? "" : ", ") + json(setting.key);
    }
    return keys.empty() ? std::string() : ",\n      \"required\": [" + keys + "]";
}

} // namespace

std::string jsonSchema() {
    std::string text =
        "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": \"Reverxy "
        "configuration\",\n"
        "  \"type\": [\"object\", \"null\"],\n  \"additionalProperties\": false,\n  \"properties\": {\n";
    text += propertiesOf(Group::Root, "    ") + "\n  },\n  \"$defs\": {\n";
    bool first = true;
    for (const Child& child : children()) {
        const std::string path = pathOf(child.group);
        const std::string parent = pathOf(child.parent);
        const std::string here = parent.empty() ? std::string(child.key) : parent + "." + std::string(child.key);
        if (path != here && path != here + "[]")
            continue; // defined where the group is found first
        const std::string_view type = child.shape == Shape::List ? R"("object")" : R"(["object", "null"])";
        text += (first ? "" : ",\n") + std::string("    ") + json(definitionOf(child.group)) +
                ": {\n      \"type\": " + std::string(type) + ",\n      \"additionalProperties\": false" +
                requiredOf(child.group) + ",\n      \"properties\": {\n" + propertiesOf(child.group, "        ") +
                "\n      }\n    }";
        first = false;
    }
    return text + "\n  }\n}\n";
}

} // namespace reverxy::config

// SPDX-License-Identifier: MIT
#include "config/value.h"

#include "config/address.h"

namespace reverxy::config {

namespace {

/// A value of one alternative from a reader of that type.
template <class Alternative, class Read>
Parsed<Value> widened(Parsed<Read> read) {
    if (!read)
        return Parsed<Value>::failed(std::move(read.problem));
    return Parsed<Value>::of(Value(std::in_place_type<Alternative>, std::move(*read.value)));
}

Parsed<Value> parseNumber(const Setting& setting, std::string_view text) {
    if (setting.wordForZero.empty())
        return widened<uint64_t>(parseInteger(text, setting.minimum, setting.maximum));
    if (text == setting.wordForZero)
        return Parsed<Value>::of(Value(uint64_t{0}));
    auto read = parseInteger(text, setting.minimum, setting.maximum);
    if (!read)
        read.problem += ", or the word " + std::string(setting.wordForZero);
    return widened<uint64_t>(std::move(read));
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool isPlainSafe(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL" || text.back() == ':')
        return false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool wordCharacter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.';
        const bool later = i > 0 && std::string_view("-_+:;~!$&'()*=%?@^").find(c) != std::string_view::npos;
        if (!wordCharacter && !later)
            return false;
    }
    return true;
}

} // namespace

Parsed<Value> parseScalar(const Setting& setting, std::string_view text, bool quotedText) {
    if (quotedText && (setting.type == Type::Boolean ||
                       (setting.type == Type::Integer && !setting.quotable && text != setting.wordForZero)))
        return Parsed<Value>::failed("is text because of its quotes: write " + std::string(text.substr(0, 40)) +
                                     " without them");
    switch (setting.type) {
    case Type::Boolean:
        return widened<bool>(parseBoolean(text));
    case Type::Integer:
        return parseNumber(setting, text);
    case Type::Duration:
        return widened<Milliseconds>(parseDuration(text, setting.minimum, setting.maximum));
    case Type::Size:
        return widened<uint64_t>(parseSize(text, setting.minimum, setting.maximum));
    case Type::Word:
        return widened<uint64_t>(parseWord(text, setting.words));
    case Type::StatusRange:
        return widened<StatusRange>(parseStatusRange(text));
    case Type::ListenHost:
        return widened<std::string>(parseListenHost(text));
    case Type::Url:
        return widened<BackendUrl>(parseBackendUrl(text));
    case Type::HealthUrl:
        return widened<std::string>(parseHealthUrl(text));
    case Type::Name:
        return widened<std::string>(parseName(text, true));
    case Type::PoolName:
        return widened<std::string>(parseName(text, false));
    case Type::ClientKey:
        return widened<std::string>(parseClientKey(text));
    case Type::RouteHost:
        return widened<std::string>(parseRouteHost(text));
    case Type::RoutePath:
        // Where the default is none, the empty text says so.
        if (text.empty() && setting.defaultText.empty())
            return Parsed<Value>::of(Value(std::string()));
        return widened<std::string>(parseRoutePath(text));
    case Type::Addresses:
    case Type::FieldNames:
    case Type::HostNames:
        break;
    }
    return Parsed<Value>::failed("is a list: write its elements in brackets, as [" +
                                 std::string(text.substr(0, 40)) + "]");
}

std::string appendElement(const Setting& setting, std::string_view text, Value& list) {
    if (setting.type == Type::Addresses) {
        auto block = parseAddresses(text);
        if (block)
            std::get<std::vector<CidrBlock>>(list).push_back(*block.value);
        return block.problem;
    }
    auto name = setting.type == Type::HostNames ? parseHostName(text) : parseFieldName(text);
    if (name)
        std::get<std::vector<std::string>>(list).push_back(std::move(*name.value));
    return name.problem;
}

Value emptyList(const Setting& setting) {
    if (setting.type == Type::Addresses)
        return Value(std::in_place_type<std::vector<CidrBlock>>);
    return Value(std::in_place_type<std::vector<std::string>>);
}

Parsed<Value> parseLine(const Setting& setting, std::string_view text) {
    if (!setting.isList())
        return parseScalar(setting, text, false);
    text = trimmed(text);
    if (text.starts_with('[') && text.ends_with(']') && text.size() >= 2)
        text = trimmed(text.substr(1, text.size() - 2));
    Value list = emptyList(setting);
    while (!text.empty()) {
        const size_t comma = std::min(text.find(','), text.size());
        if (std::string problem = appendElement(setting, trimmed(text.substr(0, comma)), list); !problem.empty())
            return Parsed<Value>::failed(std::move(problem));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return Parsed<Value>::of(std::move(list));
}

std::string formatText(std::string_view text) {
    if (isPlainSafe(text))
        return std::string(text);
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c;
    }
    return result + '"';
}

std::string formatValue(const Setting& setting, const Value& value) {
    const auto joined = [](const auto& elements, auto text) {
        std::string result = "[";
        for (const auto& element : elements)
            result += (result.size() > 1 ? ", " : "") + formatText(text(element));
        return result + "]";
    };
    switch (setting.type) {
    case Type::Boolean:
        return std::get<bool>(value) ? "true" : "false";
    case Type::Integer:
        return std::get<uint64_t>(value) == 0 && !setting.wordForZero.empty()
                   ? std::string(setting.wordForZero)
                   : std::to_string(std::get<uint64_t>(value));
    case Type::Duration:
        return formatDuration(std::get<Milliseconds>(value));
    case Type::Size:
        return formatSize(std::get<uint64_t>(value));
    case Type::Word:
        return std::string(setting.words[std::get<uint64_t>(value)]);
    case Type::StatusRange:
        return formatStatusRange(std::get<StatusRange>(value));
    case Type::Url:
        return formatText(std::get<BackendUrl>(value).text);
    case Type::Addresses:
        return joined(std::get<std::vector<CidrBlock>>(value),
                      [](const CidrBlock& block) { return block.toString(); });
    case Type::FieldNames:
    case Type::HostNames:
        return joined(std::get<std::vector<std::string>>(value), [](const std::string& name) { return name; });
    default:
        return formatText(std::get<std::string>(value));
    }
}

std::optional<Value> defaultOf(const Setting& setting, size_t position) {
    if (setting.required)
        return std::nullopt;
    if (!setting.numbered)
        return parseLine(setting, setting.defaultText).value;
    std::string text(setting.defaultText);
    text.replace(text.rfind('N'), 1, std::to_string(position));
    return parseLine(setting, text).value;
}

std::string describeRange(const Setting& setting) {
    const auto range = [&](auto format) { return format(setting.minimum) + " to " + format(setting.maximum); };
    switch (setting.type) {
    case Type::Integer: {
        const std::string numbers = range([](uint64_t number) { return std::to_string(number); });
        return setting.wordForZero.empty() ? numbers : std::string(setting.wordForZero) + ", or " + numbers;
    }
    case Type::Duration:
        return range([](uint64_t number) { return formatDuration(Milliseconds(static_cast<int64_t>(number))); });
    case Type::Size:
        return range([](uint64_t number) { return formatSize(number); });
    case Type::Boolean:
        return "true or false";
    case Type::Word: {
        std::string words;
        for (size_t i = 0; i < setting.words.size(); ++i)
            words.append(i == 0 ? "" : i + 1 == setting.words.size() ? " or " : ", ").append(setting.words[i]);
        return words;
    }
    default:
        return {};
    }
}

std::string_view describeType(const Setting& setting) {
    switch (setting.type) {
    case Type::Boolean:
        return "boolean";
    case Type::Integer:
        return "whole number";
    case Type::Duration:
        return "duration";
    case Type::Size:
        return "size";
    case Type::Word:
        return "one word";
    case Type::StatusRange:
        return "range of statuses";
    case Type::ListenHost:
        return "host";
    case Type::Url:
        return "URL";
    case Type::HealthUrl:
        return "path or URL";
    case Type::Name:
    case Type::PoolName:
        return "name";
    case Type::ClientKey:
        return "client-ip or header:NAME";
    case Type::RouteHost:
        return "host pattern";
    case Type::RoutePath:
        return "path";
    case Type::Addresses:
        return "list of addresses";
    case Type::FieldNames:
        return "list of field names";
    case Type::HostNames:
        return "list of host names";
    }
    return {};
}

} // namespace reverxy::config

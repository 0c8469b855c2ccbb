// SPDX-License-Identifier: MIT
#include "http/forwarded.h"

#include "http/list.h"

namespace reverxy::http {

namespace {

constexpr unsigned maxElements = 64;

/// A parameter taken off the right end of an element, and what stands in front of it.
struct Parameter {
    std::string_view name;
    std::string_view value; // unquoted
    std::string_view before;
};

bool isQuotedCharacter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

bool isObfuscatedCharacter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
}

/// RFC 7239 section 6: one to five digits, or an obfuscated port.
bool isNodePort(std::string_view text) {
    if (text.starts_with('_')) {
        for (const char c : text) {
            if (!isObfuscatedCharacter(c))
                return false;
        }
        return text.size() > 1;
    }
    if (text.empty() || text.size() > 5)
        return false;
    unsigned value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value <= 65535;
}

/// Whether a run of backslashes of odd length stands directly before `position`, so that what is there is quoted by
/// it.
bool escapedAt(std::string_view text, size_t position) {
    size_t backslashes = 0;
    while (backslashes < position && text[position - 1 - backslashes] == '\\')
        ++backslashes;
    return backslashes % 2 == 1;
}

/// The quote that opens the quoted-string which the last byte of `text` closes; npos when there is none. Found from
/// the right: every quote inside carries a backslash, and the opening one stands after "=" and thus does not.
size_t openingQuote(std::string_view text) {
    if (escapedAt(text, text.size() - 1))
        return std::string_view::npos;
    for (size_t i = text.size() - 1; i > 0; --i) {
        if (!isQuotedCharacter(text[i - 1]))
            return std::string_view::npos;
        if (text[i - 1] == '"' && !escapedAt(text, i - 1))
            return i - 1;
    }
    return std::string_view::npos;
}

/// Reads `token "=" ( token / quoted-string )` off the right end of `text` (RFC 7239 section 4), no spaces within.
std::optional<Parameter> lastParameter(std::string_view text) {
    Parameter parameter;
    size_t valueStart;
    if (text.ends_with('"')) {
        valueStart = openingQuote(text);
        if (valueStart == std::string_view::npos)
            return std::nullopt;
        parameter.value = text.substr(valueStart + 1, text.size() - valueStart - 2);
    } else {
        valueStart = text.size();
        while (valueStart > 0 && isTokenCharacter(static_cast<unsigned char>(text[valueStart - 1])))
            --valueStart;
        parameter.value = text.substr(valueStart);
        if (parameter.value.empty())
            return std::nullopt;
    }
    if (valueStart == 0 || text[valueStart - 1] != '=')
        return std::nullopt;
    const size_t nameEnd = valueStart - 1;
    size_t nameStart = nameEnd;
    while (nameStart > 0 && isTokenCharacter(static_cast<unsigned char>(text[nameStart - 1])))
        --nameStart;
    parameter.name = text.substr(nameStart, nameEnd - nameStart);
    parameter.before = text.substr(0, nameStart);
    return parameter.name.empty() ? std::nullopt : std::optional(parameter);
}

} // namespace

std::optional<IpAddress> parseForwardedNode(std::string_view node) {
    if (node.starts_with('[')) {
        const size_t close = node.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        const std::string_view address = node.substr(1, close - 1);
        const std::string_view rest = node.substr(close + 1);
        if (address.find(':') == std::string_view::npos ||
            (!rest.empty() && (rest[0] != ':' || !isNodePort(rest.substr(1)))))
            return std::nullopt;
        return IpAddress::parse(address);
    }
    // One colon sets a port off from an IPv4 address; several can only be those of an IPv6 address without
    // brackets, which X-Forwarded-For elements commonly are, and which then carries no port.
    const size_t colon = node.find(':');
    if (colon == std::string_view::npos || node.find(':', colon + 1) != std::string_view::npos)
        return IpAddress::parse(node);
    return isNodePort(node.substr(colon + 1)) ? IpAddress::parse(node.substr(0, colon)) : std::nullopt;
}

// Both kinds are read from the right, because there stands what the nearest hop wrote: nothing that a client put
// further left, an unclosed quote for one, changes how the elements of trusted hops are read.
bool ForwardedReader::next(std::string_view& node) {
    node = {};
    if (m_malformed)
        return false;
    return m_syntax == Syntax::XForwardedFor ? nextPlain(node) : nextElement(node);
}

bool ForwardedReader::nextPlain(std::string_view& node) {
    if (m_rest.empty() || m_seen++ >= maxElements)
        return false;
    const size_t comma = m_rest.rfind(',');
    node = trimmed(comma == std::string_view::npos ? m_rest : m_rest.substr(comma + 1));
    // An element without text is a hop that did not say from whom it got the request, and is told as such: to skip
    // it would let it vouch for the element on its left. Only a value that is blank altogether has no elements.
    m_rest = comma == std::string_view::npos ? std::string_view() : m_rest.substr(0, comma);
    return comma != std::string_view::npos || !node.empty();
}

bool ForwardedReader::nextElement(std::string_view& node) {
    std::string_view rest = trimmed(m_rest);
    while (rest.ends_with(',')) { // empty elements (RFC 9110 section 5.6.1.2), counted to bound the work
        if (m_seen++ >= maxElements)
            return false;
        rest = trimmed(rest.substr(0, rest.size() - 1));
    }
    if (rest.empty() || m_seen++ >= maxElements) {
        m_rest = {};
        return false;
    }
    bool hasNode = false;
    for (;;) {
        // forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )
        if (!rest.empty() && rest.back() != ';' && rest.back() != ',' && rest.back() != ' ' &&
            rest.back() != '\t') {
            const std::optional<Parameter> parameter = lastParameter(rest);
            if (!parameter)
                break;
            rest = parameter->before;
            if (equalsIgnoringCase(parameter->name, "for")) {
                if (hasNode) // each parameter occurs at most once
                    break;
                hasNode = true;
                node = parameter->value;
            }
        }
        if (rest.ends_with(';')) {
            rest.remove_suffix(1);
            continue;
        }
        rest = trimmed(rest);
        if (!rest.empty() && rest.back() != ',')
            break;
        m_rest = rest.empty() ? rest : rest.substr(0, rest.size() - 1);
        return true;
    }
    m_malformed = true;
    node = {};
    return false;
}

} // namespace reverxy::http

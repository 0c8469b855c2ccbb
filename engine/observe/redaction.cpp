// SPDX-License-Identifier: MIT
#include "observe/redaction.h"

#include <algorithm>
#include <array>

namespace reverxy::observe {

namespace {

constexpr std::string_view mask = "***";

constexpr std::array<std::string_view, 4> secretFields{"authorization", "proxy-authorization", "cookie",
                                                       "set-cookie"};

constexpr std::array<std::string_view, 22> secretParameters{"access_token",     "api-key",
                                                            "api_key",          "apikey",
                                                            "auth_token",       "client_assertion",
                                                            "client_secret",    "credential",
                                                            "id_token",         "jwt",
                                                            "passwd",           "password",
                                                            "private_token",    "refresh_token",
                                                            "secret",           "sig",
                                                            "signature",        "token",
                                                            "x-amz-signature",  "x-amz-security-token",
                                                            "x-goog-signature", "authorization"};

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int hexValue(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = lowered(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Takes the first character off `text`, decoded (RFC 3986 section 2.1).
char takeDecoded(std::string_view& text) {
    char c = text.front();
    if (c == '%' && text.size() >= 3 && hexValue(text[1]) >= 0 && hexValue(text[2]) >= 0) {
        c = static_cast<char>(hexValue(text[1]) * 16 + hexValue(text[2]));
        text.remove_prefix(2);
    }
    text.remove_prefix(1);
    return c;
}

/// `known` is in lower case.
bool isName(std::string_view written, std::string_view known) {
    for (const char c : known) {
        if (written.empty() || lowered(takeDecoded(written)) != c)
            return false;
    }
    return written.empty();
}

template <typename Names>
bool contains(const Names& names, std::string_view written) {
    return std::any_of(names.begin(), names.end(),
                       [written](std::string_view known) { return isName(written, known); });
}

} // namespace

Redaction::Redaction(std::span<const std::string> names) {
    for (const std::string& name : names) {
        std::string lower(name);
        std::transform(lower.begin(), lower.end(), lower.begin(), lowered);
        m_names.push_back(std::move(lower));
    }
}

bool Redaction::hidesField(std::string_view name) const {
    return contains(secretFields, name) || contains(m_names, name);
}

bool Redaction::hidesParameter(std::string_view name) const {
    return contains(secretParameters, name) || contains(m_names, name);
}

std::optional<std::string> Redaction::redactedTarget(std::string_view target) const {
    const size_t query = target.find('?');
    if (query == std::string_view::npos)
        return std::nullopt;
    std::optional<std::string> redacted;
    size_t copied = 0; // of the target, into `redacted`
    for (size_t begin = query + 1; begin < target.size();) {
        const size_t end = std::min(target.find_first_of("&;", begin), target.size());
        const size_t equals = target.substr(0, end).find('=', begin);
        if (equals != std::string_view::npos && equals + 1 < end &&
            hidesParameter(target.substr(begin, equals - begin))) {
            if (!redacted)
                redacted.emplace();
            redacted->append(target.substr(copied, equals + 1 - copied)).append(mask);
            copied = end;
        }
        begin = end + 1;
    }
    if (redacted)
        redacted->append(target.substr(copied));
    return redacted;
}

} // namespace reverxy::observe

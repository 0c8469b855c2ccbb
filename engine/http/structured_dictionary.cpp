// SPDX-License-Identifier: MIT
#include "http/structured_dictionary.h"

#include "http/character_table.h"

namespace reverxy::http {

namespace {

constexpr bool isLowerAlpha(char c) {
    return c >= 'a' && c <= 'z';
}

constexpr bool isAlpha(char c) {
    return isLowerAlpha(c) || (c >= 'A' && c <= 'Z');
}

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool isKeyByte(char c) {
    return isLowerAlpha(c) || isDigit(c) || c == '_' || c == '-' || c == '.' || c == '*';
}

constexpr bool isBase64Byte(char c) {
    return isAlpha(c) || isDigit(c) || c == '+' || c == '/' || c == '=';
}

/// Base64 that can be decoded, with or without its padding (RFC 8941 section 4.2.7).
bool isBase64(std::string_view text) {
    size_t padding = 0;
    for (const char c : text) {
        if (!isBase64Byte(c) || (padding > 0 && c != '='))
            return false;
        padding += c == '=' ? 1 : 0;
    }
    return padding <= 2 && (padding == 0 ? text.size() % 4 != 1 : text.size() % 4 == 0);
}

} // namespace

DictionaryReader::DictionaryReader(std::string_view value) : m_rest(value) {
    skipSpaces();
    while (!m_rest.empty() && m_rest.back() == ' ')
        m_rest.remove_suffix(1);
}

bool DictionaryReader::fail() {
    m_failed = true;
    m_rest = {};
    return false;
}

bool DictionaryReader::takeIf(char c) {
    if (!m_rest.starts_with(c))
        return false;
    m_rest.remove_prefix(1);
    return true;
}

void DictionaryReader::skipSpaces() {
    while (takeIf(' ')) {
    }
}

bool DictionaryReader::next(DictionaryMember& member) {
    if (m_rest.empty())
        return false;
    member = {};
    if (!readKey(member.key))
        return fail();
    if (!(takeIf('=') ? readItem(member) : readParameters()))
        return fail();
    return endMember() || fail();
}

/// Optional white space, and then either the end or a comma that something follows.
bool DictionaryReader::endMember() {
    const auto skipBlanks = [this] {
        while (!m_rest.empty() && isBlank(m_rest.front()))
            m_rest.remove_prefix(1);
    };
    skipBlanks();
    if (m_rest.empty())
        return true;
    if (!takeIf(','))
        return false;
    skipBlanks();
    return !m_rest.empty();
}

bool DictionaryReader::readKey(std::string_view& key) {
    if (m_rest.empty() || !(isLowerAlpha(m_rest.front()) || m_rest.front() == '*'))
        return false;
    size_t size = 1;
    while (size < m_rest.size() && isKeyByte(m_rest[size]))
        ++size;
    key = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return true;
}

bool DictionaryReader::readItem(DictionaryMember& member) {
    const std::string_view start = m_rest;
    if (m_rest.starts_with('(')) {
        if (!readInnerList())
            return false;
        member.type = StructuredType::InnerList;
        member.text = start.substr(0, start.size() - m_rest.size());
    } else if (!readBareItem(member)) {
        return false;
    }
    return readParameters();
}

bool DictionaryReader::readInnerList() {
    takeIf('(');
    while (!m_rest.empty()) {
        skipSpaces();
        if (takeIf(')'))
            return true;
        DictionaryMember ignored;
        if (!readBareItem(ignored) || !readParameters())
            return false;
        if (!m_rest.starts_with(' ') && !m_rest.starts_with(')'))
            return false;
    }
    return false;
}

bool DictionaryReader::readBareItem(DictionaryMember& member) {
    if (m_rest.empty())
        return false;
    const char first = m_rest.front();
    if (first == '-' || isDigit(first))
        return readNumber(member);
    if (first == '"')
        return readString(member);
    if (isAlpha(first) || first == '*')
        return readToken(member);
    if (first == ':')
        return readByteSequence(member);
    return first == '?' && readBoolean(member);
}

bool DictionaryReader::readNumber(DictionaryMember& member) {
    const std::string_view start = m_rest;
    const bool negative = takeIf('-');
    size_t digits = 0;
    int64_t value = 0; // at most 15 digits are taken
    while (digits < m_rest.size() && isDigit(m_rest[digits])) {
        if (digits == 15)
            return false;
        value = value * 10 + (m_rest[digits++] - '0');
    }
    if (digits == 0)
        return false;
    m_rest.remove_prefix(digits);
    member.type = StructuredType::Integer;
    member.integer = negative ? -value : value;
    if (takeIf('.')) {
        size_t fraction = 0;
        while (fraction < m_rest.size() && isDigit(m_rest[fraction]))
            ++fraction;
        if (digits > 12 || fraction == 0 || fraction > 3)
            return false;
        m_rest.remove_prefix(fraction);
        member.type = StructuredType::Decimal;
        member.integer = 0;
    }
    member.text = start.substr(0, start.size() - m_rest.size());
    return true;
}

bool DictionaryReader::readString(DictionaryMember& member) {
    for (size_t i = 1; i < m_rest.size(); ++i) {
        const char c = m_rest[i];
        if (c == '"') {
            member.type = StructuredType::String;
            member.text = m_rest.substr(1, i - 1);
            m_rest.remove_prefix(i + 1);
            return true;
        }
        if (c == '\\') {
            ++i;
            if (i == m_rest.size() || (m_rest[i] != '"' && m_rest[i] != '\\'))
                return false;
        } else if (c < ' ' || c > '~') {
            return false;
        }
    }
    return false;
}

bool DictionaryReader::readToken(DictionaryMember& member) {
    size_t size = 1;
    while (size < m_rest.size() && (isIn(m_rest[size], TokenByte) || m_rest[size] == ':' || m_rest[size] == '/'))
        ++size;
    member.type = StructuredType::Token;
    member.text = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return true;
}

bool DictionaryReader::readByteSequence(DictionaryMember& member) {
    const size_t end = m_rest.find(':', 1);
    if (end == std::string_view::npos || !isBase64(m_rest.substr(1, end - 1)))
        return false;
    member.type = StructuredType::ByteSequence;
    member.text = m_rest.substr(1, end - 1);
    m_rest.remove_prefix(end + 1);
    return true;
}

bool DictionaryReader::readBoolean(DictionaryMember& member) {
    if (m_rest.size() < 2 || (m_rest[1] != '0' && m_rest[1] != '1'))
        return false;
    member.type = StructuredType::Boolean;
    member.text = m_rest.substr(0, 2);
    member.boolean = m_rest[1] == '1';
    m_rest.remove_prefix(2);
    return true;
}

bool DictionaryReader::readParameters() {
    while (takeIf(';')) {
        skipSpaces();
        std::string_view key;
        DictionaryMember ignored;
        if (!readKey(key) || (takeIf('=') && !readBareItem(ignored)))
            return false;
    }
    return true;
}

} // namespace reverxy::http

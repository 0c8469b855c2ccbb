// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace reverxy::proxy {

/// A value of a structured field as a test wants to see it: which type it has, and its text without quotes and
/// escapes.
struct BareItem {
    enum class Type { Token, String, Integer } type = Type::Token;
    std::string text;

    friend bool operator==(const BareItem&, const BareItem&) = default;
};

struct Item {
    BareItem value;
    std::map<std::string, BareItem> parameters;
};

/// Reads one item with parameters as RFC 9651 section 4.2.3 tells, apart from the types that Proxy-Status does not
/// use. Nothing when `text` is anything else.
class ItemReader {
  public:
    explicit ItemReader(std::string_view text) : m_rest(text) {}

    std::optional<Item> read() {
        Item item;
        if (!readBareItem(item.value))
            return std::nullopt;
        while (take(';')) {
            while (take(' ')) {
            }
            std::string key;
            BareItem value;
            if (!readKey(key) || !take('=') || !readBareItem(value) || item.parameters.contains(key))
                return std::nullopt;
            item.parameters[key] = value;
        }
        return m_rest.empty() ? std::optional(item) : std::nullopt;
    }

  private:
    static bool isAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

    static bool isDigit(char c) { return c >= '0' && c <= '9'; }

    bool take(char c) {
        if (!m_rest.starts_with(c))
            return false;
        m_rest.remove_prefix(1);
        return true;
    }

    /// Moves what satisfies `wanted` from the start of the rest into `out`; false when there is none.
    template <typename Predicate>
    bool takeWhile(std::string& out, Predicate wanted) {
        while (!m_rest.empty() && wanted(m_rest.front())) {
            out += m_rest.front();
            m_rest.remove_prefix(1);
        }
        return !out.empty();
    }

    // Section 4.2.3.3.
    bool readKey(std::string& key) {
        if (m_rest.empty() || !(m_rest.front() == '*' || (m_rest.front() >= 'a' && m_rest.front() <= 'z')))
            return false;
        return takeWhile(key, [](char c) {
            return (c >= 'a' && c <= 'z') || isDigit(c) ||
                   std::string_view("_-.*").find(c) != std::string_view::npos;
        });
    }

    bool readBareItem(BareItem& item) {
        if (m_rest.empty())
            return false;
        if (m_rest.front() == '"') {
            item.type = BareItem::Type::String;
            return readString(item.text);
        }
        if (isDigit(m_rest.front()) || m_rest.front() == '-') {
            item.type = BareItem::Type::Integer; // section 4.2.4
            const bool negative = take('-');
            if (!takeWhile(item.text, isDigit) || item.text.size() > 15)
                return false;
            if (negative)
                item.text.insert(item.text.begin(), '-');
            return true;
        }
        if (!isAlpha(m_rest.front()) && m_rest.front() != '*')
            return false;
        item.type = BareItem::Type::Token; // section 4.2.6
        return takeWhile(item.text, [](char c) {
            return isAlpha(c) || isDigit(c) ||
                   std::string_view("!#$%&'*+-.^_`|~:/").find(c) != std::string_view::npos;
        });
    }

    // Section 4.2.5.
    bool readString(std::string& text) {
        take('"');
        while (!m_rest.empty()) {
            char c = m_rest.front();
            m_rest.remove_prefix(1);
            if (c == '"')
                return true;
            if (c == '\\') {
                if (!m_rest.starts_with('"') && !m_rest.starts_with('\\'))
                    return false;
                c = m_rest.front();
                m_rest.remove_prefix(1);
            } else if (c < ' ' || c > '~') {
                return false;
            }
            text += c;
        }
        return false;
    }

    std::string_view m_rest;
};

} // namespace reverxy::proxy

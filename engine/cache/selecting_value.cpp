// SPDX-License-Identifier: MIT
#include "cache/selecting_value.h"

#include "http/character_table.h"
#include "http/list.h"

#include <algorithm>
#include <array>
#include <optional>

namespace reverxy::cache {

using http::Field;
using http::FieldId;
using http::ListReader;

namespace {

/// Where the normal form goes: into a text, or against one.
class Writer {
  public:
    explicit Writer(std::string& out) : m_out(&out) {}

    void put(char c) { m_out->push_back(c); }

    void put(std::string_view text) { m_out->append(text); }

  private:
    std::string* m_out;
};

class Comparer {
  public:
    explicit Comparer(std::string_view expected) : m_rest(expected) {}

    void put(char c) { put(std::string_view(&c, 1)); }

    void put(std::string_view text) {
        if (m_rest.starts_with(text))
            m_rest.remove_prefix(text.size());
        else
            m_differs = true;
    }

    bool equal() const { return !m_differs && m_rest.empty(); }

  private:
    std::string_view m_rest;
    bool m_differs = false;
};

template <typename Out>
void putLowered(Out& out, std::string_view text) {
    for (const char c : text)
        out.put(http::lowered(c));
}

/// RFC 9110 section 5.3: the lines of a field are one value, joined by commas.
template <typename Out>
void putAsItCame(const FieldLines& lines, Out& out) {
    bool first = true;
    lines.forEach([&](std::string_view value) {
        if (!first)
            out.put(", ");
        out.put(value);
        first = false;
    });
}

/// A list's element without the white space that may stand around ";" and outside quotes.
template <typename Out>
void putWithoutBlanks(std::string_view element, Out& out) {
    bool quoted = false;
    for (size_t i = 0; i < element.size(); ++i) {
        const char c = element[i];
        if (!quoted && (c == ' ' || c == '\t')) {
            const size_t next = element.find_first_not_of(" \t", i);
            const bool beside = element[i - 1] == ';' || element[next] == ';';
            if (!beside)
                out.put(element.substr(i, next - i));
            i = next - 1;
            continue;
        }
        out.put(c);
        if (quoted && c == '\\' && i + 1 < element.size())
            out.put(element[++i]);
        else if (c == '"')
            quoted = !quoted;
    }
}

template <typename Out>
void putList(const FieldLines& lines, Out& out) {
    bool first = true;
    lines.forEach([&](std::string_view value) {
        ListReader list(value);
        std::string_view element;
        while (list.next(element)) {
            if (!first)
                out.put(',');
            putWithoutBlanks(element, out);
            first = false;
        }
    });
}

/// An element of a list like `gzip;q=0.5`.
struct Weighted {
    std::string_view name;
    uint16_t weight = 1000; // thousandths
};

/// RFC 9110 section 12.4.2.
std::optional<uint16_t> parseWeight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.'))
        return std::nullopt;
    uint16_t weight = 0;
    for (size_t i = 0; i < 5; ++i) {
        if (i == 1)
            continue;
        const char digit = i < text.size() ? text[i] : '0';
        if (digit < '0' || digit > '9')
            return std::nullopt;
        weight = static_cast<uint16_t>(weight * 10 + (digit - '0'));
    }
    return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

std::optional<Weighted> parseWeighted(std::string_view element) {
    const size_t semicolon = element.find(';');
    Weighted weighted;
    weighted.name = http::trimmed(element.substr(0, semicolon));
    if (!http::isToken(weighted.name))
        return std::nullopt;
    if (semicolon == std::string_view::npos)
        return weighted;
    const std::string_view parameter = http::trimmed(element.substr(semicolon + 1));
    if (parameter.size() < 2 || http::lowered(parameter[0]) != 'q' || parameter[1] != '=')
        return std::nullopt;
    const auto weight = parseWeight(parameter.substr(2));
    if (!weight)
        return std::nullopt;
    weighted.weight = *weight;
    return weighted;
}

class WeightedList {
  public:
    /// False when an element is not of that form or there are more than are sorted here.
    bool read(const FieldLines& lines) {
        bool good = true;
        lines.forEach([&](std::string_view value) {
            ListReader list(value);
            std::string_view element;
            while (good && list.next(element)) {
                const auto weighted = parseWeighted(element);
                good = weighted && m_count < m_elements.size();
                if (good)
                    m_elements[m_count++] = *weighted;
            }
        });
        return good;
    }

    /// The heaviest first. A simple sort, stable and in place: the lists are short.
    void sort(bool byNameToo) {
        for (size_t i = 1; i < m_count; ++i) {
            for (size_t at = i; at > 0 && isBefore(m_elements[at], m_elements[at - 1], byNameToo); --at)
                std::swap(m_elements[at], m_elements[at - 1]);
        }
    }

    template <typename Out>
    void put(Out& out) const {
        for (size_t i = 0; i < m_count; ++i) {
            if (i > 0)
                out.put(',');
            putLowered(out, m_elements[i].name);
            const uint16_t weight = m_elements[i].weight;
            if (weight == 1000)
                continue;
            out.put(";q=0.");
            for (const int unit : {100, 10, 1})
                out.put(static_cast<char>('0' + weight / unit % 10));
        }
    }

  private:
    static bool isBefore(const Weighted& a, const Weighted& b, bool byNameToo) {
        if (a.weight != b.weight || !byNameToo)
            return a.weight > b.weight;
        return http::isBeforeIgnoringCase(a.name, b.name);
    }

    std::array<Weighted, 24> m_elements;
    size_t m_count = 0;
};

template <typename Out>
void putNormalForm(const FieldLines& lines, Out& out) {
    switch (lines.id()) {
    case FieldId::AcceptEncoding:
    case FieldId::AcceptLanguage: {
        WeightedList list;
        if (!list.read(lines)) {
            putAsItCame(lines, out);
            return;
        }
        list.sort(lines.id() == FieldId::AcceptEncoding);
        list.put(out);
        return;
    }
    case FieldId::Accept:
        putList(lines, out);
        return;
    default:
        putAsItCame(lines, out);
    }
}

} // namespace

FieldLines::FieldLines(const http::FieldList& fields, std::string_view name)
    : m_fields(&fields), m_name(name), m_id(http::fieldIdFromName(name)) {
    for (const Field& field : fields) {
        if (isOurs(field)) {
            m_first = &field;
            return;
        }
    }
}

bool FieldLines::isOurs(const Field& field) const {
    return field.id == m_id && (m_id != FieldId::Other || http::equalsIgnoringCase(field.name, m_name));
}

void appendSelectingValue(const FieldLines& lines, std::string& out) {
    Writer writer(out);
    putNormalForm(lines, writer);
}

bool equalsSelectingValue(const FieldLines& lines, std::string_view expected) {
    Comparer comparer(expected);
    putNormalForm(lines, comparer);
    return comparer.equal();
}

} // namespace reverxy::cache

// SPDX-License-Identifier: MIT
#include "cache/cache_control.h"

#include "http/character_table.h"
#include "http/list.h"

#include <algorithm>

namespace reverxy::cache {

using http::equalsIgnoringCase;
using http::Field;
using http::FieldId;
using http::ListReader;

namespace {

/// One directive, its argument without quotes. No directive known here has an argument that needs an escape, so
/// that one with a backslash counts as malformed.
struct Directive {
    std::string_view name;
    std::string_view argument;
    bool hasArgument = false;
    bool malformed = false; // not `token [ "=" ( token / quoted-string ) ]`
    bool open = false;      // a quoted string that never ends, which may have swallowed other directives
};

bool endsInOpenQuote(std::string_view text) {
    bool quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (quoted && text[i] == '\\')
            ++i;
    }
    return quoted;
}

std::string_view leadingToken(std::string_view text) {
    return text.substr(0, http::skipWhile(text, 0, http::TokenByte));
}

/// What begins as a directive known here, but is not well-formed, is still recognized, so that "no-store; x" or
/// "private =x" do not pass for something unknown.
Directive directiveFrom(std::string_view element) {
    const size_t equals = element.find('=');
    const std::string_view written = element.substr(0, equals);
    Directive directive;
    directive.name = leadingToken(written);
    directive.malformed = directive.name.size() != written.size() || written.empty();
    directive.open = endsInOpenQuote(element);
    if (equals == std::string_view::npos)
        return directive;
    directive.hasArgument = true;
    directive.argument = element.substr(equals + 1);
    std::string_view& argument = directive.argument;
    if (argument.size() >= 2 && argument.front() == '"' && argument.back() == '"') {
        argument = argument.substr(1, argument.size() - 2);
        if (argument.find_first_of("\"\\") != std::string_view::npos)
            directive.malformed = true;
    } else if (!http::isToken(argument)) {
        directive.malformed = true;
    }
    return directive;
}

/// Section 4.2.1: of differing values the first is to be used, or the response considered stale; stale it is, as it
/// is for a value that is no number.
void take(SecondsDirective& seconds, const Directive& directive) {
    std::optional<uint32_t> value;
    if (directive.hasArgument && !directive.malformed)
        value = parseDeltaSeconds(directive.argument);
    const SecondsDirective read{true, value.has_value(), value.value_or(0)};
    seconds = seconds.present && !(seconds == read) ? SecondsDirective{true, false, 0} : read;
}

/// A directive with an optional list of field names: `all` is set where it stands for the whole response.
void take(bool& all, WithheldFields& fields, const Directive& directive) {
    if (!directive.hasArgument || directive.malformed || !fields.add(directive.argument))
        all = true;
}

void take(ResponseDirectives& out, const Directive& directive) {
    const auto is = [&directive](std::string_view name) { return equalsIgnoringCase(directive.name, name); };
    const bool plain = !directive.malformed && !directive.hasArgument;
    if (directive.open)
        out.noStore = true;
    out.malformed = out.malformed || directive.malformed;
    if (is("max-age"))
        take(out.maxAge, directive);
    else if (is("s-maxage"))
        take(out.sMaxAge, directive);
    else if (is("no-cache"))
        take(out.noCache, out.byNoCache, directive);
    else if (is("no-store"))
        out.noStore = true;
    else if (is("private"))
        take(out.isPrivate, out.byPrivate, directive);
    else if (is("public"))
        out.isPublic = out.isPublic || plain;
    else if (is("must-revalidate"))
        out.mustRevalidate = true;
    else if (is("proxy-revalidate"))
        out.proxyRevalidate = true;
    else if (is("must-understand"))
        out.mustUnderstand = true;
    else if (is("immutable"))
        out.immutable = out.immutable || plain;
    else if (is("stale-while-revalidate"))
        take(out.staleWhileRevalidate, directive);
    else if (is("stale-if-error"))
        take(out.staleIfError, directive);
}

/// Keeps the more demanding of two values. A malformed value demands what `otherwise` says.
void takeLeast(std::optional<uint32_t>& seconds, const Directive& directive, uint32_t otherwise) {
    const uint32_t value =
        directive.malformed ? otherwise : parseDeltaSeconds(directive.argument).value_or(otherwise);
    seconds = std::min(seconds.value_or(value), value);
}

void take(RequestDirectives& out, const Directive& directive) {
    const auto is = [&directive](std::string_view name) { return equalsIgnoringCase(directive.name, name); };
    if (directive.open)
        out.noCache = out.noStore = true;
    if (is("no-cache")) {
        out.noCache = true;
    } else if (is("no-store")) {
        out.noStore = true;
    } else if (is("only-if-cached")) {
        out.onlyIfCached = true;
    } else if (is("max-age")) {
        takeLeast(out.maxAge, directive, 0);
    } else if (is("max-stale")) {
        if (directive.hasArgument || directive.malformed)
            takeLeast(out.maxStale, directive, 0);
        else
            out.maxStaleOfAnyAge = true;
    } else if (is("min-fresh")) {
        const uint32_t value =
            directive.malformed ? maxDeltaSeconds : parseDeltaSeconds(directive.argument).value_or(maxDeltaSeconds);
        out.minFresh = std::max(out.minFresh.value_or(value), value);
    } else if (is("stale-if-error")) {
        takeLeast(out.staleIfError, directive, 0);
    }
}

template <typename Directives>
void takeLine(Directives& out, std::string_view value) {
    ListReader list(value);
    std::string_view element;
    while (list.next(element))
        take(out, directiveFrom(element));
}

} // namespace

std::optional<uint32_t> parseDeltaSeconds(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = std::min<uint64_t>(value * 10 + static_cast<uint64_t>(c - '0'), maxDeltaSeconds);
    }
    return static_cast<uint32_t>(value);
}

bool WithheldFields::add(std::string_view argument) {
    ListReader list(argument);
    std::string_view name;
    size_t names = 0;
    while (list.next(name)) {
        if (++names > maxNames || !http::isToken(name))
            return false;
    }
    if (names == 0 || m_count == maxArguments)
        return false;
    m_arguments[m_count++] = argument;
    return true;
}

bool WithheldFields::contain(std::string_view name) const {
    for (size_t i = 0; i < m_count; ++i) {
        ListReader list(m_arguments[i]);
        std::string_view each;
        while (list.next(each)) {
            if (equalsIgnoringCase(each, name))
                return true;
        }
    }
    return false;
}

void readResponseDirectives(const http::FieldList& fields, ResponseDirectives& out) {
    for (const Field& field : fields) {
        if (field.id == FieldId::CacheControl)
            takeLine(out, field.value);
    }
}

ResponseDirectives readResponseDirectives(const http::FieldList& fields) {
    ResponseDirectives directives;
    readResponseDirectives(fields, directives);
    return directives;
}

RequestDirectives readRequestDirectives(const http::FieldList& fields) {
    RequestDirectives directives;
    bool cacheControl = false;
    bool pragmaNoCache = false;
    for (const Field& field : fields) {
        if (field.id == FieldId::CacheControl) {
            cacheControl = true;
            takeLine(directives, field.value);
        } else if (field.id == FieldId::Pragma) {
            ListReader list(field.value);
            std::string_view element;
            while (list.next(element))
                pragmaNoCache = pragmaNoCache || equalsIgnoringCase(element, "no-cache");
        }
    }
    if (!cacheControl && pragmaNoCache)
        directives.noCache = true;
    return directives;
}

} // namespace reverxy::cache

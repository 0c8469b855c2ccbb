// SPDX-License-Identifier: MIT
#include "observe/access_log.h"

#include "base/cache_verdict.h"
#include "base/escaped_text.h"
#include "observe/line_text.h"

#include <algorithm>

namespace reverxy::observe {

namespace {

void appendAddress(std::string& out, const IpAddress& address) {
    char text[46];
    const size_t size = address.write(text);
    out.append(size > 0 ? std::string_view(text, size) : "-");
}

/// Bounded text with a mark where it was cut.
template <uint16_t N>
void appendBounded(std::string& out, const FixedText<N>& text, Escaping escaping) {
    appendEscaped(out, text.view(), escaping);
    if (text.truncated())
        out += "...";
}

void appendKey(std::string& out, std::string_view key, Format format) {
    if (format == Format::Json) {
        out += ",\"";
        out += key;
        out += "\":";
    } else {
        out += ' ';
        out += key;
        out += '=';
    }
}

/// A name out of the configuration or of a table: bare in text where no reader could mistake its end.
void appendName(std::string& out, std::string_view name, Format format) {
    const bool bare = format == Format::Text && !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
                          return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != ',' && c != '=';
                      });
    if (!bare)
        out += '"';
    appendEscaped(out, name, format == Format::Json ? Escaping::Json : Escaping::Quoted);
    if (!bare)
        out += '"';
}

void appendDuration(std::string& out, std::string_view key, uint32_t micros, Format format) {
    if (format == Format::Json) {
        out += ",\"";
        out += key;
        out += "_ms\":";
        appendMillis(out, micros);
    } else {
        appendKey(out, key, format);
        appendMillis(out, micros);
        out += "ms";
    }
}

const IpAddress& clientOf(const Decision& decision) {
    return decision.client.isNone() ? decision.peer.address : decision.client;
}

/// "GET /x HTTP/1.1", or "-" where no request line could be read.
void appendRequestLine(std::string& out, const Decision& decision) {
    out += '"';
    if (decision.method.empty()) {
        out += '-';
    } else {
        appendBounded(out, decision.method, Escaping::Quoted);
        out += ' ';
        appendBounded(out, decision.target, Escaping::Quoted);
        out += decision.httpMinor == 0 ? " HTTP/1.0" : " HTTP/1.1";
    }
    out += '"';
}

template <uint16_t N>
void appendJsonText(std::string& out, std::string_view key, const FixedText<N>& text) {
    appendKey(out, key, Format::Json);
    out += '"';
    appendBounded(out, text, Escaping::Json);
    out += '"';
}

/// backend-1:connect-refused,backend-2:200; more attempts than the record holds leave a gap before the last.
void appendAttemptsText(std::string& out, const Decision& decision, const NameTable& names) {
    appendKey(out, "tried", Format::Text);
    for (size_t i = 0; i < decision.attemptsKept(); ++i) {
        const Attempt& attempt = decision.attempts[i];
        if (i > 0)
            out += ',';
        if (i + 1 == Decision::maxAttempts && decision.attemptsTotal > Decision::maxAttempts)
            out += "...,";
        appendName(out, names.name(attempt.backend), Format::Text);
        out += ':';
        if (attempt.failure != Failure::None)
            out += infoOf(attempt.failure).name;
        else
            appendNumber(out, attempt.status);
    }
}

void appendAttemptsJson(std::string& out, const Decision& decision, const NameTable& names) {
    appendKey(out, "tried", Format::Json);
    out += '[';
    for (size_t i = 0; i < decision.attemptsKept(); ++i) {
        const Attempt& attempt = decision.attempts[i];
        out += i > 0 ? ",{\"backend\":" : "{\"backend\":";
        appendName(out, names.name(attempt.backend), Format::Json);
        appendKey(out, "status", Format::Json);
        appendNumber(out, attempt.status);
        if (attempt.failure != Failure::None) {
            appendKey(out, "failure", Format::Json);
            appendName(out, infoOf(attempt.failure).name, Format::Json);
        }
        appendKey(out, "reused", Format::Json);
        out += attempt.reusedConnection ? "true" : "false";
        appendDuration(out, "connect", attempt.connectMicros, Format::Json);
        appendDuration(out, "first_byte", attempt.firstByteMicros, Format::Json);
        out += '}';
    }
    out += ']';
}

/// Client, request line and status.
void appendWhoAndWhat(std::string& out, const Decision& decision, Format format) {
    if (format == Format::Json) {
        out += ",\"client\":\"";
        appendAddress(out, clientOf(decision));
        out += '"';
        appendJsonText(out, "method", decision.method);
        appendJsonText(out, "target", decision.target);
        out += decision.httpMinor == 0 ? ",\"version\":\"1.0\"" : ",\"version\":\"1.1\"";
        appendJsonText(out, "host", decision.host);
        appendKey(out, "status", format);
        appendNumber(out, decision.status);
    } else {
        out += ' ';
        appendAddress(out, clientOf(decision));
        out += ' ';
        appendRequestLine(out, decision);
        out += ' ';
        if (decision.status != 0)
            appendNumber(out, decision.status);
        else
            out += '-';
        appendKey(out, "host", format);
        out += '"';
        appendBounded(out, decision.host, Escaping::Quoted);
        out += '"';
    }
    if (clientOf(decision) != decision.peer.address) {
        appendKey(out, "peer", format);
        out += format == Format::Json ? "\"" : "";
        appendAddress(out, decision.peer.address);
        out += format == Format::Json ? "\"" : "";
    }
}

/// quota=3/100, or what else the limiter said; nothing where none looked.
void appendQuota(std::string& out, const LimitRecord& record, const NameTable& names, Format format) {
    if (record.verdict == LimitVerdict::None)
        return;
    appendKey(out, "quota", format);
    if (format == Format::Text && !record.counted()) {
        out += nameOf(record.verdict);
    } else if (format == Format::Text) {
        appendNumber(out, record.used);
        out += '/';
        appendNumber(out, record.limit);
    } else {
        out += "{\"limiter\":";
        appendName(out, names.name(record.limiter), format);
        appendKey(out, "verdict", format);
        appendName(out, nameOf(record.verdict), format);
        if (record.counted()) {
            appendKey(out, "used", format);
            appendNumber(out, record.used);
            appendKey(out, "limit", format);
            appendNumber(out, record.limit);
            appendKey(out, "reset_ms", format);
            appendNumber(out, record.resetMillis);
        }
        out += '}';
    }
}

void appendFlag(std::string& out, std::string_view key, bool value, Format format) {
    if (!value)
        return;
    appendKey(out, key, format);
    out += "true";
}

/// What the cache did and why: cache=hit reuse=fresh age=12 lifetime=60, or cache=uri-miss store=no-store; nothing
/// where it had no part.
void appendCache(std::string& out, const CacheRecord& record, Format format) {
    const auto verdict = static_cast<CacheVerdict>(record.verdict);
    if (verdict == CacheVerdict::None)
        return;
    appendKey(out, "cache", format);
    if (format == Format::Json)
        out += "{\"verdict\":";
    appendName(out, infoOf(verdict).name, format);
    if (record.found) {
        appendKey(out, "reuse", format);
        appendName(out, infoOf(static_cast<ReuseVerdict>(record.reuse)).name, format);
    }
    if (const auto store = static_cast<StoreVerdict>(record.store); store != StoreVerdict::None) {
        appendKey(out, "store", format);
        appendName(out, infoOf(store).name, format);
    }
    if (record.found || record.hit) {
        appendKey(out, "age", format);
        appendNumber(out, record.age);
        appendKey(out, "lifetime", format);
        appendNumber(out, record.lifetime);
    }
    appendFlag(out, "collapsed", record.collapsed, format);
    appendFlag(out, "background", record.background, format);
    if (format == Format::Json)
        out += '}';
}

void appendCause(std::string& out, const Decision& decision, Format format) {
    if (decision.failure != Failure::None) {
        appendKey(out, "failure", format);
        appendName(out, infoOf(decision.failure).name, format);
    }
    if (!decision.details.empty()) {
        appendKey(out, "details", format);
        out += '"';
        appendBounded(out, decision.details, format == Format::Json ? Escaping::Json : Escaping::Quoted);
        out += '"';
    }
}

} // namespace

void appendAccessLine(std::string& out, const Decision& decision, const NameTable& names, Format format) {
    appendStart(out, decision.started, Level::Info, "access", format);
    appendWhoAndWhat(out, decision, format);
    appendKey(out, "in", format);
    appendNumber(out, decision.requestBodyBytes);
    appendKey(out, "out", format);
    appendNumber(out, decision.responseBodyBytes);
    appendKey(out, "route", format);
    appendName(out, names.name(decision.route), format);
    appendKey(out, "pool", format);
    appendName(out, names.name(decision.pool), format);
    appendKey(out, "backend", format);
    appendName(out, names.name(decision.attemptsTotal > 0 ? decision.lastAttempt().backend : 0), format);
    appendKey(out, "attempts", format);
    appendNumber(out, decision.attemptsTotal);
    appendDuration(out, "queued", decision.queuedMicros, format);
    appendDuration(out, "connect", decision.attemptsTotal > 0 ? decision.lastAttempt().connectMicros : 0, format);
    appendDuration(out, "first_byte", decision.firstByteMicros, format);
    appendDuration(out, "total", decision.totalMicros, format);
    appendFlag(out, "tunnel", decision.tunnel, format);
    appendCache(out, decision.cache, format);
    appendQuota(out, decision.limit, names, format);
    appendCause(out, decision, format);
    if (format == Format::Json) {
        appendAttemptsJson(out, decision, names);
        out += '}';
    } else if (decision.attemptsTotal > 1) {
        appendAttemptsText(out, decision, names);
    }
    out += '\n';
}

void appendEventLine(std::string& out, const Event& event, Format format) {
    appendStart(out, event.time, event.level, event.topic, format);
    if (format == Format::Json) {
        out += ",\"message\":\"";
        appendEscaped(out, event.message, Escaping::Json);
        out += "\"}";
    } else {
        out += ": ";
        appendEscaped(out, event.message, Escaping::Line);
    }
    out += '\n';
}

} // namespace reverxy::observe

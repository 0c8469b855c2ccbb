// SPDX-License-Identifier: MIT
#include "proxy/problem.h"

#include "base/escaped_text.h"
#include "http/head_writer.h"

#include <string>

namespace reverxy::proxy {

namespace {

/// Causes come from parsers and the system and are short; whatever else they may be, the body stays small.
constexpr size_t maxDetails = 512;

void appendSentence(std::string& out, std::string_view sentence) {
    if (sentence.empty())
        return;
    if (out.back() != '"')
        out += ' ';
    appendEscaped(out, sentence, Escaping::Json);
}

/// A cause is a phrase or a sentence; as part of the detail it is a sentence.
void appendCause(std::string& out, std::string_view details) {
    if (details.empty())
        return;
    appendSentence(out, details.substr(0, maxDetails));
    const char last = details.size() > maxDetails ? '\0' : details.back();
    if (details.size() > maxDetails)
        out += "...";
    else if (last != '.' && last != '!' && last != '?')
        out += '.';
}

} // namespace

std::string_view problemBody(TextArena& arena, uint16_t status, Failure failure, std::string_view details,
                             std::string_view violatedPolicy) {
    const FailureInfo& info = infoOf(failure);
    // RFC 9457 section 4.2.1: a problem of type about:blank, the default, has the status's own phrase for its
    // title.
    std::string detail = "\"";
    appendSentence(detail, info.sentence);
    appendCause(detail, details);
    appendSentence(detail, info.remedy);
    detail += '"';
    if (!violatedPolicy.empty()) {
        std::string policy;
        appendEscaped(policy, violatedPolicy, Escaping::Json);
        return arena.join({R"({"type":"https://iana.org/assignments/http-problem-types#quota-exceeded",)",
                           R"("title":"Quota Exceeded","status":)", std::to_string(status), R"(,"detail":)", detail,
                           R"(,"violated-policies":[")", policy, R"("],"failure":")", info.name, "\"}\n"});
    }
    return arena.join({"{\"title\":\"", http::reasonPhrase(status), "\",\"status\":", std::to_string(status),
                       ",\"detail\":", detail, ",\"failure\":\"", info.name, "\"}\n"});
}

} // namespace reverxy::proxy

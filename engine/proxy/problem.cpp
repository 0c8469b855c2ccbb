// SPDX-License-Identifier: MIT
#include "proxy/problem.h"

#include "base/escaped_text.h"
#include "http/head_writer.h"

namespace reverxy::proxy {

namespace {

/// Causes come from parsers and the system and are short; whatever else they may be, the body stays small.
constexpr size_t maxDetails = 512;

/// For the longest sentences and an ordinary cause without allocating again.
constexpr size_t roomForMost = 768;

/// A cause is a phrase or a sentence; as part of the detail it is a sentence.
void appendCause(std::string& out, std::string_view details) {
    if (details.empty())
        return;
    out += ' ';
    appendEscaped(out, details.substr(0, maxDetails), Escaping::Json);
    const char last = details.size() > maxDetails ? '\0' : details.back();
    if (details.size() > maxDetails)
        out += "...";
    else if (last != '.' && last != '!' && last != '?')
        out += '.';
}

} // namespace

std::string problemBody(uint16_t status, Failure failure, std::string_view details,
                        std::string_view violatedPolicy) {
    const FailureInfo& info = infoOf(failure);
    std::string body;
    body.reserve(roomForMost);
    // RFC 9457 section 4.2.1: a problem of type about:blank, the default, has the status's own phrase for its
    // title.
    if (violatedPolicy.empty())
        body.append(R"({"title":")").append(http::reasonPhrase(status));
    else
        body.append(R"({"type":"https://iana.org/assignments/http-problem-types#quota-exceeded",)"
                    R"("title":"Quota Exceeded)");
    body.append(R"(","status":)").append(std::to_string(status)).append(R"(,"detail":")").append(info.sentence);
    appendCause(body, details);
    if (!info.remedy.empty())
        body.append(" ").append(info.remedy);
    body += '"';
    if (!violatedPolicy.empty()) {
        body.append(R"(,"violated-policies":[")");
        appendEscaped(body, violatedPolicy, Escaping::Json);
        body.append("\"]");
    }
    return body.append(R"(,"failure":")").append(info.name).append("\"}\n");
}

} // namespace reverxy::proxy

// SPDX-License-Identifier: MIT
#include "admin/answer.h"

#include "http/date.h"
#include "http/head_writer.h"
#include "http/target.h"

#include <utility>

namespace reverxy::admin {

Answer sentence(uint16_t status, std::string text) {
    text += '\n';
    return {status, textType, std::move(text), {}};
}

std::variant<Page, Answer> choosePage(const http::RequestHead& head, const OwnHosts& own,
                                      const IpAddress& reached) {
    if (!isOwn(own, head.authority, reached))
        return sentence(421,
                        "This listener answers only for localhost, the addresses and the names of its machine, "
                        "and what proxy.probe_names in config.yaml lists.");
    if (head.method != http::Method::Get && head.method != http::Method::Head) {
        Answer refused = sentence(405, "Only GET and HEAD are possible here.");
        refused.allow = "GET, HEAD";
        return refused;
    }
    const std::string_view path = http::pathOf(head.pathAndQuery);
    if (path == "/live")
        return Page::Live;
    if (path == "/ready")
        return Page::Ready;
    if (path == "/metrics")
        return Page::Metrics;
    return sentence(404, "There is nothing at this path; there are /live, /ready and /metrics.");
}

std::string compose(const Answer& answer, bool headOnly, bool keepAlive, WallTime now) {
    char date[http::dateSize];
    http::writeDate(date, now);
    std::string out = "HTTP/1.1 " + std::to_string(answer.status) + " ";
    out.append(http::reasonPhrase(answer.status)).append("\r\nDate: ").append(date, sizeof date);
    out.append("\r\nContent-Type: ").append(answer.contentType);
    out.append("\r\nContent-Length: ").append(std::to_string(answer.body.size()));
    if (!answer.allow.empty())
        out.append("\r\nAllow: ").append(answer.allow);
    out.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
    // Said both ways, for clients of HTTP/1.0 too (RFC 9112 section 9.3).
    out.append(keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
    if (!headOnly)
        out.append(answer.body);
    return out;
}

} // namespace reverxy::admin

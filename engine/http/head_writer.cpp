// SPDX-License-Identifier: MIT
#include "http/head_writer.h"

#include <cstring>

namespace reverxy::http {

namespace {

constexpr std::string_view versionText = "HTTP/1.1";
constexpr std::string_view lineEnd = "\r\n";

char* put(char* out, std::string_view text) {
    if (!text.empty()) // an empty view may carry a null pointer, which memcpy must not be given
        std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

char* put(char* out, char c) {
    *out = c;
    return out + 1;
}

size_t fieldsSize(const FieldList& fields) {
    size_t size = 0;
    for (const Field& field : fields)
        size += field.name.size() + field.value.size() + 4; // ": " and the line's end
    return size;
}

char* putFields(char* out, const FieldList& fields) {
    for (const Field& field : fields) {
        out = put(out, field.name);
        out = put(out, ": ");
        out = put(out, field.value);
        out = put(out, lineEnd);
    }
    return out;
}

} // namespace

size_t requestHeadSize(std::string_view methodToken, std::string_view target, const FieldList& fields,
                       std::string_view lines) {
    return methodToken.size() + 1 + target.size() + 1 + versionText.size() + 2 * lineEnd.size() +
           fieldsSize(fields) + lines.size();
}

char* writeRequestHead(char* out, std::string_view methodToken, std::string_view target, const FieldList& fields,
                       std::string_view lines) {
    out = put(out, methodToken);
    out = put(out, ' ');
    out = put(out, target);
    out = put(out, " HTTP/1.1\r\n");
    out = putFields(out, fields);
    out = put(out, lines);
    return put(out, lineEnd);
}

size_t responseHeadSize(std::string_view reason, const FieldList& fields, std::string_view lines) {
    return versionText.size() + 1 + 3 + 1 + reason.size() + 2 * lineEnd.size() + lines.size() + fieldsSize(fields);
}

char* writeResponseHead(char* out, uint16_t status, std::string_view reason, const FieldList& fields,
                        std::string_view lines) {
    out = put(out, "HTTP/1.1 ");
    out = put(out, static_cast<char>('0' + status / 100 % 10));
    out = put(out, static_cast<char>('0' + status / 10 % 10));
    out = put(out, static_cast<char>('0' + status % 10));
    // The space stays even when no reason follows (RFC 9112 section 4).
    out = put(out, ' ');
    out = put(out, reason);
    out = put(out, lineEnd);
    out = put(out, lines);
    out = putFields(out, fields);
    return put(out, lineEnd);
}

char* writeChunkStart(char* out, uint64_t size) {
    char digits[16];
    char* first = digits + sizeof digits;
    do {
        *--first = "0123456789abcdef"[size & 15];
        size >>= 4;
    } while (size > 0);
    out = put(out, std::string_view(first, static_cast<size_t>(digits + sizeof digits - first)));
    return put(out, lineEnd);
}

size_t lastChunkSize(const FieldList* trailers) {
    return 1 + 2 * lineEnd.size() + (trailers ? fieldsSize(*trailers) : 0);
}

char* writeLastChunk(char* out, const FieldList* trailers) {
    out = put(out, "0\r\n");
    if (trailers)
        out = putFields(out, *trailers);
    return put(out, lineEnd);
}

std::string_view reasonPhrase(uint16_t status) {
    switch (status) {
    case 100:
        return "Continue";
    case 101:
        return "Switching Protocols";
    case 102:
        return "Processing";
    case 103:
        return "Early Hints";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 203:
        return "Non-Authoritative Information";
    case 204:
        return "No Content";
    case 205:
        return "Reset Content";
    case 206:
        return "Partial Content";
    case 207:
        return "Multi-Status";
    case 208:
        return "Already Reported";
    case 226:
        return "IM Used";
    case 300:
        return "Multiple Choices";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 305:
        return "Use Proxy";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 407:
        return "Proxy Authentication Required";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 416:
        return "Range Not Satisfiable";
    case 417:
        return "Expectation Failed";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 423:
        return "Locked";
    case 424:
        return "Failed Dependency";
    case 425:
        return "Too Early";
    case 426:
        return "Upgrade Required";
    case 428:
        return "Precondition Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 451:
        return "Unavailable For Legal Reasons";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    case 506:
        return "Variant Also Negotiates";
    case 507:
        return "Insufficient Storage";
    case 508:
        return "Loop Detected";
    case 511:
        return "Network Authentication Required";
    default:
        return {};
    }
}

} // namespace reverxy::http

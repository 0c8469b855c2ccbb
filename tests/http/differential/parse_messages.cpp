// SPDX-License-Identifier: MIT
// Runs our parser and decoder over messages. Each line of standard input is `request METHOD HEX` or `response
// METHOD HEX` (METHOD: what a response answers, ignored for requests); each line of standard output is the verdict
// as JSON.
#include "base/failure.h"
#include "http/body_decoder.h"
#include "http/head_parser.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

using namespace reverxy;
using namespace reverxy::http;

namespace {

std::string hexOf(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789abcdef"[c & 15];
    }
    return out;
}

std::string bytesOf(const std::string& hex) {
    std::string out;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return out;
}

/// Bytes as the code points of the same number, which is how Node shows them.
std::string quoted(std::string_view bytes) {
    std::string out = "\"";
    for (const char c : bytes) {
        if (c >= ' ' && c <= '~' && c != '"' && c != '\\')
            out += c;
        else
            out += "\\u00" + hexOf({&c, 1});
    }
    return out + "\"";
}

std::string fieldsOf(const FieldList& fields) {
    std::string out;
    for (const Field& field : fields)
        out += (out.empty() ? "" : ",") + ("[" + quoted(field.name)) + "," + quoted(field.value) + "]";
    return "[" + out + "]";
}

std::string boolean(bool value) {
    return value ? "true" : "false";
}

std::string member(std::string_view name, const std::string& value) {
    return ",\"" + std::string(name) + "\":" + value;
}

std::string describe(const RequestHead& head) {
    return member("method", quoted(head.methodToken)) + member("target", quoted(head.target)) +
           member("upgrade", boolean(head.upgrade));
}

std::string describe(const ResponseHead& head) {
    return member("status", std::to_string(head.status)) + member("reason", quoted(head.reason)) +
           member("interim", boolean(head.isInterim()));
}

/// A message under way: gives a verdict as soon as there is one. Each call sees the bytes at another place in
/// memory, so that a view kept from an earlier call is found out by the sanitizers.
class Judge {
  public:
    Judge(bool isRequest, Method requestMethod) : m_isRequest(isRequest), m_requestMethod(requestMethod) {}

    /// `data` is all of the message that has arrived so far. Empty while there is no verdict.
    std::string take(std::string_view data) {
        const std::unique_ptr<char[]> moved(new char[data.size()]);
        data.copy(moved.get(), data.size());
        const std::string_view bytes(moved.get(), data.size());
        if (!m_headDone) {
            const ParseStatus status = m_isRequest
                                           ? m_request.parse(bytes, m_limits, m_requestHead)
                                           : m_response.parse(bytes, m_limits, m_requestMethod, m_responseHead);
            if (status == ParseStatus::NeedMore)
                return {};
            if (status == ParseStatus::Failed)
                return refused(m_isRequest ? m_request.error() : m_response.error());
            takeHead();
        }
        return decode(bytes);
    }

    /// The connection has ended.
    std::string close() {
        if (!m_headDone || !m_decoder.closed())
            return "\"incomplete\"";
        return accepted();
    }

  private:
    void takeHead() {
        m_headDone = true;
        m_end = m_isRequest ? m_request.headSize() : m_response.headSize();
        const Version version = m_isRequest ? m_requestHead.version : m_responseHead.version;
        const bool keepAlive = m_isRequest ? m_requestHead.keepAlive : m_responseHead.keepAlive;
        m_description = (m_isRequest ? describe(m_requestHead) : describe(m_responseHead)) +
                        member("version", version == Version::Http10 ? "\"1.0\"" : "\"1.1\"") +
                        member("keepAlive", boolean(keepAlive)) +
                        member("fields", fieldsOf(m_isRequest ? m_requestHead.fields : m_responseHead.fields));
        m_decoder.start(m_isRequest ? m_requestHead.framing : m_responseHead.framing, m_limits);
    }

    std::string decode(std::string_view bytes) {
        for (;;) {
            const BodyDecoder::Step step = m_decoder.next(bytes.substr(m_end));
            m_end += step.consumed;
            switch (step.kind) {
            case BodyDecoder::Kind::NeedMore:
                return {};
            case BodyDecoder::Kind::Piece:
                m_body += step.piece;
                break;
            case BodyDecoder::Kind::End:
                return accepted();
            case BodyDecoder::Kind::Failed:
                return refused(m_decoder.error());
            }
        }
    }

    std::string accepted() const {
        return "\"accept\"" + m_description + member("trailers", fieldsOf(m_decoder.trailers())) +
               member("body", quoted(hexOf(m_body))) + member("end", std::to_string(m_end));
    }

    std::string refused(ParseError error) const {
        const Failure failure = m_isRequest ? failureOfRequest(error) : failureOfResponse(error);
        return "\"reject\"" + member("error", quoted(nameOf(error))) +
               member("status", std::to_string(infoOf(failure).status));
    }

    const bool m_isRequest;
    const Method m_requestMethod;
    const HeadLimits m_limits;
    RequestParser m_request;
    ResponseParser m_response;
    RequestHead m_requestHead;
    ResponseHead m_responseHead;
    BodyDecoder m_decoder;
    bool m_headDone = false;
    size_t m_end = 0;
    std::string m_description;
    std::string m_body;
};

/// The verdict when the bytes arrive `step` at a time.
std::string verdictOf(bool isRequest, Method requestMethod, std::string_view bytes, size_t step) {
    Judge judge(isRequest, requestMethod);
    for (size_t size = std::min(step, bytes.size());; size = std::min(size + step, bytes.size())) {
        if (std::string verdict = judge.take(bytes.substr(0, size)); !verdict.empty())
            return verdict;
        if (size == bytes.size())
            return judge.close();
    }
}

} // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string kind;
        std::string method;
        std::string hex;
        words >> kind >> method >> hex;
        const std::string bytes = bytesOf(hex);
        const auto verdict = [&](size_t step) {
            return verdictOf(kind == "request", methodFromToken(method), bytes, step);
        };
        const std::string whole = verdict(bytes.size());
        // Long messages are long for their limits' sake; byte by byte they would take the square of that.
        const bool steady =
            bytes.size() > 8192 ? verdict(4093) == whole : verdict(1) == whole && verdict(7) == whole;
        std::cout << "{\"result\":" << whole << member("steady", boolean(steady)) << "}\n";
    }
    return 0;
}

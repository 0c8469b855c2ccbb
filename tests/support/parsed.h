// SPDX-License-Identifier: MIT
#pragma once

#include "http/body_decoder.h"
#include "http/head_parser.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::test {

/// What came of parsing, in a form that two ways of feeding the same bytes can be compared by.
struct Outcome {
    http::ParseStatus status = http::ParseStatus::NeedMore;
    http::ParseError error = http::ParseError::None;
    size_t consumed = 0;
    std::string text; // everything that was found out

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// A copy of bytes that ends where its memory ends, so that a sanitizer sees a read past them, and that lies
/// elsewhere each time, as a receive buffer that was reallocated does.
class Moved {
  public:
    explicit Moved(std::string_view bytes) : m_bytes(new char[bytes.size()]), m_size(bytes.size()) {
        if (!bytes.empty())
            std::memcpy(m_bytes.get(), bytes.data(), bytes.size());
    }

    std::string_view view() const { return {m_bytes.get(), m_size}; }

  private:
    std::unique_ptr<char[]> m_bytes;
    size_t m_size;
};

/// Writes views down and notes those that do not point into the data.
class Describer {
  public:
    explicit Describer(std::string_view data) : m_data(data) {}

    void add(std::string_view label, std::string_view view) {
        const bool inside = view.empty() || (view.data() >= m_data.data() &&
                                             view.data() + view.size() <= m_data.data() + m_data.size());
        text.append(label).append("=").append(view).append(inside ? "\n" : " (outside the data)\n");
    }

    void add(std::string_view label, uint64_t number) {
        text.append(label).append("=").append(std::to_string(number)).append("\n");
    }

    void add(const http::FieldList& fields) {
        for (const http::Field& field : fields) {
            add("name", field.name);
            add("value", field.value);
            add("id", static_cast<uint64_t>(field.id));
        }
    }

    void add(const http::Framing& framing, const http::ConnectionOptions& options) {
        add("body", static_cast<uint64_t>(framing.kind));
        add("length", framing.length);
        add("options", (options.close ? 1u : 0u) + (options.keepAlive ? 2u : 0u) + (options.upgrade ? 4u : 0u) +
                           (options.namesFields ? 8u : 0u));
    }

    std::string text;

  private:
    std::string_view m_data;
};

inline std::string describe(const http::RequestHead& head, std::string_view data) {
    Describer out(data);
    out.add("method", head.methodToken);
    out.add("known method", static_cast<uint64_t>(head.method));
    out.add("target", head.target);
    out.add("form", static_cast<uint64_t>(head.form));
    out.add("version", static_cast<uint64_t>(head.version));
    out.add("authority", head.authority);
    // The one thing that need not be among the received bytes: an absolute form may have no path.
    if (head.form == http::TargetForm::Absolute && head.pathAndQuery.size() == 1)
        out.text.append("path=").append(head.pathAndQuery).append("\n");
    else
        out.add("path", head.pathAndQuery);
    out.add("scheme", head.scheme);
    out.add(head.fields);
    out.add(head.framing, head.connection);
    out.add("flags", (head.keepAlive ? 1u : 0u) + (head.expectContinue ? 2u : 0u) + (head.upgrade ? 4u : 0u) +
                         (head.hasVia ? 8u : 0u));
    return std::move(out.text);
}

inline std::string describe(const http::ResponseHead& head, std::string_view data) {
    Describer out(data);
    out.add("version", static_cast<uint64_t>(head.version));
    out.add("status", head.status);
    out.add("reason", head.reason);
    out.add(head.fields);
    out.add(head.framing, head.connection);
    out.add("flags", (head.keepAlive ? 1u : 0u) + (head.hasUpgrade ? 2u : 0u));
    return std::move(out.text);
}

/// Feeds `message` to a parser: a first call with cuts[0] bytes, one with cuts[1], and so on, the last one with
/// everything. `cuts` ascend. Stops as soon as the parser has decided. `parse` is called as parse(data, head).
template <typename Parser, typename Head, typename Parse>
Outcome feed(Parser& parser, Head& head, std::string_view message, std::vector<size_t> cuts, Parse parse) {
    cuts.push_back(message.size());
    Outcome outcome;
    for (size_t cut : cuts) {
        const Moved data(message.substr(0, cut));
        outcome.status = parse(data.view(), head);
        if (outcome.status == http::ParseStatus::Failed)
            outcome.error = parser.error();
        if (outcome.status == http::ParseStatus::Done) {
            outcome.consumed = parser.headSize();
            outcome.text = describe(head, data.view());
        }
        if (outcome.status != http::ParseStatus::NeedMore)
            break;
    }
    return outcome;
}

inline Outcome parseRequest(std::string_view message, const std::vector<size_t>& cuts = {},
                            const http::HeadLimits& limits = {}) {
    http::RequestParser parser;
    http::RequestHead head;
    return feed(parser, head, message, cuts,
                [&](std::string_view data, http::RequestHead& out) { return parser.parse(data, limits, out); });
}

inline Outcome parseResponse(std::string_view message, const std::vector<size_t>& cuts = {},
                             http::Method method = http::Method::Get, const http::HeadLimits& limits = {}) {
    http::ResponseParser parser;
    http::ResponseHead head;
    return feed(parser, head, message, cuts, [&](std::string_view data, http::ResponseHead& out) {
        return parser.parse(data, limits, method, out);
    });
}

/// Feeds `bytes` to a decoder as they would arrive over the cuts, what it has consumed being dropped. Done: the
/// body's end was found, `consumed` bytes in. The text holds the body, the trailer fields and the count of decoded
/// bytes.
inline Outcome decodeBody(const http::Framing& framing, std::string_view bytes, std::vector<size_t> cuts = {},
                          const http::HeadLimits& limits = {}) {
    using Kind = http::BodyDecoder::Kind;
    http::BodyDecoder decoder;
    decoder.start(framing, limits);
    cuts.push_back(bytes.size());
    Outcome outcome;
    std::string body;
    std::string trailers;
    for (size_t cut : cuts) {
        for (;;) {
            const Moved data(bytes.substr(outcome.consumed, cut - outcome.consumed));
            const auto step = decoder.next(data.view());
            outcome.consumed += step.consumed;
            if (step.kind == Kind::Piece) {
                const char* const end = data.view().data() + step.consumed;
                if (step.piece.empty() || step.piece.data() < data.view().data() ||
                    step.piece.data() + step.piece.size() > end)
                    body += "(empty piece, or outside what was consumed)";
                body += step.piece;
                continue;
            }
            if (step.kind == Kind::End) {
                outcome.status = http::ParseStatus::Done;
                Describer describer(data.view());
                describer.add(decoder.trailers());
                trailers = std::move(describer.text);
            } else if (step.kind == Kind::Failed) {
                outcome.status = http::ParseStatus::Failed;
                outcome.error = decoder.error();
            }
            break;
        }
        if (outcome.status != http::ParseStatus::NeedMore)
            break;
    }
    outcome.text = body + "\n" + std::to_string(decoder.bytesDecoded()) + "\n" + trailers;
    return outcome;
}

/// Every cut of a message: one byte more in each call.
inline std::vector<size_t> everyByte(std::string_view message) {
    std::vector<size_t> cuts(message.size());
    for (size_t i = 0; i < cuts.size(); ++i)
        cuts[i] = i;
    return cuts;
}

} // namespace reverxy::test

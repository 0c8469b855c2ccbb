// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "http/head_parser.h"

#include <QByteArray>
#include <QTest>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace reverxy::test {

inline std::string_view viewOf(const QByteArray& bytes) {
    return {bytes.constData(), static_cast<size_t>(bytes.size())};
}

inline QByteArray bytesOf(std::string_view text) {
    return {text.data(), static_cast<qsizetype>(text.size())};
}

/// A head with the bytes that it views. `fields` are lines like "Name: value".
template <typename Head>
class ParsedHead {
  public:
    const Head* operator->() const { return &m_head; }

    const Head& operator*() const { return m_head; }

  protected:
    ParsedHead() = default;

    template <typename Parse>
    void read(const QByteArray& startLine, const QByteArrayList& fields, Parse parse) {
        QByteArray text = startLine + "\r\n";
        for (const QByteArray& field : fields)
            text += field + "\r\n";
        text += "\r\n";
        m_bytes = std::make_unique<QByteArray>(text);
        if (parse(viewOf(*m_bytes), m_head) != http::ParseStatus::Done)
            qFatal("The head in the test is malformed: %s", text.constData());
    }

  private:
    std::unique_ptr<QByteArray> m_bytes;
    Head m_head;
};

class RequestOf : public ParsedHead<http::RequestHead> {
  public:
    RequestOf(const QByteArray& startLine, const QByteArrayList& fields) {
        read(startLine + " HTTP/1.1", QByteArrayList{"Host: service.localhost"} + fields,
             [](std::string_view bytes, http::RequestHead& head) {
                 http::RequestParser parser;
                 return parser.parse(bytes, {}, head);
             });
    }

    explicit RequestOf(const QByteArrayList& fields = {}) : RequestOf("GET /", fields) {}
};

class ResponseOf : public ParsedHead<http::ResponseHead> {
  public:
    ResponseOf(int status, const QByteArrayList& fields, http::Method method = http::Method::Get) {
        read("HTTP/1.1 " + QByteArray::number(status) + " Reason", fields,
             [method](std::string_view bytes, http::ResponseHead& head) {
                 http::ResponseParser parser;
                 return parser.parse(bytes, {}, method, head);
             });
    }

    explicit ResponseOf(const QByteArrayList& fields = {}) : ResponseOf(200, fields) {}
};

/// Noon of Sunday, 6 November 1994, and so many seconds.
inline WallTime at(int64_t seconds) {
    return WallTime(std::chrono::seconds(784123200 + seconds));
}

} // namespace reverxy::test

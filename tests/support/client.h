// SPDX-License-Identifier: MIT
#pragma once

#include "support/message.h"
#include "support/stream.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::test {

/// A response as the client read it. `status` 0: none came, `problem` says why.
struct Response {
    int status = 0;
    Head head;
    std::string body;
    bool complete = false; // the body ended as it should
    std::string problem;
    std::vector<Head> interim; // 1xx before it
    Fields trailers;
    BodyShape shape;

    std::string field(std::string_view name) const { return head.value(name); }

    bool has(std::string_view name) const { return head.has(name); }

    std::string version() const { return head.startLine.substr(0, 8); }
};

/// A request's text. `fields` are whole lines, each with CRLF. Host is `test.example` unless `fields` bring one; a
/// body gets its Content-Length.
std::string request(std::string_view method, std::string_view target, std::string_view fields = "",
                    std::string_view body = "");

/// An HTTP/1 client that sends what it is told and reads what comes, with its own reader. Gives up after
/// patience().
class Client {
  public:
    explicit Client(uint16_t port, Family family = Family::V4, int receiveBuffer = 0)
        : m_stream(Stream::connectTo(port, family, receiveBuffer)) {}

    bool connected() const { return m_stream.connected(); }

    Stream& stream() { return m_stream; }

    bool send(std::string_view bytes) { return m_stream.write(bytes); }

    /// Interim responses, the final head and its body. `method` is that of the request it answers.
    Response read(std::string_view method = "GET");
    /// The same without the body, which readBody() or body() then reads.
    Response readHead(std::string_view method = "GET");
    /// Hands the body's pieces to `sink` as they arrive; ends early when it returns false.
    void readBody(Response& response, const std::function<bool(std::string_view)>& sink);

    /// The body's pieces as they arrive, for a response from readHead().
    BodyReader body(const Response& response) { return BodyReader(m_stream, response.shape); }

    /// One interim response; "" start line when the next head is none.
    Head readInterim();

    /// Sends and reads.
    Response exchange(std::string_view bytes, std::string_view method = "GET");

    Response get(std::string_view target, std::string_view fields = "") {
        return exchange(request("GET", target, fields));
    }

    /// The connection is closed in order, without a further byte.
    bool expectEof() { return m_stream.expectEof(); }

    void shutdownWrite() { m_stream.shutdownWrite(); }

    void reset() { m_stream.reset(); }

    void close() { m_stream.close(); }

  private:
    Stream m_stream;
};

/// A request on a connection of its own.
Response exchangeOnce(uint16_t port, std::string_view bytes, std::string_view method = "GET");
Response getOnce(uint16_t port, std::string_view target, std::string_view fields = "");

} // namespace reverxy::test

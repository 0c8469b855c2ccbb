// SPDX-License-Identifier: MIT
#pragma once

#include "net/output_queue.h"
#include "proxy/exchange_port.h"

namespace reverxy::net {

/// Writes messages in HTTP/1.1's form into a connection's output: heads with the fields of their framing, bodies
/// chunked or as they are (RFC 9112 sections 6 and 7).
class MessageEncoder {
  public:
    MessageEncoder(OutputQueue& output, BufferPool& buffers) : m_output(output), m_buffers(buffers) {}

    void requestHead(proxy::RequestOut& request);
    /// Settles how the response's body will end: `chunkedUnderstood` false (HTTP/1.0) leaves the end of the
    /// connection for a body of unknown length. Adds the fields of its framing to those of the response.
    void frameResponse(proxy::ResponseOut& response, bool chunkedUnderstood);
    void responseHead(const proxy::ResponseOut& response);
    void body(const Piece& piece);
    void end(const http::FieldList& trailers);

    /// What follows goes out as it is: a tunnel.
    void raw() { m_chunked = m_untilClose = false; }

    /// The body ends with the connection.
    bool endsWithConnection() const { return m_untilClose; }

  private:
    OutputQueue& m_output;
    BufferPool& m_buffers;
    bool m_chunked = false;
    bool m_untilClose = false;
};

} // namespace reverxy::net

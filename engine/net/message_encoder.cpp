// SPDX-License-Identifier: MIT
#include "net/message_encoder.h"

#include "http/head_writer.h"

#include <charconv>

namespace reverxy::net {

using http::BodyKind;
using http::FieldId;

namespace {

/// A decimal number that outlives the writing of the head it stands in.
struct Decimal {
    explicit Decimal(uint64_t number)
        : size(static_cast<size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)) {}

    std::string_view view() const { return {digits, size}; }

    char digits[20];
    size_t size;
};

} // namespace

void MessageEncoder::requestHead(proxy::RequestOut& request) {
    const Decimal length(request.framing.length);
    m_chunked = request.framing.kind == BodyKind::Chunked;
    if (request.framing.kind == BodyKind::Length)
        request.fields.add("Content-Length", length.view(), FieldId::ContentLength);
    else if (m_chunked)
        request.fields.add("Transfer-Encoding", "chunked", FieldId::TransferEncoding);
    if (!request.upgrade.empty())
        request.fields.add("Upgrade", request.upgrade, FieldId::Upgrade);
    if (request.offerTrailers)
        request.fields.add("TE", "trailers", FieldId::Te);
    if (!request.upgrade.empty() || request.offerTrailers) {
        const std::string_view options = !request.offerTrailers    ? "upgrade"
                                         : request.upgrade.empty() ? "TE"
                                                                   : "upgrade, TE";
        request.fields.add("Connection", options, FieldId::Connection);
    }
    char* const start = m_output.reserve(
        m_buffers, http::requestHeadSize(request.method, request.target, request.fields, request.lines));
    m_output.commit(static_cast<size_t>(
        http::writeRequestHead(start, request.method, request.target, request.fields, request.lines) - start));
}

void MessageEncoder::frameResponse(proxy::ResponseOut& response, bool chunkedUnderstood) {
    const bool unknown =
        response.framing.kind == BodyKind::Chunked || response.framing.kind == BodyKind::UntilClose;
    m_chunked = unknown && chunkedUnderstood;
    m_untilClose = unknown && !chunkedUnderstood;
    if (m_chunked)
        response.fields.add("Transfer-Encoding", "chunked", FieldId::TransferEncoding);
}

void MessageEncoder::responseHead(const proxy::ResponseOut& response) {
    const Decimal length(response.framing.length);
    if (response.framing.kind == BodyKind::Length)
        response.fields.add("Content-Length", length.view(), FieldId::ContentLength);
    char* const start =
        m_output.reserve(m_buffers, http::responseHeadSize(response.reason, response.fields, response.lines));
    m_output.commit(static_cast<size_t>(
        http::writeResponseHead(start, response.status, response.reason, response.fields, response.lines) - start));
}

void MessageEncoder::body(const Piece& piece) {
    if (piece.bytes.empty())
        return;
    if (!m_chunked) {
        m_output.append(m_buffers, piece);
        return;
    }
    char* const start = m_output.reserve(m_buffers, http::chunkOverhead);
    m_output.commit(static_cast<size_t>(http::writeChunkStart(start, piece.bytes.size()) - start));
    m_output.append(m_buffers, piece);
    m_output.appendCopy(m_buffers, "\r\n");
}

void MessageEncoder::end(const http::FieldList& trailers) {
    if (!m_chunked)
        return;
    char* const start = m_output.reserve(m_buffers, http::lastChunkSize(&trailers));
    m_output.commit(static_cast<size_t>(http::writeLastChunk(start, &trailers) - start));
}

} // namespace reverxy::net

// SPDX-License-Identifier: MIT
#include "app/demo/traffic_connection.h"

#include "http/head_writer.h"

namespace reverxy::demo {

namespace {

constexpr std::chrono::seconds longestWait{60};
constexpr qint64 readAtOnce = 256 * 1024;

} // namespace

TrafficConnection::TrafficConnection(QObject* parent) : QObject(parent) {
    m_socket.setReadBufferSize(readAtOnce);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &TrafficConnection::end);
    connect(&m_socket, &QTcpSocket::readyRead, this, &TrafficConnection::readSome);
    connect(&m_socket, &QTcpSocket::disconnected, this, &TrafficConnection::disconnected);
    connect(&m_socket, &QTcpSocket::errorOccurred, this, [this] {
        // The end of a connection has its own signal.
        if (m_socket.state() == QAbstractSocket::UnconnectedState)
            disconnected();
    });
}

TrafficConnection::~TrafficConnection() {
    // The socket tells that it ends, and would tell it to what is gone.
    m_socket.disconnect(this);
}

void TrafficConnection::open(const QString& host, quint16 port) {
    // The name needs no look-up, and some systems know nothing of it.
    m_socket.connectToHost(host == QLatin1String("localhost") ? QStringLiteral("127.0.0.1") : host, port);
}

void TrafficConnection::send(const PlannedRequest& request, const std::string& entityTag) {
    m_method = http::methodFromToken(request.method);
    m_target = request.target;
    m_entityTag.clear();
    m_parser.reset();
    m_state = State::Head;
    const std::string length = std::to_string(request.bodySize);
    http::FieldList fields;
    fields.add("Host", request.host);
    fields.add("User-Agent", "reverxy-demo");
    fields.add("Accept", "*/*");
    fields.add("X-Forwarded-For", request.client);
    if (!entityTag.empty())
        fields.add("If-None-Match", entityTag);
    if (request.bodySize > 0) {
        fields.add("Content-Type", "application/octet-stream");
        fields.add("Content-Length", length);
    }
    std::string bytes(http::requestHeadSize(request.method, request.target, fields), '\0');
    http::writeRequestHead(bytes.data(), request.method, request.target, fields);
    bytes.append(request.bodySize, 'x');
    m_socket.write(bytes.data(), static_cast<qint64>(bytes.size()));
    m_patience.start(request.patience.count() > 0 ? request.patience : Milliseconds(longestWait));
}

void TrafficConnection::readSome() {
    if (m_state == State::Idle)
        return end(); // an answer that nobody has asked for, or the proxy is closing
    m_input += m_socket.readAll();
    while (m_state == State::Head || m_state == State::Body) {
        if (!(m_state == State::Head ? takeHead() : takeBody()))
            return;
    }
}

/// True when a head was there, perhaps of an interim response.
bool TrafficConnection::takeHead() {
    switch (m_parser.parse(input(), {}, m_method, m_head)) {
    case http::ParseStatus::NeedMore:
        return false;
    case http::ParseStatus::Failed:
        end();
        return false;
    case http::ParseStatus::Done:
        break;
    }
    if (const http::Field* tag = m_head.fields.find(http::FieldId::ETag))
        m_entityTag = tag->value;
    m_input.remove(0, static_cast<qsizetype>(m_parser.headSize()));
    if (m_head.isInterim()) {
        m_parser.reset();
        return true;
    }
    m_decoder.start(m_head.framing, {});
    m_state = State::Body;
    return true;
}

/// True when something was taken.
bool TrafficConnection::takeBody() {
    const http::BodyDecoder::Step step = m_decoder.next(input());
    m_input.remove(0, static_cast<qsizetype>(step.consumed));
    switch (step.kind) {
    case http::BodyDecoder::Kind::End:
        finish();
        return false;
    case http::BodyDecoder::Kind::Failed:
        end();
        return false;
    case http::BodyDecoder::Kind::NeedMore:
        return false;
    case http::BodyDecoder::Kind::Piece:
        return true;
    }
    return false;
}

void TrafficConnection::finish() {
    m_patience.stop();
    m_state = State::Idle;
    Q_EMIT answered(m_target, m_entityTag);
    if (!m_head.keepAlive)
        end();
}

void TrafficConnection::disconnected() {
    if (m_state == State::Body && m_decoder.closed())
        finish();
    end();
}

void TrafficConnection::end() {
    if (m_state == State::Ended)
        return;
    m_state = State::Ended;
    m_patience.stop();
    m_socket.abort();
    Q_EMIT ended();
}

} // namespace reverxy::demo

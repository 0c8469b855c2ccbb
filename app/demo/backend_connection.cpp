// SPDX-License-Identifier: MIT
#include "app/demo/backend_connection.h"

#include "http/date.h"
#include "http/head_writer.h"

#include <algorithm>
#include <array>

namespace reverxy::demo {

namespace {

constexpr std::chrono::seconds longestSilence{75}; // longer than a proxy keeps an idle connection
constexpr std::chrono::seconds betweenEvents{1};
constexpr qint64 readAtOnce = 64 * 1024;
constexpr qint64 mostUnread = 64 * 1024; // of an event stream, before its reader counts as gone
constexpr size_t bodyKept = 64;

std::string valueOf(const http::RequestHead& head, http::FieldId id) {
    const http::Field* field = head.fields.find(id);
    return field ? std::string(field->value) : std::string();
}

Question questionOf(const http::RequestHead& head) {
    Question question;
    question.method = head.method;
    question.ifNoneMatch = valueOf(head, http::FieldId::IfNoneMatch);
    const size_t queryAt = head.pathAndQuery.find('?');
    question.path = head.pathAndQuery.substr(0, queryAt);
    if (queryAt != std::string_view::npos)
        question.query = head.pathAndQuery.substr(queryAt + 1);
    if (question.path.empty())
        question.path = "/"; // RFC 9112 section 3.2.1
    return question;
}

} // namespace

BackendConnection::BackendConnection(QTcpSocket* socket, Service& service, const QElapsedTimer& clock,
                                     QObject* parent)
    : QObject(parent), m_socket(socket), m_service(service), m_clock(clock) {
    socket->setParent(this);
    // While an answer is under way nothing is read, and the peer is held up.
    socket->setReadBufferSize(readAtOnce);
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &BackendConnection::timeOut);
    connect(socket, &QTcpSocket::readyRead, this, &BackendConnection::readSome);
    connect(socket, &QTcpSocket::disconnected, this, &QObject::deleteLater);
    m_timer.start(longestSilence);
    readSome();
}

void BackendConnection::readSome() {
    while (m_state == State::Head || m_state == State::Body) {
        if (m_socket->bytesAvailable() > 0) {
            m_input += m_socket->readAll();
            m_timer.start(longestSilence);
        }
        if (!(m_state == State::Head ? takeHead() : takeBody()))
            return;
    }
}

/// True when the head is there.
bool BackendConnection::takeHead() {
    switch (m_parser.parse(input(), {}, m_head)) {
    case http::ParseStatus::NeedMore:
        return false;
    case http::ParseStatus::Failed:
        refuse(400);
        return false;
    case http::ParseStatus::Done:
        break;
    }
    m_question = questionOf(m_head);
    m_decoder.start(m_head.framing, {});
    m_input.remove(0, static_cast<qsizetype>(m_parser.headSize()));
    m_state = State::Body;
    // RFC 9110 section 10.1.1.
    if (m_head.expectContinue && m_input.isEmpty())
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    return true;
}

/// True when something was taken.
bool BackendConnection::takeBody() {
    const http::BodyDecoder::Step step = m_decoder.next(input());
    if (step.kind == http::BodyDecoder::Kind::Failed) {
        refuse(400);
        return false;
    }
    m_question.bodySize += step.piece.size();
    m_question.body.append(step.piece.substr(0, bodyKept - std::min(bodyKept, m_question.body.size())));
    m_input.remove(0, static_cast<qsizetype>(step.consumed));
    if (step.kind == http::BodyDecoder::Kind::End)
        think();
    return step.kind != http::BodyDecoder::Kind::NeedMore;
}

void BackendConnection::think() {
    m_answer = m_service.answer(m_question, Milliseconds(m_clock.elapsed()));
    m_state = State::Thinking;
    m_timer.start(m_answer.delay);
}

void BackendConnection::timeOut() {
    switch (m_state) {
    case State::Thinking:
        return sendAnswer();
    case State::Streaming:
        return sendEvent();
    default:
        m_socket->abort();
        deleteLater();
    }
}

void BackendConnection::sendAnswer() {
    if (m_answer.hangsUp)
        return close();
    sendHead(m_answer);
    if (m_question.method != http::Method::Head && m_answer.isEventStream) {
        m_state = State::Streaming;
        return sendEvent();
    }
    if (m_question.method != http::Method::Head && m_answer.status != 304)
        m_socket->write(m_answer.body.data(), static_cast<qint64>(m_answer.body.size()));
    if (!m_head.keepAlive)
        return close();
    beginRequest();
}

void BackendConnection::sendEvent() {
    // Who leaves is noticed by its own signal; who merely stops reading, here.
    if (m_socket->bytesToWrite() > mostUnread)
        return m_socket->abort();
    const std::string event = m_service.event(++m_events);
    if (m_head.version == http::Version::Http11) {
        std::array<char, http::chunkOverhead> start;
        m_socket->write(start.data(), http::writeChunkStart(start.data(), event.size()) - start.data());
    }
    m_socket->write(event.data(), static_cast<qint64>(event.size()));
    if (m_head.version == http::Version::Http11)
        m_socket->write("\r\n");
    m_timer.start(betweenEvents);
}

void BackendConnection::sendHead(const Answer& answer) {
    std::array<char, http::dateSize> date;
    http::writeDate(date.data(), std::chrono::system_clock::now());
    const std::string length = std::to_string(answer.body.size());
    http::FieldList fields;
    fields.add("Date", {date.data(), date.size()});
    for (const auto& [name, value] : answer.fields)
        fields.add(name, value);
    // RFC 9110 section 8.6: a 204 must not have it, and of a 304 it would be that of the 200.
    if (answer.isEventStream && m_head.version == http::Version::Http11)
        fields.add("Transfer-Encoding", "chunked");
    else if (!answer.isEventStream && answer.status != 204 && answer.status != 304)
        fields.add("Content-Length", length);
    // An event stream to HTTP/1.0 ends with its connection (RFC 9112 section 6.3).
    if (!m_head.keepAlive || (answer.isEventStream && m_head.version == http::Version::Http10))
        fields.add("Connection", "close");
    else if (m_head.version == http::Version::Http10)
        fields.add("Connection", "keep-alive");
    const std::string_view reason = http::reasonPhrase(answer.status);
    std::string bytes(http::responseHeadSize(reason, fields), '\0');
    const char* const end = http::writeResponseHead(bytes.data(), answer.status, reason, fields);
    m_socket->write(bytes.data(), end - bytes.data());
}

void BackendConnection::beginRequest() {
    m_parser.reset();
    m_state = State::Head;
    m_timer.start(longestSilence);
    readSome();
}

void BackendConnection::refuse(uint16_t status) {
    m_head.clear();
    Answer answer;
    answer.status = status;
    sendHead(answer);
    close();
}

void BackendConnection::close() {
    m_state = State::Closing;
    m_timer.start(longestSilence);
    m_socket->disconnectFromHost();
}

} // namespace reverxy::demo
